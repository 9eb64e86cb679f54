create {{ storage }} table {{ deletes | qualified }} as
select m.source, m.source_key, m.arm, m.unified_key
from {{ members | qualified }} as m
join {{ changes | qualified }} as c
    on c.integrity_unified = m.unified_key
where c.integrity_change = 'deleted'
