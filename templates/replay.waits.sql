select exists (
    select
    from {{ quarantine | qualified }}
    where mapping = {{ mapping | literal }}
        and replayed_at is null
)
