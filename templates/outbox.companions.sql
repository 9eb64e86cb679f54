{#- Rows whose end may be another one now that these have changed: those that claim the same row of the
    target and, where one of these claimed a row together with others, the others. -#}
with keys as (
    select unnest({{ keys }}::text[]) as source_key
)
select o.source_key
from keys as k
join {{ links | qualified }} as l
    on l.pipeline = {{ pipeline | literal }}
    and l.source_key = k.source_key
    and l.source = {{ label | literal }}
join {{ links | qualified }} as o
    on o.pipeline = l.pipeline
    and o.target_key = l.target_key
    and o.source = l.source
    and o.source_key <> l.source_key
union
select q.source_key
from {{ quarantine | qualified }} as q
where q.pipeline = {{ pipeline | literal }}
    and q.source = {{ label | literal }}
    and q.reason = 'match-shared'
    and q.resolved_at is null
    and exists (
        select
        from keys as k
        join {{ quarantine | qualified }} as mine
            on mine.pipeline = {{ pipeline | literal }}
            and mine.source_key = k.source_key
            and mine.source = {{ label | literal }}
        where mine.reason = 'match-shared'
            and mine.resolved_at is null
    )
