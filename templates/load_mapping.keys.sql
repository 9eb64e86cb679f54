create {{ storage }} table {{ keys | qualified }} as
select m.integrity_candidate as candidate, key.rung, key.value, min(key.rung) over (partition by m.integrity_candidate) as first_rung
from {{ matched | qualified }} as m
cross join lateral (
    values{% for rung in ladder %}

        ({{ loop.index }}, case when {% if rung.null_safe %}true{% else %}num_nulls({% for c in rung.columns %}m.{{ c | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) = 0{% endif %} then jsonb_build_array({{ rung["values"] | join(", ") }})::text end){% if not loop.last %},{% endif %}{% endfor %}

) as key (rung, value)
where key.value is not null
