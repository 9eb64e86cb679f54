select
    arm.source,
    arm.label as arm,
    counted.rows as source_rows,
    l.candidates,
    l.open,
    l.merged,
    (
        select count(*)
        from {{ crosswalk | qualified }} as x
        where x.source = arm.source
            and x.arm = arm.label
            and not x.survived
    ) as merged_rows,
    l.quarantined,
    (
        select count(*)
        from {{ quarantine | qualified }} as q
        where q.mapping = {{ mapping | literal }}
            and q.source = arm.source
            and q.arm = arm.label
            and q.replayed_at is null
    ) as quarantined_rows
from (
    values{% for source, label in arms %}

        ({{ source | literal }}, {{ label | literal }}){% if not loop.last %},{% endif %}{% endfor %}

) as arm (source, label)
join (
    {% for source, table in sources %}
    select {{ source | literal }} as source, count(*) as rows from {{ table | qualified }}{% if not loop.last %}

    union all
    {% endif %}
    {% endfor %}

) as counted
    on counted.source = arm.source
left join (
    select distinct on (source, arm) *
    from {{ ledger | qualified }}
    where mapping = {{ mapping | literal }}
    order by source, arm, recorded_at desc
) as l
    on l.source = arm.source
    and l.arm = arm.label
order by 1, 2
