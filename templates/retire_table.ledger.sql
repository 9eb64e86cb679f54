insert into {{ ledger | qualified }} (migration, mapping, source, arm, candidates, {{ term | ident }})
select {{ migration | literal }}, {{ kind | literal }}, {{ source | literal }}, '', n, n
from (
    select count(*) as n
    from {{ from | qualified }}
) as counted
