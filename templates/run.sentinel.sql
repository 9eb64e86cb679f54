insert into {{ schema | ident | replace("%", "%%") }}.integrity_sentinel (migration, direction)
values (%(migration)s, %(direction)s)
on conflict do nothing
