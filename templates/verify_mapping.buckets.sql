select
    b.bucket,
    coalesce(expected.rows, 0) as expected_rows,
    coalesce(actual.rows, 0) as actual_rows,
    expected.rows is distinct from actual.rows or expected.hash is distinct from actual.hash as rows_differ,
    coalesce(member.rows, 0) as expected_members,
    coalesce(crosswalk.rows, 0) as actual_members,
    coalesce(member.rows, 0) <> coalesce(crosswalk.rows, 0) or member.hash is distinct from crosswalk.hash as members_differ
from generate_series(0::bigint, {{ buckets - 1 }}) as b (bucket)
{% if direct %}
left join (  -- rows and members in one pass
    select
        {{ bucket }} as bucket,
        count(*) filter (where t.integrity_place = 1) as rows,
        bit_xor({{ hash }}) filter (where t.integrity_place = 1) as hash,
        count(*) filter (where {{ counted }}) as member_rows,
        bit_xor({{ member_hash }}) filter (where {{ counted }}) as member_hash
    from (
        {{ expected | indented(8) }}
    ) as t
    group by 1
) as expected
    on expected.bucket = b.bucket
left join lateral (
    select nullif(expected.member_rows, 0) as rows, expected.member_hash as hash
) as member
    on true
{% else %}
left join (
    select {{ bucket }} as bucket, count(*) as rows, bit_xor({{ hash }}) as hash
    from (
        {{ expected | indented(8) }}
    ) as t
    group by 1
) as expected
    on expected.bucket = b.bucket
left join (
    select {{ member_bucket }} as bucket, count(*) as rows, bit_xor({{ member_hash }}) as hash
    from (
        {{ membership | indented(8) }}
    ) as t
    group by 1
) as member
    on member.bucket = b.bucket
{% endif %}
left join (
    select {{ bucket }} as bucket, count(*) as rows, bit_xor({{ hash }}) as hash
    from {{ table | qualified }} as t
    group by 1
) as actual
    on actual.bucket = b.bucket
left join (
    select {{ member_bucket }} as bucket, count(*) as rows, bit_xor({{ crosswalk_hash }}) as hash
    from {{ crosswalk | qualified }} as t
    group by 1
) as crosswalk
    on crosswalk.bucket = b.bucket
