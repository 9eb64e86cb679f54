
            select exists (
                select from {{ schema | ident }}.integrity_state
                where number > {{ number }}
            ) or exists (
                select from {{ schema | ident }}.integrity_journal
                where direction = 'apply' and outcome <> 'undone'
                    and pg_catalog.split_part(migration, '_', 1)::integer > {{ number }}
            )
