{#- Rows that refer to no row of the parent. #}
select t.{{ number }}
from pg_temp.integrity_load_typed as t
where {% for column in columns %}t.{{ column | ident }} is not null and {% endfor %}not exists (
    select from {{ parent | qualified }} as p
    where {% for column, key in pairs %}{{ " and " if not loop.first }}p.{{ key | ident }} = t.{{ column | ident }}{% endfor %}

)
