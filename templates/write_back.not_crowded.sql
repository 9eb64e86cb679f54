not exists (
    select
    from {{ crowded | qualified }} as x
    where x.integrity_unified = c.integrity_unified
)
