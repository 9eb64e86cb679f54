{#- Rows whose end may be another one now that these have changed: those that claim the same row of the
    target and, where one of these claimed a row together with others, the others. One look into an index
    per key, whatever the server's statistics say of tables that have just been filled. -#}
with keys as materialized (
    select unnest({{ keys }}::text[]) as source_key
)
select o.source_key
from keys as k
cross join lateral (
    select l.target_key
    from {{ links | qualified }} as l
    where l.pipeline = {{ pipeline | literal }}
        and l.source = {{ label | literal }}
        and l.source_key = k.source_key
    offset 0
) as mine
cross join lateral (
    select l.source_key
    from {{ links | qualified }} as l
    where l.pipeline = {{ pipeline | literal }}
        and l.source = {{ label | literal }}
        and l.target_key = mine.target_key
        and l.source_key <> k.source_key
    offset 0
) as o
union
select q.source_key
from {{ quarantine | qualified }} as q
where q.pipeline = {{ pipeline | literal }}
    and q.source = {{ label | literal }}
    and q.reason = 'match-shared'
    and q.resolved_at is null
    and (
        select count(*)
        from keys as k
        cross join lateral (
            select
            from {{ quarantine | qualified }} as mine
            where mine.pipeline = {{ pipeline | literal }}
                and mine.source = {{ label | literal }}
                and mine.source_key = k.source_key
                and mine.reason = 'match-shared'
                and mine.resolved_at is null
            offset 0
        ) as mine
    ) > 0
