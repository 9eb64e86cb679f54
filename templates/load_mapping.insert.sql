insert into {{ table | qualified }} (
    {{ targets | map("ident") | lines(4) }}
)
select
    {{ values | lines(4) }}
from {{ rows | qualified }} as r{% if inline %}

join {{ origins | qualified }} as o
    on o.source = r.integrity_source
    and o.arm = r.integrity_arm{% endif %}{% if direct %}

where r.integrity_place = 1{% if sliced %}

    and r.integrity_row > /* low */
    and r.integrity_row <= /* high */{% endif %}{% elif sliced %}

where r.integrity_row > /* low */
    and r.integrity_row <= /* high */{% endif %}

