create {{ storage }} table {{ members | qualified }} as
select x.source, x.source_key, x.arm, x.unified_key, x.survived
from {{ crosswalk | qualified }} as x
join {{ changes | qualified }} as c
    on c.integrity_unified = x.unified_key
{% if inline %}
union all
select
    c.integrity_old_row ->> {{ source | literal }},
    (c.integrity_old_row ->> {{ key | literal }})::{{ key_type }},
    c.integrity_old_row ->> {{ arm | literal }},
    c.integrity_unified,
    true
from {{ changes | qualified }} as c
where c.integrity_old_row is not null
{% endif %}
