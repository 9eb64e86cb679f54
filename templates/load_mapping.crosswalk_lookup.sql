select source_key as by_1, unified_key as found, 1 as times
from {{ crosswalk | qualified }}
where source = {{ source | literal }}
