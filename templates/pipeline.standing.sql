{#- Rows that stand, of a pipeline that changes none. -#}
select 0::bigint, 0::bigint, count(*)
from {{ fates | qualified }}
where integrity_fate = 'matched'
    and integrity_reject is null
