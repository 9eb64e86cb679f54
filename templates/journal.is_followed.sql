
            select exists (
                select from {{ schema | ident }}.integrity_state
                where number > {{ number }}
            )
