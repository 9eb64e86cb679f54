with numbered as (
    select
        c.column_name, c.source, c.source_key, c.arm,
        coalesce(c.value, '') as value, coalesce(c.survived, '') as survived,
        coalesce(c.survived_from, '') as survived_from,
        count(*) over same as rows,
        row_number() over (
            same order by c.source collate "C", length(c.source_key), c.source_key collate "C", c.arm
        ) as place
    from {{ schema | ident }}.integrity_conflicts as c
    where c.migration = %(migration)s
        and c.mapping = %(mapping)s
    window same as (partition by c.column_name)
)
select column_name, rows, source, source_key, arm, value, survived, survived_from
from numbered
where place <= %(examples)s
order by rows desc, column_name, place
