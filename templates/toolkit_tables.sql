{#- The toolkit's own tables. Every statement may be repeated. #}
{% macro described(table, comment, columns) %}
comment on table {{ schema | ident }}.{{ table | ident }} is {{ comment | literal }};
{% for column, text in columns %}

comment on column {{ schema | ident }}.{{ table | ident }}.{{ column | ident }} is {{ text | literal }};
{% endfor %}
{% endmacro %}
create schema if not exists {{ schema | ident }};

create table if not exists {{ schema | ident }}.integrity_runs (
    run_id bigint generated always as identity primary key,
    migration text not null,
    direction text not null check (direction in ('apply', 'rollback')),
    plan_hash text not null,
    tool_version text not null,
    started_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    finished_at timestamp with time zone,
    outcome text not null default 'running'
        check (outcome in ('running', 'done', 'failed', 'interrupted')),
    detail text
);

{{ described("integrity_runs", "One row per run of a migration by the runner.", [
    ("run_id", "Number of the run."),
    ("migration", "Stem of the migration, as in 013_consolidation."),
    ("direction", "apply or rollback."),
    ("plan_hash", "Hash of the plan that was approved."),
    ("tool_version", "Version of the toolkit that ran it."),
    ("started_at", "When the run began."),
    ("finished_at", "When it ended; null while it runs, or when the runner was killed."),
    ("outcome", "running, done, failed or interrupted. A run without a live runner that says running was killed."),
    ("detail", "The error, or what was done."),
]) }}
create table if not exists {{ schema | ident }}.integrity_journal (
    run_id bigint,
    migration text not null,
    direction text not null check (direction in ('apply', 'rollback')),
    step text not null,
    statement_hash text not null,
    outcome text not null check (outcome in ('started', 'done', 'undone')),
    rows bigint,
    started_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    primary key (migration, direction, step)
);

{{ described("integrity_journal", "Which steps of a migration are done. A step commits together with its row.", [
    ("run_id", "The run that wrote the row; null when psql did."),
    ("migration", "Stem of the migration."),
    ("direction", "apply or rollback."),
    ("step", "Identifier of the step in its migration and direction."),
    ("statement_hash", "SHA-256 over the statements of the step."),
    ("outcome", "started: on the way, in slices or outside a transaction. done. undone: rolled back since."),
    ("rows", "Rows that the statements inserted, updated, deleted or merged."),
    ("started_at", "When the step began."),
    ("finished_at", "When it ended."),
]) }}
create table if not exists {{ schema | ident }}.integrity_slices (
    migration text not null,
    direction text not null check (direction in ('apply', 'rollback')),
    step text not null,
    statement_no integer not null,
    low bigint not null,
    high bigint not null check (high >= low),
    rows bigint,
    finished_at timestamp with time zone,
    primary key (migration, direction, step, statement_no, low)
);

{{ described("integrity_slices", "Key ranges of the steps that run in slices, planned before the first one runs.", [
    ("migration", "Stem of the migration."),
    ("direction", "apply or rollback."),
    ("step", "Identifier of the step."),
    ("statement_no", "Position of the statement in its step, from 0."),
    ("low", "The slice holds the keys above this one."),
    ("high", "Last key of the slice. low = high: the whole of a statement that is not cut."),
    ("rows", "Rows written; null until the slice is done."),
    ("finished_at", "When the slice committed; null until then."),
]) }}
create unlogged table if not exists {{ schema | ident }}.integrity_sentinel (
    migration text not null,
    direction text not null check (direction in ('apply', 'rollback')),
    written_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    primary key (migration, direction)
);

{{ described("integrity_sentinel", "Unlogged on purpose: a crash of the server empties it together with all work tables, which tells a resumed run to fill them again.", [
    ("migration", "Stem of the migration."),
    ("direction", "apply or rollback."),
    ("written_at", "When the first step that fills work tables was done."),
]) }}
create table if not exists {{ schema | ident }}.integrity_ledger (
    migration text not null,
    mapping text not null,
    source text not null,
    arm text not null,
    candidates bigint not null,
    inserted bigint not null default 0,
    merged bigint not null default 0,
    quarantined bigint not null default 0,
    dropped bigint not null default 0,
    empty bigint not null default 0,
    moved bigint not null default 0,
    archived bigint not null default 0,
    open bigint generated always as
        (candidates - (inserted + merged + quarantined + dropped + empty + moved + archived)) stored,
    recorded_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    primary key (migration, mapping, source, arm)
);

{% set upgrade %}
begin  -- a ledger from before there was the term "archived"
    if not exists (
        select from pg_catalog.pg_attribute
        where attrelid = {{ (schema | ident ~ ".integrity_ledger") | literal }}::pg_catalog.regclass
            and attname = 'archived'
    ) then
        alter table {{ schema | ident }}.integrity_ledger
            add column archived bigint not null default 0,
            drop column open;
        alter table {{ schema | ident }}.integrity_ledger
            add column open bigint generated always as
                (candidates - (inserted + merged + quarantined + dropped + empty + moved + archived)) stored;
    end if;
end
{% endset %}
do {{ ("\n" ~ upgrade) | dollar }};

{{ described("integrity_ledger", "Where every candidate went, per mapping, source and arm. Each term has its own count.", [
    ("migration", "Stem of the migration."),
    ("mapping", "The unified table, as schema.table; archive or drop for a legacy table that becomes none."),
    ("source", "The legacy table, as schema.table."),
    ("arm", "Label of the arm; empty for a source without arms."),
    ("candidates", "Source rows of this arm."),
    ("inserted", "Candidates that became a row of the unified table."),
    ("merged", "Candidates merged into the row of another candidate."),
    ("quarantined", "Candidates rejected for a reason and kept in integrity_quarantine."),
    ("dropped", "Candidates left out by a declared rule, or rows of a table that is declared of no use."),
    ("empty", "Candidates whose values are all null, from an arm that the source row does not use."),
    ("moved", "Rows of a table that was moved as it is."),
    ("archived", "Rows of a table that becomes no unified table; the archive of finalize holds them."),
    ("open", "Candidates that no term accounts for; must be 0."),
    ("recorded_at", "When the line was written."),
]) }}
create table if not exists {{ schema | ident }}.integrity_conflicts (
    migration text not null,
    mapping text not null,
    unified_key text not null,
    column_name text not null,
    source text not null,
    source_key text not null,
    arm text not null default '',
    value text,
    survived text,
    survived_from text
);

{{ described("integrity_conflicts", "Values of merged candidates that differed from the value that survived.", [
    ("migration", "Stem of the migration."),
    ("mapping", "The unified table, as schema.table."),
    ("unified_key", "Key of the unified row."),
    ("column_name", "Column of the unified table."),
    ("source", "Legacy table of the value that did not survive."),
    ("source_key", "Key of its row there."),
    ("arm", "Label of its arm; empty for a source without arms."),
    ("value", "The value that did not survive."),
    ("survived", "The value that did."),
    ("survived_from", "Legacy table of the value that did."),
]) }}
create table if not exists {{ schema | ident }}.integrity_quarantine (
    quarantine_id bigint generated always as identity primary key,
    migration text not null,
    mapping text not null,
    source text not null,
    source_key text not null,
    arm text not null default '',
    reason text not null,
    column_name text,
    expression text,
    detail text,
    candidate jsonb,
    source_row jsonb,
    quarantined_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    replayed_at timestamp with time zone,
    replayed_as text,
    replayed_row jsonb,
    unique (mapping, source, source_key, arm)
);

{{ described("integrity_quarantine", "Rejected candidates, whole, with the reason. Replayable once the YAML is mended.", [
    ("quarantine_id", "Number of the entry."),
    ("migration", "Stem of the migration."),
    ("mapping", "The unified table, as schema.table."),
    ("source", "The legacy table, as schema.table."),
    ("source_key", "Key of the source row."),
    ("arm", "Label of the arm; empty for a source without arms."),
    ("reason", "Code of the reason, as in cast or lookup-none."),
    ("column_name", "Column of the unified table that could not be filled."),
    ("expression", "The expression that failed."),
    ("detail", "The offending value, or what was found."),
    ("candidate", "The candidate as far as it could be computed."),
    ("source_row", "The source row as it was."),
    ("quarantined_at", "When it was rejected."),
    ("replayed_at", "When it was replayed with success; null until then."),
    ("replayed_as", "Key of the unified row it became or merged into."),
    ("replayed_row", "The unified row as the replay made it; null when it merged into one."),
]) }}
create table if not exists {{ schema | ident }}.integrity_retained (
    retained_id bigint generated always as identity primary key,
    migration text not null,
    table_name text not null,
    unified_key text not null,
    change text not null check (change in ('inserted', 'updated', 'deleted')),
    new_row jsonb,
    old_row jsonb,
    reason text not null,
    retained_at timestamp with time zone not null default pg_catalog.clock_timestamp()
);

{{ described("integrity_retained", "Changes of unified rows that a rollback could not write back to legacy.", [
    ("retained_id", "Number of the entry."),
    ("migration", "Stem of the migration that was rolled back."),
    ("table_name", "The unified table, as schema.table."),
    ("unified_key", "Key of the unified row."),
    ("change", "inserted, updated or deleted since the migration."),
    ("new_row", "The row as it was at the rollback; null when deleted."),
    ("old_row", "The row as the migration made it; null when inserted."),
    ("reason", "Why it cannot go back."),
    ("retained_at", "When the rollback kept it."),
]) }}
create table if not exists {{ schema | ident }}.integrity_returned (
    migration text not null,
    table_name text not null,
    change text not null check (change in ('inserted', 'updated', 'deleted')),
    changes bigint not null,
    returned bigint not null,
    retained bigint not null,
    counted_at timestamp with time zone not null default pg_catalog.clock_timestamp()
);

{{ described("integrity_returned", "How many later changes of unified rows a rollback wrote back to legacy.", [
    ("migration", "Stem of the migration that was rolled back."),
    ("table_name", "The unified table, as schema.table."),
    ("change", "inserted, updated or deleted since the migration."),
    ("changes", "Changed rows found."),
    ("returned", "Rows that went back to legacy, whole."),
    ("retained", "Rows kept in integrity_retained."),
    ("counted_at", "When the rollback counted them."),
]) }}
create table if not exists {{ schema | ident }}.integrity_state (
    migration text primary key,
    number integer not null,
    applied_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    plan_hash text,
    catalog_fingerprint text,
    project jsonb
);

{{ described("integrity_state", "One row per applied migration: the state it reached.", [
    ("migration", "Stem of the migration."),
    ("number", "Its number."),
    ("applied_at", "When it was switched to."),
    ("plan_hash", "Hash of the plan that was applied; null when psql applied it."),
    ("catalog_fingerprint", "Fingerprint of the catalog right after it."),
    ("project", "The project that was reached, as JSON."),
]) }}
do {{ (is_valid ~ "\n") | dollar }};

comment on function {{ schema | ident }}.integrity_is_valid(text, text) is
    'Whether a text can be assigned to a type, length and precision included; null for null.';

create or replace function {{ schema | ident }}.integrity_as_jsonb(value anyelement)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog
as $body$
begin
    return to_jsonb(value);
exception
    when data_exception then  -- a value of type json that jsonb does not take
        begin  -- mostly \u0000: its backslash is doubled, unless it follows another one
            return regexp_replace(
                to_json(value)::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\\\u0000', 'g'
            )::jsonb;
        exception
            when data_exception then
                return jsonb_build_object('row', to_json(value)::text);
        end;
end
$body$;

comment on function {{ schema | ident }}.integrity_as_jsonb(anyelement) is
    'A row as jsonb, also where a value of type json holds what jsonb cannot.';

create or replace function {{ schema | ident }}.integrity_refuse_write() returns trigger
language plpgsql
set search_path = pg_catalog
as $body$
begin
    raise exception using
        errcode = '55006',
        message = format(
            '%s.%s is read-only: migration %s took it as a source',
            tg_table_schema, tg_table_name, tg_argv[0]
        ),
        hint = 'write to the unified table once the migration is applied, or roll it back first';
end
$body$;

comment on function {{ schema | ident }}.integrity_refuse_write() is
    'Statement trigger that keeps a source of a migration as it was counted.';
