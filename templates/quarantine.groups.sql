select
    q.mapping, q.source, q.reason, coalesce(q.column_name, '') as column_name,
    count(*) as count,
    (array_agg(
        concat_ws(': ', 'key ' || q.source_key, nullif(q.arm, ''), nullif(q.detail, ''))
        order by q.quarantine_id
    ))[:%(examples)s] as examples
from {{ schema | ident }}.integrity_quarantine as q
where %(replayed)s or q.replayed_at is null
group by q.mapping, q.source, q.reason, coalesce(q.column_name, '')
order by count(*) desc, q.mapping, q.source, q.reason, coalesce(q.column_name, '')
