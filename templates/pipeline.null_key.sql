select exists (
    select
    from {{ extract }} as s
    where {% for column in key %}s.{{ column.name | ident }} is null{% if not loop.last %} or {% endif %}{% endfor %}

)
