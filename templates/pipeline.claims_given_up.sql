{#- A row that claimed a row in vain, and does so no longer. -#}
delete from {{ links | qualified }} as l
using {{ fates | qualified }} as f
where l.pipeline = {{ pipeline | literal }}
    and l.source = {{ label | literal }}
    and l.source_key = f.integrity_key::text
    and l.source_hash is null
    and f.integrity_reject is distinct from 'match-shared'
