select
    case when x.source is null then 'missing' when m.source is null then 'extra' else 'different' end as kind,
    case when x.unified_key is distinct from m.unified_key then 'unified_key' else 'survived' end as column_name,
    coalesce(m.source, x.source) as source,
    coalesce(m.source_key, x.source_key::text) as source_key,
    coalesce(m.arm, x.arm) as arm,
    case when x.unified_key is distinct from m.unified_key then m.unified_key::text else m.survived::text end as expected,
    case when x.unified_key is distinct from m.unified_key then x.unified_key::text else x.survived::text end as actual,
    count(*) over () as rows
from (
    select member.source, member.source_key, member.arm, member.survived, coalesce(p.actual_key, member.unified_key) as unified_key, p.kind
    from {{ membership | qualified }} as member
    left join {{ pairs | qualified }} as p
        on p.expected_key = member.unified_key{% if only_merged %}

    where not member.survived{% endif %}

) as m
full join {{ crosswalk | qualified }} as x
    on x.source = m.source
    and x.source_key::text = m.source_key
    and x.arm = m.arm
left join {{ pairs | qualified }} as extra
    on extra.kind = 'extra'
    and extra.actual_key = x.unified_key
where (x.unified_key is distinct from m.unified_key or x.survived is distinct from m.survived)
    and extra.kind is null  -- what an extra or missing row explains is not told again
    and (x.source is not null or m.kind is distinct from 'missing')
order by 3, 4, 5
limit {{ limit }}
