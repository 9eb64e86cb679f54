update {{ schema | ident | replace("%", "%%") }}.integrity_state
set plan_hash = %(plan_hash)s
where migration = %(migration)s and plan_hash is null
