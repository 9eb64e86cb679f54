{#- The tables of the pipelines. Every statement may be repeated. -#}
create schema if not exists {{ schema | ident }};

do {{ (is_valid ~ "\n") | dollar }};

create table if not exists {{ schema | ident }}.integrity_pipeline_runs (
    run bigint primary key,
    pipeline text not null,
    mode text not null,
    started timestamp with time zone not null default pg_catalog.clock_timestamp(),
    ended timestamp with time zone,
    outcome text not null default 'running'
        check (outcome in ('running', 'done', 'failed', 'refused')),
    found bigint not null default 0,
    matched bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    repeated bigint not null default 0,
    dropped bigint not null default 0,
    empty bigint not null default 0,
    quarantined bigint not null default 0,
    reasons jsonb not null default '{}',
    drops jsonb not null default '{}',
    batches bigint not null default 0,
    seconds double precision,
    cursor text,
    error text,
    scheduled timestamp with time zone
);

comment on table {{ schema | ident }}.integrity_pipeline_runs is
'One row per run of a pipeline. found = created + updated + unchanged + repeated + dropped + empty + quarantined.';

create index if not exists integrity_pipeline_runs_pipeline_idx
on {{ schema | ident }}.integrity_pipeline_runs (pipeline, run);

create table if not exists {{ schema | ident }}.integrity_pipeline_links (
    pipeline text not null,
    source text not null,
    source_key text not null,
    arm text not null default '',
    target_key text not null,
    source_hash bytea,
    first_run bigint not null,
    last_run bigint not null,
    primary key (pipeline, source_key, source, arm)
);

comment on table {{ schema | ident }}.integrity_pipeline_links is
'Which row of the target a row of the source is, and a hash of the values that it had when they were last in step; null: it claims the row, in vain.';

create index if not exists integrity_pipeline_links_target_idx
on {{ schema | ident }}.integrity_pipeline_links (pipeline, target_key);

create table if not exists {{ schema | ident }}.integrity_pipeline_quarantine (
    pipeline text not null,
    source text not null,
    source_key text not null,
    arm text not null default '',
    reason text not null,
    column_name text,
    detail text,
    candidate jsonb,
    source_row jsonb,
    first_seen timestamp with time zone not null default pg_catalog.clock_timestamp(),
    last_seen timestamp with time zone not null default pg_catalog.clock_timestamp(),
    times bigint not null default 1,
    resolved_at timestamp with time zone,
    primary key (pipeline, source_key, source, arm)
);

comment on table {{ schema | ident }}.integrity_pipeline_quarantine is
'Rejected rows, with the reason of the last time. resolved_at: a later run took the row.';

create index if not exists integrity_pipeline_quarantine_open_idx
on {{ schema | ident }}.integrity_pipeline_quarantine (pipeline)
where resolved_at is null;

create table if not exists {{ schema | ident }}.integrity_pipeline_history (
    history_id bigint generated always as identity primary key,
    pipeline text not null,
    run bigint not null,
    target text not null,
    target_key text not null,
    old jsonb not null,
    new jsonb not null,
    at timestamp with time zone not null default pg_catalog.clock_timestamp()
);

comment on table {{ schema | ident }}.integrity_pipeline_history is
'Columns that an update changed, before and after.';

create index if not exists integrity_pipeline_history_target_idx
on {{ schema | ident }}.integrity_pipeline_history (target, target_key);

create table if not exists {{ schema | ident }}.integrity_pipeline_cursors (
    pipeline text not null,
    source text not null,
    watermark text not null,
    primary key (pipeline, source)
);

comment on table {{ schema | ident }}.integrity_pipeline_cursors is
'How far increments of a source were read.';

create table if not exists {{ schema | ident }}.integrity_pipeline_outbox (
    outbox_id bigint generated always as identity primary key,
    pipeline text not null,
    source_key text not null,
    at timestamp with time zone not null default pg_catalog.clock_timestamp()
);

comment on table {{ schema | ident }}.integrity_pipeline_outbox is
'Rows of a watched table that changed and were not followed yet.';

create index if not exists integrity_pipeline_outbox_pipeline_idx
on {{ schema | ident }}.integrity_pipeline_outbox (pipeline, outbox_id);

create table if not exists {{ schema | ident }}.integrity_breakers (
    pipeline text not null,
    what text not null,
    state text not null check (state in ('closed', 'open', 'half-open')),
    since timestamp with time zone not null default pg_catalog.clock_timestamp(),
    failures bigint not null default 0,
    successes bigint not null default 0,
    retry_at timestamp with time zone,
    reason text,
    primary key (pipeline, what)
);

comment on table {{ schema | ident }}.integrity_breakers is
'Circuit breakers: open ones refuse runs until retry_at.'
