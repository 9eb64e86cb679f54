insert into {{ schema | ident }}.integrity_state (migration, number)
values ({{ migration | literal }}, {{ number }})
on conflict (migration) do nothing
