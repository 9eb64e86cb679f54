with sendable as (
    select p.*
    from {{ inserts | qualified }} as p
    where case{% for test in tests %}

            when not coalesce(({{ test | indented(12) }}), false) then false{% endfor %}

            else true
        end
),
written as (
    insert into {{ legacy | qualified }} (
        {{ columns | map("ident") | lines(8) }}
    )
    select
        {{ columns | map("ident") | lines(8) }}
    from sendable
    on conflict do nothing
    returning {{ keys | idents }}
),
placed as (
    insert into {{ crosswalk | qualified }} (source, source_key, arm, unified_key, survived)
    select {{ source | literal }}, {{ key }}, {{ arm | literal }}, p.integrity_unified, true
    from written as s
    join sendable as p
        on {% for name in keys %}{% if not loop.first %}

        and {% endif %}p.{{ name | ident }} = s.{{ name | ident }}{% endfor %}

    on conflict do nothing
    returning unified_key
)
update {{ changes | qualified }} as c
set integrity_returned = array['the row']
from placed
where placed.unified_key = c.integrity_unified
