select pipeline, reason, count(*) as rows
from {{ schema | ident }}.integrity_pipeline_quarantine
where resolved_at is null
group by pipeline, reason
order by pipeline, reason
