select 'quarantine' as kind, mapping as name, reason as what, count(*) as count
from {{ schema | ident }}.integrity_quarantine
where replayed_at is null
group by mapping, reason
union all
select 'conflict', mapping, column_name, count(*)
from {{ schema | ident }}.integrity_conflicts
group by mapping, column_name
union all
select 'retained', table_name, change, count(*)
from {{ schema | ident }}.integrity_retained
group by table_name, change
order by 1, 2, 3
