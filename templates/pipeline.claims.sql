{#- Which row of the target each candidate is, by its match, else by its link. -#}
insert into {{ fates | qualified }} (
    integrity_key, integrity_arm, integrity_fate, integrity_target, integrity_reject, integrity_hash,
    integrity_linked
)
select
    c.integrity_key,
    c.integrity_arm,
    case
        when coalesce(m.integrity_target, own.{{ primary | ident }}) is null then 'new'
        {% if outside %}
        when c.integrity_reject is null
            and coalesce(m.integrity_times, 1) = 1
            and ({{ outside | indented(12) }}) then 'outside'
        {% endif %}
        else 'matched'
    end,
    coalesce(m.integrity_target, own.{{ primary | ident }}),
    coalesce(
        c.integrity_reject,
        case
            {% for rung in match %}
            when m.integrity_times > 1 and m.integrity_rung = {{ loop.index }} then {{ ("match-many " ~ rung.name) | literal }}
            {% endfor %}
            when m.integrity_target <> own.{{ primary | ident }} then 'match-moved'
            {% if not create %}
            when coalesce(m.integrity_target, own.{{ primary | ident }}) is null then 'match-none'
            {% endif %}
        end
    ),
    {{ hash }},
    l.source_key is not null
from {{ candidates | qualified }} as c
left join {{ matched | qualified }} as m
    on m.integrity_key = c.integrity_key
    and m.integrity_arm = c.integrity_arm
left join lateral (  -- a lookup for each candidate, whatever the planner knows of the tables
    select l.source_key, l.source_hash, case when l.source_hash is not null then l.target_key end as target_key
    from {{ links | qualified }} as l
    where l.pipeline = {{ pipeline | literal }}
        and l.source = {{ label | literal }}
        and l.source_key = c.integrity_key::text
        and l.arm = ''
    offset 0
) as l
    on true
left join lateral (
    select own.{{ primary | ident }}
    from {{ target | qualified }} as own
    where own.{{ primary | ident }} = l.target_key::{{ type }}
    offset 0
) as own
    on true{% if outside_reads_target %}

left join {{ target | qualified }} as t
    on t.{{ primary | ident }} = coalesce(m.integrity_target, own.{{ primary | ident }}){% endif %}

