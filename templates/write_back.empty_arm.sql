with gone as (
    update {{ legacy | qualified }} as s
    set {% for column in columns %}{{ column | ident }} = null{% if not loop.last %}, {% endif %}{% endfor %}

    from {{ deletes | qualified }} as d
    where d.source = {{ source | literal }}
        and d.arm = {{ arm | literal }}
        and {{ key }} = d.source_key
    returning d.unified_key
)
update {{ changes | qualified }} as c
set integrity_returned = array['the row']
from (select distinct unified_key from gone) as g
where g.unified_key = c.integrity_unified
