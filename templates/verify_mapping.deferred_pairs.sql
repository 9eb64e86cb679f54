create temporary table {{ deferred_pairs | qualified }} as
select
    coalesce(p.expected_key, e.{{ primary | ident }}) as expected_key,
    a.{{ primary | ident }} as actual_key,
    'different' as kind,
    {{ differing | indented(4) }} as columns
from {{ expected | qualified }} as e
join {{ actual | qualified }} as a
    on a.{{ primary | ident }} = e.{{ primary | ident }}
left join {{ pairs | qualified }} as p
    on p.actual_key = a.{{ primary | ident }}
where cardinality({{ differing | indented(4) }}) > 0
