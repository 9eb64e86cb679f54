select p.kind, c.name, count(*) as rows
from {{ pairs | qualified }} as p
left join lateral unnest(p.columns) as c (name)
    on true
group by 1, 2
order by 1, 2
