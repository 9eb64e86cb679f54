(
    select {{ expression }}
    from {{ table | qualified }}
    where {{ take | ident }} = {{ value }}
    order by {{ by | join(", ") }}
    limit 1
)
