{#- Matched rows by the columns in which they differ from what would be written; none: they say the same. -#}
select differ.names, count(*)
from {{ fates | qualified }} as f
join {{ candidates | qualified }} as c
    on c.integrity_key = f.integrity_key
    and c.integrity_arm = f.integrity_arm
join {{ target | qualified }} as t
    on t.{{ primary.name | ident }} = f.integrity_target
cross join lateral (
    select array_remove(array[{% for column in columns %}

        case when not ({{ column.same }}) then {{ column.name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

    ]::text[], null) as names
) as differ
where f.integrity_fate = 'matched'
    and f.integrity_reject is null
group by differ.names
order by count(*) desc
