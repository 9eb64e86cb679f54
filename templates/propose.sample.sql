{# Distinct normalised values of some columns of one table: counts, and the smallest hashes. -#}
with sample as (
  select
    {{ columns | map("ident") | lines(4) }}
  from {{ table | qualified }}{% if share %} tablesample system ({{ share }}) repeatable (1){% endif +%}
  limit {{ rows }}
), normalised as (
  select distinct on (place, value) place, value, count(*) over (partition by place, value) as times
  from sample
  cross join lateral (values
    {% for column in columns %}
    ({{ loop.index }}, nullif(lower(btrim({{ column | ident }}::text)), '')){{ "," if not loop.last }}
    {% endfor %}
  ) as given (place, value)
  where value is not null
), hashed as (
  select place, times, ('x' || left(md5(value), 15))::bit(60)::bigint as hash,
    row_number() over (partition by place order by md5(value)) as rank
  from normalised
)
select (array[
    {{ columns | map("literal") | lines(4) }}
  ]::text[])[place],
  sum(times)::bigint, count(*), array_agg(hash order by hash) filter (where rank <= {{ sketch }})
from hashed
group by place
order by place
