update {{ schema | ident | replace("%", "%%") }}.integrity_breakers
set
    state = %(state)s,
    since = clock_timestamp() - make_interval(secs => %(age)s),
    failures = %(failures)s,
    successes = %(successes)s,
    retry_at = clock_timestamp() + make_interval(secs => %(retry_in)s),
    reason = %(reason)s
where pipeline = %(pipeline)s
    and what = %(what)s
