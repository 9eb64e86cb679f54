not exists (  -- what {{ child }} asks for must still name one row
    select
    from (
        select {{ take | ident }} as integrity_take{% for expression in by %}, ({{ expression }}) as integrity_by_{{ loop.index }}{% endfor %}, {{ primary | ident }} as integrity_primary
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
