insert into {{ table | qualified }}{% if names %} ({{ names | idents }}){% endif %}

select
{%- if values %}

    {{ values | lines }}
{%- endif %}

from pg_temp.{{ source | ident }} as s
{% if numbers is not none %}
where s.{{ number }} = any ({{ numbers | literal }}::bigint[])
{% endif %}
order by s.{{ number }}
