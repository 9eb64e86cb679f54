delete from {{ table | qualified }} as t
where exists (
    select
    from {{ pairs | qualified }} as p
    where p.expected_key = t.{{ key | ident }}
        and p.kind = 'missing'
)
