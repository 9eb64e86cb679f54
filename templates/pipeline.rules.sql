update {{ candidates | qualified }}
set integrity_reject = case
    {% for column, rule in rules %}
    when {{ column | ident }} is false then {{ ("rule " ~ rule.name) | literal }}
    {% endfor %}
end
where integrity_reject is null
    and ({% for column, rule in rules %}{{ column | ident }} is false{% if not loop.last %} or {% endif %}{% endfor %})
