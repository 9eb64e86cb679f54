{#- What `integrity load` keeps: made by the first load. Every statement may be repeated. #}
create schema if not exists {{ schema | ident }};

create table if not exists {{ schema | ident }}.integrity_load_files (
    load bigint generated always as identity primary key,
    target text not null,
    file text not null,
    sha256 text not null,
    bytes bigint not null,
    format text not null,
    options jsonb not null,
    state text not null default 'running' check (state in ('running', 'done')),
    read bigint not null default 0,
    loaded bigint not null default 0,
    quarantined bigint not null default 0,
    repeated bigint not null default 0,
    started_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    finished_at timestamp with time zone,
    unique (target, file, sha256),
    constraint integrity_load_files_balance check (read = loaded + quarantined + repeated)
);

comment on table {{ schema | ident }}.integrity_load_files is
    'One row per file and table that it was loaded into. A chunk of rows commits together with it; read is also where a resumed load goes on.';

create table if not exists {{ schema | ident }}.integrity_load_quarantine (
    load bigint not null references {{ schema | ident }}.integrity_load_files,
    file text not null,
    line bigint not null,
    reason text not null,
    "column" text not null,
    detail text not null,
    row jsonb not null,
    quarantined_at timestamp with time zone not null default pg_catalog.clock_timestamp()
);

create index if not exists integrity_load_quarantine_load
    on {{ schema | ident }}.integrity_load_quarantine (load);

comment on table {{ schema | ident }}.integrity_load_quarantine is
    'Rows of files that could not be loaded, whole, each with its reason. A NUL character or a lone surrogate in it is written as its escape.';

do {{ ("\n" ~ is_valid ~ "\n") | dollar }};
