insert into {{ quarantine | qualified }} (
    migration, mapping, source, source_key, arm, reason, column_name, expression, detail,
    candidate, source_row
)
select
    {{ migration | literal }}, {{ mapping | literal }}, o.source_label, j.integrity_key::text, o.arm_label,
    split_part(j.integrity_reject, ' ', 1),
    nullif(substr(j.integrity_reject, strpos(j.integrity_reject || ' ', ' ') + 1), ''),
    e.expression,
    (
        select string_agg(read.name || ' = ' || coalesce({{ source_as_jsonb }} ->> read.name, 'null'), ', ' order by read.place)
        from unnest(e.reads) with ordinality as read (name, place)
    ),
    {{ candidate_as_jsonb }} - '{integrity_source,integrity_key,integrity_arm,integrity_reject}'::text[],
    {{ source_as_jsonb }}{% if source.source.keyless %} - 'integrity_key'{% endif %}

from {{ rejected | qualified }} as j
join {{ origins | qualified }} as o
    on o.source = j.integrity_source
    and o.arm = j.integrity_arm
join {{ from }} as s
    on {{ key }} = j.integrity_key
left join (
    values{% for line in reasons %}

        ({{ line.arm if line.arm else "null::integer" }}, {{ line.code | literal }}, {{ line.expression | literal }}, {% if line.reads %}array[{% for read in line.reads %}{{ read | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]{% else %}null::text[]{% endif %}){% if not loop.last %},{% endif %}{% else %}

        (null::integer, null, null, null::text[]){% endfor %}

) as e (arm, code, expression, reads)
    on e.code = j.integrity_reject
    and (e.arm = j.integrity_arm or e.arm is null)
where j.integrity_source = {{ source.rank }}
