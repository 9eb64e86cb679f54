delete from {{ conflicts | qualified }}
where migration = {{ migration | literal }}
    and mapping = {{ mapping | literal }}
