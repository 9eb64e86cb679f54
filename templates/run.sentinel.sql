insert into {{ schema | ident }}.integrity_sentinel (migration, direction)
values (%(migration)s, %(direction)s)
on conflict do nothing
