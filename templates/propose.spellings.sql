select count(distinct value), count(distinct lower(btrim(value)))
from (
  {% for table, column in columns %}
  select {{ column | ident }}::text as value from {{ table | qualified }}
  {% if not loop.last %}
  union all
  {% endif %}
  {% endfor %}
) as given
