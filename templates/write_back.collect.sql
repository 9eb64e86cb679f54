with origin as (  -- the one source row whose value survived
    {{ origin | indented(4) }}
),
asked as (
    select
        origin.source_key,
        c.*,
        case{% for test, reason in tests %}

            when not coalesce(({{ test | indented(12) }}), false) then {{ reason | literal }}{% endfor %}

        end as integrity_why
    from {{ changes | qualified }} as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and not c.integrity_replayed
        and {{ column | literal }} = any (c.integrity_changed)
        and not {{ column | literal }} = any (c.integrity_returned)
),
told as (  -- in case it does not go back
    update {{ changes | qualified }} as c
    set integrity_kept = c.integrity_kept || jsonb_build_object(
        {{ column | literal }}, coalesce(asked.integrity_why, {{ disturbs | literal }})
    )
    from asked
    where asked.integrity_unified = c.integrity_unified
)
insert into {{ updates | qualified }} (source_key, integrity_unified, column_name, legacy)
select
    c.source_key, c.integrity_unified, {{ column | literal }},
    jsonb_build_object({% for back in backs %}

        {{ back.name | literal }}, ({{ back.sql | indented(8) }})::{{ back.type }}::text{% if not loop.last %},{% endif %}{% endfor %}

    )
from asked as c
where c.integrity_why is null
