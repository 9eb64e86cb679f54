select m.unified_key, m.source_key
from {{ members | qualified }} as m
where m.survived
    and m.source = {{ source | literal }}
    and m.arm = {{ arm | literal }}
