create {{ storage }} table {{ members | qualified }} as
select
    candidate.*,
    dense_rank() over (
        order by {{ order | join(", ") }}
    ) as integrity_row,
    row_number() over (
        partition by {{ order | join(", ") }}
        order by integrity_source, integrity_key{% if key_type == "text" %} collate "C"{% endif %}, integrity_arm
    ) as integrity_place
from {{ candidates | qualified }} as candidate
where candidate.integrity_reject is null
