create or replace function {{ function | qualified }}({% for name, type in key %}{{ type }}, {% endfor %}given {{ new }})
returns {{ old }}
language sql
stable
set search_path = pg_catalog
as {% set body %}

select coalesce(
    (
        select s.integrity_value
        from {{ at | qualified }} as s
        where {% for name, type in key %}s.{{ name | ident }} = ${{ loop.index }}
            and {% endfor %}s.integrity_became::text is not distinct from given::text
    ),
    {{ cast }}
)
{% endset %}{{ body | dollar }}
