select
    expected.rows as expected_rows,
    actual.rows as actual_rows,
    expected.rows <> actual.rows or expected.hash is distinct from actual.hash as differs
from (
    select count(*) as rows, bit_xor(hash_record_extended(row(source, source_key, arm, unified_key, survived), 0)) as hash
    from (
        {{ membership | indented(8) }}
    ) as member
) as expected
cross join (
    select count(*) as rows, bit_xor(hash_record_extended(row(source, source_key, arm, unified_key, survived), 0)) as hash
    from {{ crosswalk | qualified }}
) as actual
