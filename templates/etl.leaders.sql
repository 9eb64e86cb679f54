{#- Repeats of rows that this batch made: their target. -#}
update {{ fates | qualified }} as f
set integrity_target = one.target
from (
    select n.integrity_key, n.integrity_arm, first_value(n.integrity_target) over (
        partition by {% for column in natural %}c.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

        order by n.integrity_fate, n.integrity_key, n.integrity_arm
    ) as target
    from {{ fates | qualified }} as n
    join {{ candidates | qualified }} as c
        on c.integrity_key = n.integrity_key
        and c.integrity_arm = n.integrity_arm
    where n.integrity_reject is null
        and (n.integrity_fate = 'new' or n.integrity_fate = 'repeated' and n.integrity_target is null)
) as one
where f.integrity_fate = 'repeated'
    and f.integrity_target is null
    and f.integrity_reject is null
    and one.integrity_key = f.integrity_key
    and one.integrity_arm = f.integrity_arm
