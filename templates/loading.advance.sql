update {{ schema | ident | replace("%", "%%") }}.integrity_load_files
set read = read + %(read)s,
    loaded = loaded + %(loaded)s,
    quarantined = quarantined + %(quarantined)s,
    repeated = repeated + %(repeated)s
where load = %(load)s
