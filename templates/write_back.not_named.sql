not exists (  -- no other row is found by it
    select
    from {{ table | qualified }} as child
    where child.{{ column | ident }} = c.{{ take | ident }}{% if take_type %}

        or child.{{ column | ident }} = (c.integrity_old_row ->> {{ old_take | literal }})::{{ take_type }}{% endif %}

)
and not exists (
    select
    from {{ changes | qualified }} as o
    where o.integrity_old_row ->> {{ column | literal }} = c.integrity_old_row ->> {{ old_take | literal }}
)
