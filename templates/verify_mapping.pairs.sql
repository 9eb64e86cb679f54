create temporary table {{ pairs | qualified }} as
select
    e.{{ primary | ident }} as expected_key,
    a.{{ primary | ident }} as actual_key,
    case when a.integrity_copy is null then 'missing' when e.integrity_copy is null then 'extra' else 'different' end as kind,
    case
        when a.integrity_copy is not null and e.integrity_copy is not null then {{ differing | indented(8) }}
    end as columns
from (
    select t.*, row({{ identity | idents }}) as integrity_identity, row_number() over (partition by {{ identity | idents }} order by {{ primary | ident }}) as integrity_copy
    from {{ expected | qualified }} as t
) as e
full join (
    select t.*, row({{ identity | idents }}) as integrity_identity, row_number() over (partition by {{ identity | idents }} order by {{ primary | ident }}) as integrity_copy
    from {{ actual | qualified }} as t
) as a
    on a.integrity_identity = e.integrity_identity  -- of records: NULLs are equal
    and a.integrity_copy = e.integrity_copy
where a.integrity_copy is null
    or e.integrity_copy is null
    or cardinality({{ differing | indented(4) }}) > 0
