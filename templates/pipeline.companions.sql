{#- The row that stood first is listed too: nobody can say which of the two is right. -#}
insert into {{ quarantine | qualified }} as q (pipeline, source, source_key, arm, reason, detail, source_row)
select distinct
    o.pipeline, o.source, o.source_key, o.arm, 'match-shared',
    'also claimed by ' || min(f.integrity_key::text) over (partition by o.source_key),
    (select to_jsonb(s) from {{ extract }} as s where {{ key }}::text = o.source_key)
from {{ fates | qualified }} as f
join {{ links | qualified }} as o
    on o.pipeline = {{ pipeline | literal }}
    and o.target_key = f.integrity_target::text
    and o.source_key <> f.integrity_key::text
where f.integrity_reject = 'match-shared'
    and not exists (
        select
        from {{ rows | qualified }} as s
        where {{ key }}::text = o.source_key
    )
    and exists (
        select
        from {{ extract }} as s
        where {{ key }}::text = o.source_key
    )
on conflict (pipeline, source_key, source, arm) do update
set reason = excluded.reason, column_name = null, detail = excluded.detail,
    source_row = excluded.source_row, last_seen = clock_timestamp(), times = q.times + 1,
    resolved_at = null
