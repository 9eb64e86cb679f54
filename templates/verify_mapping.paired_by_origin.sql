create temporary table {{ paired | qualified }} as
with same as (  -- a missing and an extra row made from one source row
    select l.unified_key as expected_key, f.unified_key as actual_key, bool_or(l.survived and f.survived) as strong
    from {{ membership | qualified }} as l
    join {{ pairs | qualified }} as p
        on p.expected_key = l.unified_key
        and p.kind = 'missing'
    join {{ origins | qualified }} as f
        on f.source = l.source
        and f.source_key = l.source_key
        and f.arm = l.arm
    group by 1, 2
),
once as (
    select distinct on (expected_key) expected_key, actual_key, strong
    from same
    order by expected_key, strong desc, actual_key
)
select distinct on (actual_key) expected_key, actual_key
from once
order by actual_key, strong desc, expected_key
