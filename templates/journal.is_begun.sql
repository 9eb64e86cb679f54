
            select exists (
                select from {{ schema | ident }}.integrity_journal
                where migration = {{ migration | literal }}
                    and direction = 'apply' and outcome <> 'undone'
            )
