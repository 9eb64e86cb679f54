select count(*)
from (
{{ query }}
) as s
