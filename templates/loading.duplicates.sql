{#- Rows whose unique key another row has: one of the table, or an earlier one of these. #}
{% macro same(one, other) -%}
{% for column in columns %}{{ " and " if not loop.first }}{{ one }}.{{ column | ident }}
{{- " = " if nulls_distinct else " is not distinct from " }}{{ other }}.{{ column | ident }}{% endfor %}
{%- endmacro %}
select found.{{ number }}
from (
    select t.{{ number }},
        row_number() over (
            partition by {% for column in columns %}{{ ", " if not loop.first }}t.{{ column | ident }}{% endfor %}

            order by t.{{ number }}) as place,
        exists (select from {{ table | qualified }} as x where {{ same("x", "t") }}) as stands
    from pg_temp.integrity_load_typed as t
    where t.{{ number }} = any ({{ numbers | literal }}::bigint[])
{% if nulls_distinct %}
{% for column in columns %}
        and t.{{ column | ident }} is not null
{% endfor %}
{% endif %}
) as found
where found.place > 1 or found.stands
