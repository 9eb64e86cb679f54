{#- What each candidate is: by the row that has its natural key, and by what was loaded before. Of
    the new candidates of one key the first leads: it is created, the others repeat it. -#}
insert into {{ fates | qualified }} (
    integrity_key, integrity_arm, integrity_fate, integrity_target, integrity_reject, integrity_hash,
    integrity_linked, integrity_leader, integrity_leader_arm
)
with hashed as {% if known %}materialized {% endif %}(
    select c.*, {{ hash }} as integrity_hash
    from {{ candidates | qualified }} as c
),
known as (
    select
        c.*,
        m.integrity_target,
        {% if known %}
        l.source_key is not null as integrity_linked,
        coalesce(l.target_key = m.integrity_target::text and l.source_hash = c.integrity_hash, false) as integrity_loaded,
        {% else %}
        false as integrity_linked,
        false as integrity_loaded,
        {% endif %}
        case
            when c.integrity_reject is not null then c.integrity_reject
            when m.integrity_times > 1 then 'match-many natural key'
            {% if append %}
            when t.{{ primary.name | ident }} is not null then case
                when {% if known %}(l.target_key = m.integrity_target::text and l.source_hash = c.integrity_hash) is not true
                    and {% endif %}not ({% for one in same %}{% if not loop.first %}

                        and {% endif %}{{ one }}{% endfor %}) then 'repeat-differs'
            end
            {% endif %}
            {% for line in lines %}
            when m.integrity_target is {{ "not " if line.fate == "matched" }}null and ({{ line.wrong | indented(16) }}) then {{ line.code | literal }}
            {% endfor %}
        end as integrity_wrong
    from hashed as c
    left join {{ matched | qualified }} as m
        on m.integrity_key = c.integrity_key
        and m.integrity_arm = c.integrity_arm
    left join {{ target | qualified }} as t
        on t.{{ primary.name | ident }} = m.integrity_target{% if known %}

    left join lateral (  -- a lookup for each candidate, whatever the planner knows of the tables
        select l.source_key, l.target_key, l.source_hash
        from {{ links | qualified }} as l
        where l.pipeline = {{ pipeline | literal }}
            and l.source = {{ label | literal }}
            and l.source_key = c.integrity_key::text
            and l.arm = {% if arms %}case c.integrity_arm {% for arm in arms %}when {{ arm.number }} then {{ arm.label | literal }} {% endfor %}end{% else %}''{% endif %}

        offset 0
    ) as l
        on true{% endif %}

    offset 0  -- so that each hash and each reason is computed once
)
{% if append %},
fresh as (
    select
        known.*,
        integrity_target is null and integrity_wrong is null as integrity_new,
        row_number() over same = 1 as integrity_leads,
        first_value(integrity_key) over same as integrity_leader,
        first_value(integrity_arm) over same as integrity_leader_arm,
        first_value(integrity_hash) over same as integrity_first
    from known
    window same as (
        partition by integrity_target is null and integrity_wrong is null, {% for column in natural %}{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

        order by integrity_key, integrity_arm
    )
    order by integrity_key, integrity_arm
)
select
    integrity_key,
    integrity_arm,
    case
        when integrity_loaded then 'matched'
        when integrity_target is not null then 'repeated'
        when integrity_new and not integrity_leads then 'repeated'
        else 'new'
    end,
    case
        when not integrity_new then integrity_target
        when integrity_leads then ({{ new_key }})::{{ primary.type }}
    end,
    case when integrity_new and integrity_hash <> integrity_first then 'repeat-differs' else integrity_wrong end,
    integrity_hash,
    integrity_linked,
    case when integrity_new then integrity_leader end,
    case when integrity_new then integrity_leader_arm end
from fresh
{% else %}
select
    integrity_key, integrity_arm, case when integrity_target is null then 'new' else 'matched' end,
    integrity_target, integrity_wrong, integrity_hash, integrity_linked, null, null
from known
{% endif %}
