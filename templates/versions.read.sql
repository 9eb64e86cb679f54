{#- One row: the version, the rows it was added up from, and a table that is not watched. -#}
with recursive members (oid) as (
    select pg_catalog.unnest(%(tables)s::oid[])
    union
    select i.inhrelid from pg_inherits as i join members as m on m.oid = i.inhparent
),
states as (
    select m.oid, c.relkind in ('r', 'p') and t.tgenabled = 'A' as watched, v.parts,
        concat_ws('.', m.oid, c.relfilenode, c.xmin, t.oid, t.xmin, v.changes, (
            select md5(string_agg(a.attname || ' ' || a.atttypid, ',' order by a.attnum))
            from pg_attribute as a where a.attrelid = m.oid and a.attnum > 0)) as state
    from members as m
    join pg_class as c on c.oid = m.oid
    left join pg_trigger as t on t.tgrelid = m.oid and t.tgname = %(trigger)s
    cross join lateral (
        select coalesce(sum(one.changes), 0) as changes, count(*) as parts
        from {{ schema | ident | replace("%", "%%") }}.integrity_versions as one where one.relation = m.oid
    ) as v
)
select string_agg(state, ' ' order by oid), sum(parts)::bigint,
    min(oid::regclass::text) filter (where watched is not true)
from states
