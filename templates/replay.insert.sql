insert into {{ table | qualified }} (
    {{ targets | map("ident") | lines(4) }}
)
select
    {{ values | lines(4) }}
from {{ new_rows | qualified }} as n{% if traced %}

join {{ placed | qualified }} as p
    on p.integrity_unified = n.integrity_unified
    and p.integrity_survived
join {{ origins | qualified }} as o
    on o.source = p.integrity_source
    and o.arm = p.integrity_arm{% endif %}

