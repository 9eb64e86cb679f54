select
    q.quarantine_id, q.mapping, q.source, q.source_key, q.arm, q.reason,
    coalesce(q.column_name, '') as column_name, coalesce(q.detail, '') as detail, q.replayed_at,
    count(*) over () as total
from {{ schema | ident }}.integrity_quarantine as q
where (%(mapping)s::text is null or q.mapping = %(mapping)s)
    and (%(source)s::text is null or q.source = %(source)s)
    and (%(reason)s::text is null or q.reason = %(reason)s)
    and (%(replayed)s or q.replayed_at is null)
order by q.mapping, q.source, q.reason, q.column_name, q.quarantine_id
limit %(limit)s
