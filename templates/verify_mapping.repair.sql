with found as (
    delete from {{ pairs | qualified }} as p
    using {{ paired | qualified }} as m
    where (p.kind = 'missing' and p.expected_key = m.expected_key)
        or (p.kind = 'extra' and p.actual_key = m.actual_key)
)
insert into {{ pairs | qualified }} (expected_key, actual_key, kind, columns)
select m.expected_key, m.actual_key, 'different', {{ differing | indented(4) }}
from {{ paired | qualified }} as m
join {{ expected | qualified }} as e
    on e.{{ primary | ident }} = m.expected_key
join {{ actual | qualified }} as a
    on a.{{ primary | ident }} = m.actual_key
