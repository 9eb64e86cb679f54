insert into {{ table | qualified }} (
    {{ targets | map("ident") | lines(4) }}
)
select
    {{ values | lines(4) }}
from {{ rows | qualified }} as r{% if traced and not direct %}

join {{ members | qualified }} as m
    on m.integrity_row = r.integrity_row
    and m.integrity_place = 1{% endif %}{% if traced %}

join {{ origins | qualified }} as o
    on o.source = {{ "r" if direct else "m" }}.integrity_source
    and o.arm = {{ "r" if direct else "m" }}.integrity_arm{% endif %}{% if direct %}

where r.integrity_place = 1{% if sliced %}

    and r.integrity_row > /* low */
    and r.integrity_row <= /* high */{% endif %}{% elif sliced %}

where r.integrity_row > /* low */
    and r.integrity_row <= /* high */{% endif %}

