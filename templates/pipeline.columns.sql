select a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute as a
where a.attrelid = {{ rows | qualified | literal }}::regclass
    and a.attnum > 0
    and not a.attisdropped
order by a.attnum
