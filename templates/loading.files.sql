select load, target, file, sha256, bytes, format, options, state, read, loaded, quarantined,
    repeated, started_at, finished_at
from {{ schema | ident | replace("%", "%%") }}.integrity_load_files
where %(target)s::text is null or target = %(target)s
order by load
