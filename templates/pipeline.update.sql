{#- Rows that differ are updated, their old values kept. Only columns that differ are named, so that triggers on
    others stay out of it: exactly these columns, or any of them where there are too many ways to differ. -#}
with judged as materialized (
    select
        t.{{ primary.name | ident }} as integrity_target,
        {% for column in columns %}
        c.{{ column.name | ident }},
        {% endfor %}
        to_jsonb(was){% if not exact %} - alike.names{% endif %} as integrity_old,
        to_jsonb(will){% if not exact %} - alike.names{% endif %} as integrity_new
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    join {{ target | qualified }} as t
        on t.{{ primary.name | ident }} = f.integrity_target
    cross join lateral (select {% for column in columns %}t.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) as was
    cross join lateral (select {% for column in columns %}c.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) as will{% if not exact %}

    cross join lateral (
        select array[{% for column in columns %}

            case when {{ column.same }} then {{ column.name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

        ]::text[] as names
        offset 0
    ) as alike{% endif %}

    where f.integrity_fate = 'matched'
        and f.integrity_reject is null
{% if exact %}
{% for column in columns %}
        and not ({{ column.same }})
{% endfor %}
{% for column in others %}
        and {{ column.same }}
{% endfor %}
{% else %}
        and not ({% for column in columns %}{% if not loop.first %}

            and {% endif %}{{ column.same }}{% endfor %})
{% endif %}
    for update of t
),
written as (
    update {{ target | qualified }} as t
    set {% for column in columns %}{{ column.name | ident }} = j.{{ column.name | ident }}{% if not loop.last %},
        {% endif %}{% endfor %}{% if stamp %},
        {{ stamp | ident }} = transaction_timestamp(){% endif %}

    from judged as j
    where j.integrity_target = t.{{ primary.name | ident }}
    returning t.{{ primary.name | ident }}
),
kept as (
    insert into {{ history | qualified }} (pipeline, run, target, target_key, old, new)
    select {{ pipeline | literal }}, {{ run }}, {{ (target | string) | literal }}, j.integrity_target::text, j.integrity_old, j.integrity_new
    from judged as j
    returning 1
)
select (select count(*) from written), (select count(*) from kept)
