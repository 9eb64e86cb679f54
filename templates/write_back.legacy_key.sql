(
    select x.source_key
    from {{ crosswalk | qualified }} as x
    where x.source = {{ source | literal }}
        and x.unified_key = {{ value }}
    order by x.survived desc, x.source_key
    limit 1
)
