{% from "recompute_column.pairing.sql" import paired %}
insert into {{ conflicts | qualified }} (
    migration, mapping, unified_key, column_name, source, source_key, arm,
    value, survived, survived_from
)
select
    {{ migration | literal }}, {{ mapping | literal }}, t.{{ primary | ident }}::text, {{ primary | literal }},
    'the changed mapping', '', '', null, t.{{ primary | ident }}::text, 'loaded; the mapping rejects it now'
from {{ before | qualified }} as b
join {{ table | qualified }} as t
    on {{ paired("b", "t", identity) }}
where not exists (
    select from {{ after | qualified }} as a
    where {{ paired("a", "b", identity) }}
)
