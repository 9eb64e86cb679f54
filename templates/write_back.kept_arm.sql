select kept.integrity_unified, 'a row of ' || kept.source || ' holds it beside others, in columns that cannot be emptied' as reason
from {{ work | qualified }} as kept
where kept.source = {{ source | literal }}
    and kept.arm = {{ arm | literal }}
