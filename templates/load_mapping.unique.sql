with rivals as (
    select
        integrity_entity,
        row_number() over (
            partition by {{ keys | idents }}
            order by {{ order | join(", ") }}, integrity_entity
        ) as place
    from {{ merged | qualified }}
    where integrity_reject is null{% if not null_safe %}{% for key in keys %}

        and {{ key | ident }} is not null{% endfor %}{% endif %}

)
update {{ merged | qualified }} as m
set integrity_reject = {{ code | literal }}
from rivals
where rivals.integrity_entity = m.integrity_entity
    and rivals.place > 1
