not exists (  -- legacy says the same of the row that is looked up
    select
    from {{ changes | qualified }} as o
    where o.{{ take | ident }} = {{ value }}
        and case o.integrity_change
            when 'inserted' then o.integrity_returned = '{}'
            else exists (
                select
                from unnest(o.integrity_changed) as changed
                where changed = any ({{ "array[" }}{% for c in columns %}{{ c | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
                    and not changed = any (o.integrity_returned)
            )
        end
)
