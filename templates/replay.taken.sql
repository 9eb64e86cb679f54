update {{ merged | qualified }} as m
set integrity_reject = {{ code | literal }}
from {{ table | qualified }} as t
where m.integrity_reject is null{% for key in keys %}

    and t.{{ key | ident }} {{ "is not distinct from" if null_safe else "=" }} m.{{ key | ident }}{% endfor %}

