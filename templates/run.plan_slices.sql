-- With several arguments unnest is syntax, and takes no schema.
insert into {{ schema | ident | replace("%", "%%") }}.integrity_slices
    (migration, direction, step, statement_no, low, high)
select %(migration)s, %(direction)s, %(step)s, %(number)s, range.low, range.high
from unnest(%(lows)s::bigint[], %(highs)s::bigint[]) as range (low, high)
