-- Rows are numbered without gaps, so the end of a slice is known without reading any.
select %(low)s::bigint + %(rows)s
