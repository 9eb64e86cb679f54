select reason, name, rows, example
from (
    select reason, "column" as name, count(*) as rows,
        (pg_catalog.array_agg(
            pg_catalog.format('%%s:%%s: %%s', file, line, detail) order by load, line
        ))[1] as example
    from {{ schema | ident | replace("%", "%%") }}.integrity_load_quarantine
    where load = any (%(loads)s)
    group by 1, 2
) as counted
order by rows desc, reason, name
