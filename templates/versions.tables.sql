{#- What tells one state of a table from the next. Every statement may be repeated. #}
create schema if not exists {{ schema | ident }};

create table if not exists {{ schema | ident }}.integrity_versions (
    relation oid not null,
    changes bigint not null
);

comment on table {{ schema | ident }}.integrity_versions is
    'One row per statement that changed a watched table, until they are added up. The sum of what a snapshot sees is the version of the table in it.';

create index if not exists integrity_versions_relation
    on {{ schema | ident }}.integrity_versions (relation) include (changes);

create or replace function {{ schema | ident }}.integrity_count_change() returns trigger
language plpgsql
security definer  -- who may write the table need not know of the toolkit
set search_path = pg_catalog
as $body$
begin
    insert into {{ schema | ident }}.integrity_versions (relation, changes) values (tg_relid, 1);
    return null;
end
$body$;

comment on function {{ schema | ident }}.integrity_count_change() is
    'Statement trigger that counts changes of a table in integrity_versions.'
