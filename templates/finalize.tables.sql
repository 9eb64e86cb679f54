{#- The toolkit's tables that only finalize needs; every statement may be repeated. #}
create table if not exists {{ schema | ident }}.integrity_archives (
    archive_id bigint generated always as identity primary key,
    migration text not null,
    directory text not null,
    manifest_hash text not null,
    state text not null check (state in ('archived', 'finalized', 'restored')),
    tool_version text not null,
    tables bigint not null,
    rows bigint not null,
    archived_at timestamp with time zone not null default pg_catalog.clock_timestamp(),
    finalized_at timestamp with time zone,
    restored_at timestamp with time zone
);

{% for column, text in [
    ("archive_id", "Number of the archive."),
    ("migration", "Stem of the migration whose legacy tables it holds."),
    ("directory", "Where the archive was written."),
    ("manifest_hash", "SHA-256 of its manifest.json."),
    ("state", "archived: written and test-restored. finalized: legacy is dropped. restored: a rollback brought legacy back."),
    ("tool_version", "Version of the toolkit that wrote it."),
    ("tables", "Tables in it."),
    ("rows", "Rows in them."),
    ("archived_at", "When it was written."),
    ("finalized_at", "When legacy was dropped."),
    ("restored_at", "When legacy came back."),
] %}
comment on column {{ schema | ident }}.integrity_archives.{{ column }} is {{ text | literal }};
{% endfor %}
comment on table {{ schema | ident }}.integrity_archives is
    'Archives of legacy that finalize wrote, and whether legacy is in the database or only there.';;

create table if not exists {{ schema | ident }}.integrity_watch (
    table_name text primary key,
    scans bigint not null,
    writes bigint not null,
    since timestamp with time zone not null,
    seen_at timestamp with time zone not null
);

{% for column, text in [
    ("table_name", "The legacy table, where it stands, as the server quotes it."),
    ("scans", "Scans that the server had counted when it was seen last."),
    ("writes", "Rows inserted, updated or deleted, likewise."),
    ("since", "Since when nobody but the toolkit was seen to use it."),
    ("seen_at", "When the counters were read last."),
] %}
comment on column {{ schema | ident }}.integrity_watch.{{ column }} is {{ text | literal }};
{% endfor %}
comment on table {{ schema | ident }}.integrity_watch is
    'Since when legacy tables have been left alone, for the window that finalize waits for.'
