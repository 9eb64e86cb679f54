{#- The triggers of one table. ALWAYS: rows that a restore or a replica role writes count too. -#}
create or replace trigger {{ triggers["insert"] | ident }}
    after insert on {{ table | qualified }}
    referencing new table as integrity_new
    for each statement execute function {{ function | qualified }}({{ pipeline | literal }});

create or replace trigger {{ triggers["update"] | ident }}
    after update on {{ table | qualified }}
    referencing old table as integrity_old new table as integrity_new
    for each statement execute function {{ function | qualified }}({{ pipeline | literal }});

create or replace trigger {{ triggers["delete"] | ident }}
    after delete on {{ table | qualified }}
    referencing old table as integrity_old
    for each statement execute function {{ function | qualified }}({{ pipeline | literal }});

alter table {{ table | qualified }} enable always trigger {{ triggers["insert"] | ident }};

alter table {{ table | qualified }} enable always trigger {{ triggers["update"] | ident }};

alter table {{ table | qualified }} enable always trigger {{ triggers["delete"] | ident }}
