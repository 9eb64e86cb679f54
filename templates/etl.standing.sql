{#- Rows of the target that have the natural key of a candidate: a branch per set of columns that are
    NULL, since a comparison that holds for two NULLs uses no index and no hash. NULLs are left out of the
    other branches by name: PostgreSQL 18 puts them into one bucket of a hash join over several columns. -#}
insert into {{ matched | qualified }} (integrity_key, integrity_arm, integrity_target, integrity_times, integrity_rung)
select
    found.integrity_key, found.integrity_arm, (array_agg(found.target))[1], count(*), 1
from (
    {% for nulls in branches %}
    {% if not loop.first %}
    union all
    {% endif %}
    select c.integrity_key, c.integrity_arm, t.{{ primary.name | ident }} as target
    from {{ candidates | qualified }} as c
    join {{ target | qualified }} as t
        on {% for column in natural %}{% if not loop.first %}

        and {% endif %}{% if column.name in nulls %}t.{{ column.name | ident }} is null{% else %}t.{{ column.name | ident }} = c.{{ column.name | ident }}{% endif %}{% endfor %}

    where c.integrity_reject is null{% for column in natural if column.nullable %}

        and c.{{ column.name | ident }} is {% if column.name not in nulls %}not {% endif %}null{% if column.name not in nulls %}

        and t.{{ column.name | ident }} is not null{% endif %}{% endfor %}

    {% endfor %}
) as found
group by found.integrity_key, found.integrity_arm
