{#- Of the rows of a slice: how many, whether the key tells them apart, and the last key. -#}
select
    (select count(*) from {{ rows | qualified }}) as rows,
    (
        select array[{% for column in key %}k.{{ column.name | ident }}::text{% if not loop.last %}, {% endif %}{% endfor %}]
        from {{ rows | qualified }} as k
        group by {% for column in key %}k.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

        having count(*) > 1
        limit 1
    ) as repeated,
    (
        select array[{% for column in key %}k.{{ column.name | ident }}::text{% if not loop.last %}, {% endif %}{% endfor %}]
        from {{ rows | qualified }} as k
        order by {% for column in key %}k.{{ column.name | ident }} desc{% if not loop.last %}, {% endif %}{% endfor %}

        limit 1
    ) as last
