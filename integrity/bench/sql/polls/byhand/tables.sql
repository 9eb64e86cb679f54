-- What a careful person keeps of a load: which row each observation became, what was left aside and
-- why, and how far the source was read.
create table polling.loaded (
    id bigint primary key,
    share_id bigint not null,
    hash bytea not null
);
create index on polling.loaded (share_id);
create table polling.rejected (
    id bigint primary key,
    reason text not null,
    raw jsonb not null
);
create table polling.runs (
    run bigint generated always as identity primary key,
    found bigint,
    created bigint,
    repeated bigint,
    dropped bigint,
    rejected bigint,
    watermark timestamp with time zone
);
