create {{ storage }} table {{ updates | qualified }} (
    integrity_place bigint,  -- the same for all values that go to one legacy row
    source_key {{ key_type }} not null,
    integrity_unified {{ unified_type }} not null,
    column_name text not null,
    legacy jsonb not null  -- legacy column -> the value as text
)
