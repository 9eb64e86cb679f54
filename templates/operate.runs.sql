{#- Runs and their rows, by pipeline and outcome. -#}
select
    r.pipeline,
    r.outcome,
    count(*) as runs,
    coalesce(sum(r.seconds), 0)::double precision as seconds,
    extract(epoch from max(r.ended))::double precision as last,
    {% for name in numbers %}sum(r.{{ name | ident }})::bigint as {{ name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

from {{ schema | ident }}.integrity_pipeline_runs as r
group by r.pipeline, r.outcome
order by r.pipeline, r.outcome
