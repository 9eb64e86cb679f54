{#- Rows of the target that two rows of the source claim: in this batch, or in an earlier one. -#}
with claims as materialized (
    select f.*
    from {{ fates | qualified }} as f
    where f.integrity_reject is null
        and f.integrity_target is not null
),
shared as (
    select integrity_target
    from claims
    group by integrity_target
    having count(*) > 1
    union
    select c.integrity_target
    from claims as c
    cross join lateral (
        select o.source_key
        from {{ links | qualified }} as o
        where o.pipeline = {{ pipeline | literal }}
            and o.target_key = c.integrity_target::text
            and o.source_key <> c.integrity_key::text
        offset 0
    ) as o
    where not exists (  -- what it claims now is known
            select
            from {{ candidates | qualified }} as here
            where here.integrity_key::text = o.source_key
        )
        and exists (  -- it is still there
            select
            from {{ extract }} as s
            where {{ key }}::text = o.source_key
        )
)
update {{ fates | qualified }} as f
set integrity_reject = 'match-shared'
from shared
where shared.integrity_target = f.integrity_target
    and f.integrity_reject is null
