select exists (
    select
    from {{ work | qualified }} as d
    join {{ legacy | qualified }} as s
        on {{ key }} = d.source_key
    join
