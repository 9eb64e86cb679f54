create {{ storage }} table {{ rejected | qualified }} as
select integrity_source, integrity_key, integrity_arm, integrity_reject{% for c in columns %}, {{ c | ident }}{% endfor %}

from {{ candidates | qualified }}
where integrity_reject is not null{% if matched %}

union all
select m.integrity_source, m.integrity_key, m.integrity_arm, coalesce(m.integrity_reject, r.integrity_reject){% for c in columns %}, m.{{ c | ident }}{% endfor %}

from {{ matched | qualified }} as m
left join {{ merged | qualified }} as r
    on r.integrity_entity = m.integrity_entity
where m.integrity_reject is not null
    or r.integrity_reject is not null{% endif %}

