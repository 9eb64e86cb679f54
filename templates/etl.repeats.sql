{#- Counts repeats of rows that stood before the batch. -#}
update {{ target | qualified }} as t
set {{ repeats | ident }} = coalesce(t.{{ repeats | ident }}, 0) + more.times
from (
    select integrity_target, count(*) as times
    from {{ fates | qualified }}
    where integrity_fate = 'repeated'
        and integrity_reject is null
        and integrity_leader is null
    group by integrity_target
) as more
where t.{{ primary.name | ident }} = more.integrity_target
