s.{{ changed | ident }} is null
or s.{{ changed | ident }} >= {% if since %}{{ since | literal }}::{{ type }}{% else %}(
    select k.watermark::{{ type }}{% if late %} - interval '{{ late }} seconds'{% endif %}

    from {{ cursors | qualified }} as k
    where k.pipeline = {{ pipeline | literal }}
        and k.source = {{ label | literal }}
)
or not exists (
    select
    from {{ cursors | qualified }} as k
    where k.pipeline = {{ pipeline | literal }}
        and k.source = {{ label | literal }}
){% endif %}

or {{ key }}::text in (
    select q.source_key
    from {{ quarantine | qualified }} as q
    where q.pipeline = {{ pipeline | literal }}
        and q.source = {{ label | literal }}
        and q.resolved_at is null
)
