select
    (
        select to_jsonb(r)
        from {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_runs as r
        where r.pipeline = %(pipeline)s
        order by r.run desc
        limit 1
    ),
    (
        select jsonb_object_agg(k.source, k.watermark)
        from {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_cursors as k
        where k.pipeline = %(pipeline)s
    ),
    (
        select jsonb_object_agg(q.reason, q.rows)
        from (
            select reason, count(*) as rows
            from {{ schema | ident | replace("%", "%%") }}.integrity_pipeline_quarantine
            where pipeline = %(pipeline)s
                and resolved_at is null
            group by reason
        ) as q
    )
