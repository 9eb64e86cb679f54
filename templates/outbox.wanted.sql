{#- Rows of the extract with one of these keys. -#}
{% if key | length == 1 %}
s.{{ key[0].name | ident }} = any ({{ keys }}::{{ key[0].type }}[])
{%- else %}
({% for column in key %}s.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) in (
    select {% for column in key %}(one.key::jsonb ->> {{ loop.index0 }})::{{ column.type }}{% if not loop.last %}, {% endif %}{% endfor %}

    from unnest({{ keys }}::text[]) as one (key)
)
{%- endif %}
