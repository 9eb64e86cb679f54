with reasons (code, reason, column_name, reads) as (
    values{% for line in reasons %}

        ({{ line.code | literal }}, {{ line.reason | literal }}, {{ line.column | literal }}, {% if line.reads %}array[{% for read in line.reads %}{{ read | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]{% else %}null::text[]{% endif %}){% if not loop.last %},{% endif %}{% endfor %}

),
rejected as (
    insert into {{ quarantine | qualified }} as q (
        pipeline, source, source_key, arm, reason, column_name, detail, candidate, source_row
    )
    select
        {{ pipeline | literal }}, {{ label | literal }}, f.integrity_key::text, case f.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end,
        coalesce(e.reason, split_part(f.integrity_reject, ' ', 1)),
        coalesce(e.column_name, nullif(substr(f.integrity_reject, strpos(f.integrity_reject || ' ', ' ') + 1), '')),
        {% if detail %}{{ detail | literal }}{% else %}(
            select string_agg(read.name || ' = ' || coalesce(to_jsonb(s) ->> read.name, 'null'), ', ' order by read.place)
            from unnest(e.reads) with ordinality as read (name, place)
        ){% endif %},
        {% if detail %}null::jsonb{% else %}to_jsonb(c) - '{integrity_source,integrity_key,integrity_arm,integrity_reject}'::text[] - {{ hidden | literal }}::text[]{% endif %},
        to_jsonb(s)
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    join {{ rows | qualified }} as s
        on {{ key }} = f.integrity_key
    left join reasons as e
        on e.code = f.integrity_reject
    where f.integrity_reject is not null
    on conflict (pipeline, source_key, source, arm) do update
    set reason = excluded.reason,
        column_name = excluded.column_name,
        detail = excluded.detail,
        candidate = excluded.candidate,
        source_row = excluded.source_row,
        last_seen = clock_timestamp(),
        times = q.times + 1,
        resolved_at = null
    returning reason
)
select reason, count(*)
from rejected
group by reason
