{#- Rows that claim what another row of the whole source claims too: one row of the target; or, where one of the
    two would be new, what a way to match takes for the same thing. -#}
insert into {{ shared | qualified }}
with nothing as (
    select
){% for rung in rungs %},
alike_{{ loop.index }} as materialized (  -- few, if any: only they are compared with each other
    select *
    from (
        select f.*, count(*) over same as integrity_alike, bool_or(f.integrity_target is null) over same as integrity_some_new
        from {{ claims | qualified }} as f
        where num_nulls({{ rung.columns | idents }}) = 0
            and exists (select from {{ claims | qualified }} where integrity_target is null)
        window same as (partition by {{ rung.columns | idents }})
    ) as counted
    where integrity_alike > 1
        and integrity_some_new
){% endfor %}

select c.integrity_key, c.integrity_arm
from {{ claims | qualified }} as c
where c.integrity_target in (
        select integrity_target
        from {{ claims | qualified }}
        group by integrity_target
        having count(*) > 1
    ){% for rung in rungs %}

union
select c.integrity_key, c.integrity_arm
from alike_{{ loop.index }} as c
join alike_{{ loop.index }} as o
    on {% for column in rung.columns %}{% if not loop.first %}

    and {% endif %}o.{{ column | ident }} = c.{{ column | ident }}{% endfor %}

    and (o.integrity_key, o.integrity_arm) <> (c.integrity_key, c.integrity_arm)
    and (o.integrity_target is null or c.integrity_target is null){% for trusted in rung.trusted %}

    and num_nulls({% for column in trusted %}o.{{ column | ident }}, c.{{ column | ident }}{% if not loop.last %}, {% endif %}{% endfor %}) > 0{% endfor %}{% endfor %}

