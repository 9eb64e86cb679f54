with origin as (  -- the one source row whose value survived
    {{ origin | indented(4) }}
)
insert into {{ updates | qualified }} (source_key, integrity_unified, column_name, legacy)
select
    origin.source_key, c.integrity_unified, {{ column | literal }},
    jsonb_build_object({% for back in backs %}

        {{ back.name | literal }}, ({{ back.sql | indented(8) }})::{{ back.type }}::text{% if not loop.last %},{% endif %}{% endfor %}

    )
from {{ changes | qualified }} as c
join origin
    on origin.unified_key = c.integrity_unified
where c.integrity_change = 'updated'
    and not c.integrity_replayed
    and {{ column | literal }} = any (c.integrity_changed)
    and not {{ column | literal }} = any (c.integrity_returned)
    and case{% for test in tests %}

        when not coalesce(({{ test | indented(8) }}), false) then false{% endfor %}

        else true
    end
