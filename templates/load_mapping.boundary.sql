select max(integrity_row)
from {{ rows | qualified | replace("%", "%%") }}
where integrity_row > %(low)s
    and integrity_row <= %(low)s::bigint + %(rows)s  -- small numbers come as smallint
