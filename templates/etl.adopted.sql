{#- Rows that stand and that no row of a source was linked to came by another way, such as a migration: the first
    candidate that says the same is that observation, the others repeat it. -#}
update {{ fates | qualified }} as f
set integrity_fate = 'matched'
from (
    select distinct on (n.integrity_target) n.integrity_key, n.integrity_arm
    from {{ fates | qualified }} as n
    where n.integrity_fate = 'repeated'
        and n.integrity_reject is null
        and n.integrity_leader is null
        and not exists (
            select
            from {{ links | qualified }} as l
            where l.pipeline = {{ pipeline | literal }}
                and l.target_key = n.integrity_target::text
                and l.source_hash is not null
        )
    order by n.integrity_target, n.integrity_key, n.integrity_arm
) as one
where one.integrity_key = f.integrity_key
    and one.integrity_arm = f.integrity_arm
