{#- The first value of each row that does not become its column's type, or is missing. #}
select s.{{ number }}, found.reason, found.place, found.value
from pg_temp.integrity_load_rows as s
cross join lateral (
    values
{%- for one in given %}{{ "," if not loop.first }}
        ({{ one.place }}, s.v{{ one.place }}, case
            when s.v{{ one.place }} is null then
                {% if not one.required %}null
                {%- elif one.default %}case
                    when s.integrity_absent @> array[{{ one.place }}::smallint] then null
                    else 'null' end
                {%- else %}'null'{% endif %}

            when not {{ schema | ident }}.integrity_is_valid(s.v{{ one.place }}, {{ one.type | literal }})
                then 'cast'
        end)
{%- endfor %}

    order by 1
) as found (place, value, reason)
where found.reason is not null and s.{{ number }} <> all ({{ faulty | literal }}::bigint[])
order by s.{{ number }}, found.place
