insert into {{ schema | ident | replace("%", "%%") }}.integrity_load_files (target, file, sha256, bytes, format, options)
values (%(target)s, %(file)s, %(sha256)s, %(bytes)s, %(format)s, %(options)s::jsonb)
returning load
