{#- Rows that this mode does not look at, once their counterpart is known. -#}
delete from {{ rows | qualified }} as s
using {{ fates | qualified }} as f
where f.integrity_key = {{ key }}
    and f.integrity_fate = 'outside'
    and f.integrity_reject is null
