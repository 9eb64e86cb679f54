{#- The oldest entries: numbers, keys, seconds since the first was written; and a sign that changes when
    what the pipeline was resolved against does. -#}
with entries as (
    select outbox_id, source_key, at
    from {{ outbox | qualified }}
    where pipeline = {{ pipeline | literal }}
    order by outbox_id
    limit {{ size }}
)
select
    array(select outbox_id from entries order by outbox_id),
    array(select distinct source_key from entries),
    (select extract(epoch from clock_timestamp() - min(at))::double precision from entries),
    (
{% include "outbox.sign.sql" %}
    )
