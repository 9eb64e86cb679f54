insert into {{ schema | ident | replace("%", "%%") }}.integrity_watch as w
    (table_name, scans, writes, since, seen_at)
values (%(name)s, %(scans)s, %(writes)s, %(since)s, %(now)s)
on conflict (table_name) do update set
    scans = excluded.scans, writes = excluded.writes, since = excluded.since,
    seen_at = excluded.seen_at
