{# Whether values repeat in a few rows already: then they do so in all of them. -#}
select
  {% for column in columns %}
  count({{ column | ident }}),
  count(distinct {{ column | ident }}){{ "," if not loop.last }}
  {% endfor %}
from (select {{ columns | map("ident") | join(", ") }} from {{ table | qualified }} limit {{ rows }}) as few
