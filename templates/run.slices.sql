select low, high, rows, finished_at is not null as finished
from {{ schema | ident | replace("%", "%%") }}.integrity_slices
where migration = %(migration)s
    and direction = %(direction)s
    and step = %(step)s
    and statement_no = %(number)s
order by low
