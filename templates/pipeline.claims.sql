{#- Which row of the target each candidate is, by its match, else by its link. -#}
insert into {{ fates | qualified }} (
    integrity_key, integrity_arm, integrity_fate, integrity_target, integrity_reject, integrity_hash
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
    {{ hash }}
from {{ candidates | qualified }} as c
left join {{ matched | qualified }} as m
    on m.integrity_key = c.integrity_key
    and m.integrity_arm = c.integrity_arm
left join {{ links | qualified }} as l
    on l.pipeline = {{ pipeline | literal }}
    and l.source = {{ label | literal }}
    and l.source_key = c.integrity_key::text
    and l.arm = ''
    and l.source_hash is not null
left join {{ target | qualified }} as own
    on own.{{ primary | ident }} = l.target_key::{{ type }}{% if outside_reads_target %}

left join {{ target | qualified }} as t
    on t.{{ primary | ident }} = coalesce(m.integrity_target, own.{{ primary | ident }}){% endif %}

