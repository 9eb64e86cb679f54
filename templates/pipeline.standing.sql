{#- Rows that stand, of a pipeline that changes none. -#}
select array[]::text[], count(*)
from {{ fates | qualified }}
where integrity_fate = 'matched'
    and integrity_reject is null
