insert into {{ ledger | qualified }} (migration, mapping, source, arm, candidates, moved)
select {{ migration | literal }}, {{ table | literal }}, {{ source | literal }}, '', n, n
from (
    select count(*) as n
    from {{ from | qualified }}
) as counted
