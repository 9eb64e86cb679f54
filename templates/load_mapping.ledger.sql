insert into {{ ledger | qualified }} (
    migration, mapping, source, arm, candidates, inserted, merged, quarantined, dropped, empty
)
select
    {{ migration | literal }}, {{ mapping | literal }}, {{ source.label | literal }}, arm.label,
    counted.candidates,
    coalesce(inserted.rows, 0),
    coalesce(merged.rows, 0),
    coalesce(quarantined.rows, 0),
    counted.dropped,
    counted.empty[arm.number]
from (
    values{% for arm in arms %}

        ({{ arm.number }}, {{ arm.label | literal }}){% if not loop.last %},{% endif %}{% endfor %}

) as arm (number, label)
cross join (
    select
        count(*) as candidates,
        {% if drops %}
        count(*) filter (where {{ dropped }}) as dropped,
        {% else %}
        0 as dropped,
        {% endif %}
        array[{% for arm in arms %}

            {% if arm.fills %}
            count(*) filter (where {% if drops %}({{ dropped }}) is not true and {% endif %}not ({% for fill in arm.fills %}{{ fill }}{% if not loop.last %} or {% endif %}{% endfor %}){% if arm.lost %} and not ({{ arm.lost | indented(12) }}){% endif %}){% else %}
            0::bigint{% endif %}{% if not loop.last %},{% endif %}{% endfor %}

        ] as empty
    from {{ from | qualified }}
) as counted
left join (
    {{ inserted | indented(4) }}
) as inserted
    on inserted.arm = arm.label
left join (
    select x.arm, count(*) as rows
    from {{ crosswalk | qualified }} as x
    where x.source = {{ source.label | literal }}
        and not x.survived
    group by x.arm
) as merged
    on merged.arm = arm.label
left join (
    select q.arm, count(*) as rows
    from {{ quarantine | qualified }} as q
    where q.migration = {{ migration | literal }}
        and q.mapping = {{ mapping | literal }}
        and q.source = {{ source.label | literal }}
    group by q.arm
) as quarantined
    on quarantined.arm = arm.label
