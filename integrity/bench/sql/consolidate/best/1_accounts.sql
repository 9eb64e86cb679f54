create table sales.merged (
    source     text not null,
    source_key bigint not null,
    line_id    bigint not null
);

create table sales.account (
    source     text primary key,
    candidates bigint not null,
    inserted   bigint not null,
    merged     bigint not null,
    rejected   bigint not null
);
