insert into {{ candidates | qualified }} (
    integrity_source, integrity_key, integrity_arm, integrity_reject{% for c in columns %},
    {{ c.name | ident }}{% endfor %}

)
select
    {{ source.rank }},
    candidate.integrity_key,
    candidate.integrity_arm,
    {% if rejects %}
    coalesce(
        candidate.integrity_bad,
        case
            {% for condition, code in rejects %}
            when {{ condition | indented(16) }} then {{ code | literal }}
            {% endfor %}
        end
    ){% else %}
    candidate.integrity_bad{% endif %}{% for c in columns %},
    candidate.{{ c.name | ident }}{% endfor %}

from (
    select
        given.integrity_key,
        given.integrity_arm,
        given.integrity_bad{% for item in items %},
        {{ item.sql | indented(8) }} as {{ item.name | ident }}{% endfor %}

    from (
        select
            {{ key }} as integrity_key,
            arm.integrity_arm,
            {% if shared_bad %}
            coalesce({{ "shared.integrity_bad, " if shared else "" }}arm.integrity_bad) as integrity_bad{% else %}
            arm.integrity_bad{% endif %}{% for item in shared %},
            shared.integrity_shared_{{ loop.index }} as {{ item.name | ident }}{% endfor %}{% for item in arms[0]["items"] %},
            arm.{{ item.name | ident }}{% endfor %}

        from {% if drops %}(
            select *
            from {{ from }}
            where {% for drop in drops %}{% if not loop.first %}
                and {% endif %}({{ drop | indented(16) }}) is not true{% endfor %}

        ) as s{% else %}{{ from }} as s{% endif %}

        {% if shared %}
        cross join lateral (
            select
                {% if shared_bad %}
                {{ shared_bad | indented(16) }} as integrity_bad,
                {% endif %}
                {% for item in shared %}
                {{ item.sql | indented(16) }} as integrity_shared_{{ loop.index }}{% if not loop.last %},{% endif %}

                {% endfor %}
            offset 0  -- computed once per source row, not once per arm
        ) as shared
        {% endif %}
        cross join lateral (
            {% for arm in arms %}
            {% if not loop.first %}
            union all
            {% endif %}
            select
                {{ arm.number }}::smallint as integrity_arm,
                {{ arm.bad | indented(16) }} as integrity_bad{% for item in arm["items"] %},
                {{ item.sql | indented(16) }} as {{ item.name | ident }}{% endfor %}

            {% if arm.fills %}
            where {% for fill in arm.fills %}{% if not loop.first %}
                or {% endif %}{{ fill | indented(16) }}{% endfor %}{% if arm.lost %}

                or ({{ arm.lost | indented(16) }}){% endif %}

            {% endif %}
            {% endfor %}
        ) as arm
    ) as given
    {% for join in joins %}
    left join (
        {{ join.relation | indented(8) }}
    ) as {{ join.alias }}
        on {% for pair in join.on %}{% if not loop.first %}

        and {% endif %}{{ join.alias }}.{{ pair[0] }} = {{ pair[1] }}{% endfor %}

    {% endfor %}
) as candidate
