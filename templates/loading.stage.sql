{#- Work tables of the session, which nobody else sees and which go with it. #}
drop table if exists pg_temp.integrity_load_rows, pg_temp.integrity_load_typed,
    pg_temp.integrity_load_refused;

create temporary table integrity_load_rows (
    {{ number }} bigint not null,
    integrity_absent smallint[]
{%- for column in columns %},
    v{{ loop.index0 }} text
{%- endfor %}

);

create temporary table integrity_load_typed (
    {{ number }} bigint not null,
    integrity_absent smallint[]
{%- for column in columns %},
    {{ column.name | ident }} {{ column.type }}
{%- endfor %}

);

create temporary table integrity_load_refused (
    {{ number }} bigint not null, state text, message text, detail text, name text
);

create index integrity_load_typed_number on pg_temp.integrity_load_typed ({{ number }})
