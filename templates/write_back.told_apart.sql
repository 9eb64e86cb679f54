delete from {{ updates | qualified }} as u
using {{ changes | qualified }} as c
where c.integrity_unified = u.integrity_unified
    and u.column_name = any ({{ "array[" }}{% for c in columns %}{{ c | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
    and not ({% for condition in conditions %}{% if not loop.first %}

        and {% endif %}{{ condition | indented(8) }}{% endfor %})
