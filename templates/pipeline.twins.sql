{#- Rows that a way to match takes for the same thing, where one of the two would be new: neither is written. -#}
with fresh as materialized (
    select c.*, f.integrity_fate = 'new' as integrity_new
    from {{ candidates | qualified }} as c
    join {{ fates | qualified }} as f
        on f.integrity_key = c.integrity_key
        and f.integrity_arm = c.integrity_arm
    where f.integrity_reject is null
),{% for rung in rungs %}

alike_{{ loop.index }} as materialized (  -- few, if any: only they are compared with each other
    select *
    from (
        select f.*, count(*) over same as integrity_alike, bool_or(f.integrity_new) over same as integrity_some_new
        from fresh as f
        where num_nulls({{ rung.columns | idents }}) = 0
            and exists (select from fresh where integrity_new)
        window same as (partition by {{ rung.columns | idents }})
    ) as counted
    where integrity_alike > 1
        and integrity_some_new
),{% endfor %}

twins as ({% for rung in rungs %}{% if not loop.first %}

    union{% endif %}

    select c.integrity_key, c.integrity_arm
    from alike_{{ loop.index }} as c
    join alike_{{ loop.index }} as o
        on {% for column in rung.columns %}{% if not loop.first %}

        and {% endif %}o.{{ column | ident }} = c.{{ column | ident }}{% endfor %}

        and (o.integrity_key, o.integrity_arm) <> (c.integrity_key, c.integrity_arm)
        and (o.integrity_new or c.integrity_new){% for trusted in rung.trusted %}

        and num_nulls({% for column in trusted %}o.{{ column | ident }}, c.{{ column | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0{% endfor %}{% endfor %}

)
update {{ fates | qualified }} as f
set integrity_reject = 'match-shared'
from twins
where twins.integrity_key = f.integrity_key
    and twins.integrity_arm = f.integrity_arm
