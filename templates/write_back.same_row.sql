delete from {{ updates | qualified }} as u
using {{ changes | qualified }} as c
where c.integrity_unified = u.integrity_unified
    and u.column_name = any ({{ "array[" }}{% for c in columns %}{{ c | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
    and not (
        (select count(*) from {{ members | qualified }} as m where m.unified_key = c.integrity_unified) = 1
        and not exists (  -- all of what rows are matched by goes back, or none of it
            select
            from unnest(c.integrity_changed) as changed
            where changed = any ({{ "array[" }}{% for c in columns %}{{ c | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::text[])
                and not changed = any (c.integrity_returned)
                and not exists (
                    select
                    from {{ updates | qualified }} as other
                    where other.integrity_unified = c.integrity_unified
                        and other.column_name = changed
                )
        ){% for condition in conditions %}

        and ({{ condition | indented(8) }}){% endfor %}

    )
