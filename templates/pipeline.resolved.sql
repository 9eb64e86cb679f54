update {{ quarantine | qualified }} as q
set resolved_at = clock_timestamp()
from {{ rows | qualified }} as s
where q.pipeline = {{ pipeline | literal }}
    and q.source = {{ label | literal }}
    and q.source_key = {{ key }}::text
    and q.resolved_at is null
    and not exists (
        select
        from {{ fates | qualified }} as f
        where f.integrity_key = {{ key }}
            and f.integrity_reject is not null{% if arms %}

            and q.arm = case f.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end{% endif %}

    )
