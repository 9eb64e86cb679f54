update {{ schema | ident }}.integrity_journal
set outcome = 'undone'
where migration = {{ migration | literal }} and direction = 'apply'
