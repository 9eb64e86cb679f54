create {{ storage }} table {{ buckets | qualified }} as
select
    coalesce(expected.bucket, actual.bucket) as bucket,
    coalesce(expected.rows, 0) as expected_rows,
    coalesce(actual.rows, 0) as actual_rows,
    expected.rows is distinct from actual.rows or expected.hash is distinct from actual.hash as differs
from (
    select {{ bucket }} as bucket, count(*) as rows, bit_xor({{ hash }}) as hash
    from (
        {{ expected | indented(8) }}
    ) as t
    group by 1
) as expected
full join (
    select {{ bucket }} as bucket, count(*) as rows, bit_xor({{ hash }}) as hash
    from {{ table | qualified }} as t
    group by 1
) as actual
    on actual.bucket = expected.bucket
