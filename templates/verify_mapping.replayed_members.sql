with m as (
    {{ membership | indented(4) }}
)
select *
from (
    select * from m
    union all
    select q.source, q.source_key::{{ key_type }}, q.arm, q.replayed_as::{{ unified_type }}, q.replayed_row is not null
    from {{ quarantine | qualified }} as q
    where q.mapping = {{ mapping | literal }}
        and q.replayed_at is not null
        and not exists (
            select
            from m
            where m.source = q.source
                and m.source_key::text = q.source_key
                and m.arm = q.arm
        )
) as member
{% if only_merged %}
where not survived
{% endif %}
