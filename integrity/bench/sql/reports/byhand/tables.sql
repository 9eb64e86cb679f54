-- What a careful person keeps of a sync: which report each result went to, what changed, what was
-- left aside and why. The links of the old results stand already.
create table clinic.synced (
    id bigint primary key,
    report_id bigint not null,
    hash bytea not null
);
create index on clinic.synced (report_id);
create table clinic.rejected (
    id bigint primary key,
    reason text not null,
    raw jsonb not null
);
create table clinic.changed (
    change_id bigint generated always as identity primary key,
    report_id bigint not null,
    old jsonb not null,
    new jsonb not null,
    at timestamp with time zone not null default now()
);
create table clinic.runs (
    run bigint generated always as identity primary key,
    found bigint,
    updated bigint,
    created bigint,
    rejected bigint
);
insert into clinic.synced (id, report_id, hash)
select source_key::bigint, target_key::bigint, source_hash
from operational.integrity_pipeline_links;
vacuum (analyze) clinic.synced;
