delete from {{ schema | ident }}.integrity_state
where migration = {{ migration | literal }}
