(
    select count(*)
    from {{ table | qualified }} as integrity_found
    join (
        select {% for expression in by %}({{ expression }}) as integrity_by_{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}

        from {{ table | qualified }}
        where {{ take | ident }} = {{ value }}
        order by {{ by | join(", ") }}
        limit 1
    ) as integrity_asked
        on {% for expression in by %}{% if not loop.first %}

        and {% endif %}({{ expression }}) = integrity_asked.integrity_by_{{ loop.index }}{% endfor %}

) = 1
