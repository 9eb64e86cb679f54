create {{ storage }} table {{ matched | qualified }} as
select
    row_number() over (
        order by integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
    ) as integrity_candidate,
    null::bigint as integrity_entity,
    candidate.*
from {{ candidates | qualified }} as candidate
where candidate.integrity_reject is null
