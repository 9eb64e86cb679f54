{#- Rows that differ are updated, their old values kept; those that do not are counted. -#}
with judged as materialized (
    select
        t.{{ primary.name | ident }} as integrity_target,
        {% for column in columns %}
        c.{{ column.name | ident }},
        {% endfor %}
        to_jsonb(was) - alike.names as integrity_old,
        to_jsonb(will) - alike.names as integrity_new
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    join {{ target | qualified }} as t
        on t.{{ primary.name | ident }} = f.integrity_target
    cross join lateral (select {% for column in columns %}t.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) as was
    cross join lateral (select {% for column in columns %}c.{{ column.name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) as will
    cross join lateral (
        select array[{% for column in columns %}

            case when {{ column.same }} then {{ column.name | literal }} end{% if not loop.last %},{% endif %}{% endfor %}

        ]::text[] as names
        offset 0
    ) as alike
    where f.integrity_fate = 'matched'
        and f.integrity_reject is null
        and not ({% for column in columns %}{% if not loop.first %}

            and {% endif %}{{ column.same }}{% endfor %})
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
),
same as (
    select count(*) as rows
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    join {{ target | qualified }} as t
        on t.{{ primary.name | ident }} = f.integrity_target
    where f.integrity_fate = 'matched'
        and f.integrity_reject is null{% for column in columns %}

        and {{ column.same }}{% endfor %}

)
select (select count(*) from written), (select count(*) from kept), (select rows from same)
