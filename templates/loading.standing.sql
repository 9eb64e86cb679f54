{#- Rows whose unique key stands in the table, and whether the row there says the same. #}
select t.{{ number }},
    bool_and(
{%- for one in given %}{{ "\n        and " if not loop.first }}
{%- if one.mixed %}(t.integrity_absent @> array[{{ one.place }}::smallint] or {% endif %}
x.{{ one.name | ident }}{{ "::text" if not one.comparable }} is not distinct from t.{{ one.name | ident }}{{ "::text" if not one.comparable }}
{%- if one.mixed %}){% endif %}
{% endfor %}
) as same,
    min(concat_ws(', '{% for column in columns %}, t.{{ column | ident }}{% endfor %})) as key
from pg_temp.integrity_load_typed as t
join {{ table | qualified }} as x on
{%- for column in columns %}{{ " and" if not loop.first }} x.{{ column | ident }}
{{- " = " if nulls_distinct else " is not distinct from " }}t.{{ column | ident }}{% endfor %}

where t.{{ number }} = any ({{ numbers | literal }}::bigint[])
group by t.{{ number }}
