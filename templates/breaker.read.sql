{#- The breakers of one pipeline, or of all, with times as seconds from now by the server's clock. -#}
select
    b.pipeline, b.what, b.state, b.since, b.failures, b.successes, b.retry_at, b.reason,
    extract(epoch from clock_timestamp() - b.since)::double precision as age,
    extract(epoch from b.retry_at - clock_timestamp())::double precision as retry_in
from {{ schema | ident | replace("%", "%%") }}.integrity_breakers as b
where %(pipeline)s::text is null
    or b.pipeline = %(pipeline)s
order by b.pipeline, b.what
{%- if lock %}

for update
{%- endif %}
