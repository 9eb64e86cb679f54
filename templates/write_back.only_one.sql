not exists (  -- a lookup must still find one row
    select
    from (
        select {% for expression in by %}({{ expression }}) as integrity_by_{{ loop.index }}, {% endfor %}{{ primary | ident }} as integrity_primary
        from {{ table | qualified }}
    ) as mine
    join (
        select {% for expression in by %}({{ expression }}) as integrity_by_{{ loop.index }}, {% endfor %}{{ primary | ident }} as integrity_primary
        from {{ table | qualified }}
    ) as other
        on other.integrity_primary <> mine.integrity_primary{% for expression in by %}

        and other.integrity_by_{{ loop.index }} = mine.integrity_by_{{ loop.index }}{% endfor %}

    where mine.integrity_primary = c.integrity_unified
)
