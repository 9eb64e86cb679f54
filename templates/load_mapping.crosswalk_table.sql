create table if not exists {{ crosswalk | qualified }} (
    source      text not null,
    source_key  {{ key_type }} not null,
    arm         text not null,
    unified_key {{ unified_type }} not null,
    survived    boolean not null,
    primary key (source, source_key, arm)
)
