insert into {{ schema | ident }}.integrity_sentinel (migration, direction)
values ({{ migration | literal }}, {{ direction | literal }})
on conflict do nothing
