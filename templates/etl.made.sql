{#- Rows that this dry run made: linked by it, and later than what stood. -#}
select {{ columns | idents }}
from {{ table | qualified }} as t
where t.{{ key | ident }} > {{ after }}
    and exists (
        select
        from {{ links | qualified }} as l
        where l.pipeline = {{ pipeline | literal }}
            and l.target_key = t.{{ key | ident }}::text
            and l.last_run = 0
    )
order by t.{{ key | ident }}
limit {{ rows }}
