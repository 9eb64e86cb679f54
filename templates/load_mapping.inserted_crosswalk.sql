select x.arm, count(*) as rows
from {{ crosswalk | qualified }} as x
join {{ table | qualified }} as t
    on t.{{ primary | ident }} = x.unified_key
where x.source = {{ source.label | literal }}
    and x.survived
group by x.arm
