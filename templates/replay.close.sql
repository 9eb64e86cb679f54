with replayed as (
    update {{ quarantine | qualified }} as q
    set replayed_at = pg_catalog.transaction_timestamp(),  -- one replay, one moment
        replayed_as = p.integrity_unified::text,
        replayed_row = case when p.integrity_survived then {{ as_jsonb }}(t.*) end
    from {{ placed | qualified }} as p
    join {{ origins | qualified }} as o
        on o.source = p.integrity_source
        and o.arm = p.integrity_arm
    join {{ table | qualified }} as t
        on t.{{ primary | ident }} = p.integrity_unified
    where q.mapping = {{ mapping | literal }}
        and q.source = o.source_label
        and q.source_key = p.integrity_key::text
        and q.arm = o.arm_label
    returning q.source, q.arm, p.integrity_survived as survived
),
counted as (
    select source, arm, count(*) as replayed, count(*) filter (where survived) as inserted
    from replayed
    group by source, arm
)
update {{ ledger | qualified }} as l
set quarantined = l.quarantined - counted.replayed,
    inserted = l.inserted + counted.inserted,
    merged = l.merged + counted.replayed - counted.inserted
from counted
where l.mapping = {{ mapping | literal }}
    and l.source = counted.source
    and l.arm = counted.arm
returning counted.source, counted.arm, counted.inserted, counted.replayed - counted.inserted
