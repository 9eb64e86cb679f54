{#- Rows for which a check is false. #}
select {{ number }}
from pg_temp.integrity_load_typed as t
where not ({{ expression }})
