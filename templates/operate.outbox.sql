select
    pipeline,
    count(*) as rows,
    extract(epoch from clock_timestamp() - min(at))::double precision as oldest
from {{ schema | ident }}.integrity_pipeline_outbox
group by pipeline
order by pipeline
