{#- Rows that differ are updated, their old values kept; those that do not are counted. -#}
with judged as materialized (
    select
        t.{{ primary.name | ident }} as integrity_target,
        {% for column in columns %}
        c.{{ column.name | ident }},
        {% endfor %}
        old.old_values as integrity_old,
        old.new_values as integrity_new
    from {{ fates | qualified }} as f
    join {{ candidates | qualified }} as c
        on c.integrity_key = f.integrity_key
        and c.integrity_arm = f.integrity_arm
    join {{ target | qualified }} as t
        on t.{{ primary.name | ident }} = f.integrity_target
    cross join lateral (
        select
            jsonb_object_agg(one.name, one.old) as old_values,
            jsonb_object_agg(one.name, one.new) as new_values
        from (
            values{% for column in columns %}

                ({{ column.name | literal }}, to_jsonb(t.{{ column.name | ident }}), to_jsonb(c.{{ column.name | ident }}), {{ column.same }}){% if not loop.last %},{% endif %}{% endfor %}

        ) as one (name, old, new, same)
        where not one.same
    ) as old
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
