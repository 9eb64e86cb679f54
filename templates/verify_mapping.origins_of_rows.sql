create temporary table {{ origins | qualified }} as
{% if crosswalk %}
select x.source, x.source_key::text as source_key, x.arm, x.unified_key, x.survived
from {{ crosswalk | qualified }} as x
join {{ pairs | qualified }} as p
    on p.actual_key = x.unified_key
    and p.kind = 'extra'
{% endif %}
{% if crosswalk and inline %}
union all
{% endif %}
{% if inline %}
select a.{{ inline.source | ident }}::text, a.{{ inline.key | ident }}::text, a.{{ inline.arm | ident }}::text, a.{{ primary | ident }}, true
from {{ actual | qualified }} as a
join {{ pairs | qualified }} as p
    on p.actual_key = a.{{ primary | ident }}
    and p.kind = 'extra'
{% endif %}
