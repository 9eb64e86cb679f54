{#- A sign that changes when what the pipeline was resolved against does. -#}
with relations as (
    select oid
    from (values {% for table in tables %}(to_regclass({{ table | qualified | literal }})::oid){% if not loop.last %}, {% endif %}{% endfor %}) as one (oid)
)
select md5(string_agg(sign, ',' order by sign))
from (
    select concat_ws('.', a.attrelid, a.attnum, a.xmin)
    from pg_attribute as a
    where a.attrelid in (select oid from relations)
        and a.attnum > 0
    union all
    select concat_ws('.', k.oid, k.xmin)
    from pg_constraint as k
    where k.conrelid in (select oid from relations)
    union all
    select concat_ws('.', t.oid, t.xmin)
    from pg_trigger as t
    where t.tgrelid in (select oid from relations)
    union all
    select concat_ws('.', i.inhparent, i.inhrelid)
    from pg_inherits as i
    where i.inhparent in (select oid from relations)
) as one (sign)
