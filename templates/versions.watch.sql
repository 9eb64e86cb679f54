create or replace trigger {{ trigger | ident }}
    after insert or update or delete or truncate on {{ table | qualified }}
    for each statement execute function {{ schema | ident }}.integrity_count_change();

alter table {{ table | qualified }} enable always trigger {{ trigger | ident }}
