update {{ table | qualified }} as t
set {{ column | ident }} = nextval(
    pg_get_serial_sequence({{ table | qualified | literal }}, {{ column | literal }})
)
where not exists (
    select from {{ at | qualified }} as s
    where {% for name in key %}t.{{ name | ident }} = s.{{ name | ident }}{% if not loop.last %}

        and {% endif %}{% endfor %}

)
