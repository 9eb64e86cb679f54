select kept.integrity_unified, 'a row of ' || kept.source || ' behind it waits in quarantine' as reason
from {{ work | qualified }} as kept
join {{ quarantine | qualified }} as q
    on q.source = kept.source
    and q.source_key = kept.source_key::text
where q.mapping <> {{ mapping | literal }}
    and q.replayed_at is null
    and kept.source = any ({{ "array[" }}{% for source in sources %}{{ source | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
