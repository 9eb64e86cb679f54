with numbered as (
    select
        q.source, q.reason, coalesce(q.column_name, '') as column_name,
        coalesce(q.expression, '') as expression,
        q.source_key, q.arm, coalesce(q.detail, '') as detail,
        count(*) over same as rows,
        row_number() over (same order by length(q.source_key), q.source_key collate "C", q.arm) as place
    from {{ schema | ident }}.integrity_quarantine as q
    where q.migration = %(migration)s
        and q.mapping = %(mapping)s
    window same as (
        partition by q.source, q.reason, coalesce(q.column_name, ''), coalesce(q.expression, '')
    )
)
select source, reason, column_name, expression, rows, source_key, arm, detail
from numbered
where place <= %(examples)s
order by rows desc, source, reason, column_name, expression, place
