with origin as (  -- the one source row whose value survived
    {{ origin | indented(4) }}
),
written as (
    update {{ legacy | qualified }} as s
    set {{ legacy_column | ident }} = ({{ back | indented(4) }})::{{ legacy_type }}
    from {{ changes | qualified }} as c
    join origin
        on origin.unified_key = c.integrity_unified
    where c.integrity_change = 'updated'
        and {{ column | literal }} = any (c.integrity_changed)
        and {{ key }} = origin.source_key
        and case{% for test in tests %}

            when not coalesce(({{ test | indented(12) }}), false) then false{% endfor %}

            else true
        end
    returning c.integrity_unified
)
update {{ changes | qualified }} as c
set integrity_returned = array_append(c.integrity_returned, {{ column | literal }})
from (select distinct integrity_unified from written) as w
where w.integrity_unified = c.integrity_unified
