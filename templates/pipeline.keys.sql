{#- Keys of new rows, in the order of the source. -#}
update {{ fates | qualified }} as f
set integrity_target = numbered.target
from (
    select fresh.integrity_key, fresh.integrity_arm, ({{ new_key }})::{{ type }} as target
    from (
        select c.*
        from {{ fates | qualified }} as n
        join {{ candidates | qualified }} as c
            on c.integrity_key = n.integrity_key
            and c.integrity_arm = n.integrity_arm
        where n.integrity_fate = 'new'
            and n.integrity_reject is null
        order by c.integrity_key, c.integrity_arm
    ) as fresh
) as numbered
where numbered.integrity_key = f.integrity_key
    and numbered.integrity_arm = f.integrity_arm
