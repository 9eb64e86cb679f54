delete from {{ candidates | qualified }} as c
using {{ origins | qualified }} as o
where o.source = c.integrity_source
    and o.arm = c.integrity_arm
    and not exists (
        select
        from {{ quarantine | qualified }} as q
        where q.mapping = {{ mapping | literal }}
            and q.source = o.source_label
            and q.source_key = c.integrity_key::text
            and q.arm = o.arm_label
            and q.replayed_at is null
    )
