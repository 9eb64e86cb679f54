{#- What each candidate is: by the row that has its natural key, and by what was loaded before. -#}
insert into {{ fates | qualified }} (
    integrity_key, integrity_arm, integrity_fate, integrity_target, integrity_reject, integrity_hash
)
select
    c.integrity_key,
    c.integrity_arm,
    case
        when m.integrity_target is null then 'new'
        {% if append %}
        when l.target_key is distinct from m.integrity_target::text or l.source_hash <> {{ hash }} then 'repeated'
        {% endif %}
        else 'matched'
    end,
    m.integrity_target,
    coalesce(
        c.integrity_reject,
        case
            when m.integrity_times > 1 then 'match-many natural key'
            {% if append %}
            when t.{{ primary.name | ident }} is not null
                and (l.target_key is distinct from m.integrity_target::text or l.source_hash <> {{ hash }})
                and not ({% for one in same %}{% if not loop.first %}

                    and {% endif %}{{ one }}{% endfor %}) then 'repeat-differs'
            {% endif %}
        end
    ),
    {{ hash }}
from {{ candidates | qualified }} as c
left join {{ matched | qualified }} as m
    on m.integrity_key = c.integrity_key
    and m.integrity_arm = c.integrity_arm
left join {{ target | qualified }} as t
    on t.{{ primary.name | ident }} = m.integrity_target
left join {{ links | qualified }} as l
    on l.pipeline = {{ pipeline | literal }}
    and l.source = {{ label | literal }}
    and l.source_key = c.integrity_key::text
    and l.arm = {% if arms %}case c.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end{% else %}''{% endif %}

