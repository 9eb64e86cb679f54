{#- A table as rows enter it: one row, or none when there is no such table. #}
select c.oid::bigint as oid, c.relkind::text as kind,
  array(
    select jsonb_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'cast', format_type(a.atttypid, -1), 'base', format_type(b.oid, -1),
      'required', a.attnotnull or t.typnotnull,
      'default', case
        when a.attidentity <> '' then format(
          'pg_catalog.nextval(%%L::pg_catalog.regclass)',
          pg_get_serial_sequence(c.oid::regclass::text, a.attname))
        when d.oid is not null and a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid)
      end,
      'given', case
        when a.attgenerated <> '' then 'is generated'
        when a.attidentity = 'a' then 'is an identity that is always generated' else '' end,
      'array', b.typcategory = 'A',
      'comparable', coalesce(b.typcategory not in ('G', 'C', 'X'), true)
        and coalesce(e.typname, b.typname) not in ('json', 'xml')
        and coalesce(e.typcategory, b.typcategory) <> 'G',
      'cuts', t.typtype = 'd' and t.typtypmod >= 0 and b.typcategory = 'V')
    from pg_attribute as a
    join pg_type as t on t.oid = a.atttypid
    cross join lateral (
      with recursive below (oid, basetype) as (
        select t.oid, t.typbasetype
        union all
        select x.oid, x.typbasetype from below join pg_type as x on x.oid = below.basetype)
      select b.* from below join pg_type as b on b.oid = below.oid where below.basetype = 0
    ) as b
    left join pg_type as e on e.oid = b.typelem and b.typcategory = 'A'
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    order by a.attnum
  ) as columns,
  array(
    select jsonb_build_object(
      'name', x.relname, 'nulls_distinct', not i.indnullsnotdistinct,
      'columns', (
        select jsonb_agg(a.attname order by k.place)
        from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place)
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
        where k.place <= i.indnkeyatts))
    from pg_index as i
    join pg_class as x on x.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique and i.indisvalid
      and i.indexprs is null and i.indpred is null
    order by not i.indisprimary, x.relname
  ) as uniques,
  array(
    select jsonb_build_object(
      'name', k.conname, 'parent_schema', pn.nspname, 'parent_name', p.relname,
      'columns', (
        select jsonb_agg(a.attname order by one.place)
        from unnest(k.conkey) with ordinality as one (attnum, place)
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = one.attnum),
      'parent_columns', (
        select jsonb_agg(a.attname order by one.place)
        from unnest(k.confkey) with ordinality as one (attnum, place)
        join pg_attribute as a on a.attrelid = p.oid and a.attnum = one.attnum))
    from pg_constraint as k
    join pg_class as p on p.oid = k.confrelid
    join pg_namespace as pn on pn.oid = p.relnamespace
    where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid
      and k.confmatchtype = 's'
    order by k.conname
  ) as foreigns,
  array(
    select jsonb_build_object(
      'name', k.conname, 'expression', pg_get_expr(k.conbin, k.conrelid),
      'columns', coalesce((
        select jsonb_agg(a.attname order by a.attnum)
        from pg_attribute as a where a.attrelid = c.oid and a.attnum = any (k.conkey)), '[]'))
    from pg_constraint as k
    where k.conrelid = c.oid and k.contype = 'c'
    order by k.conname
  ) as checks,
  array(
    select d.objid::bigint
    from pg_depend as d
    join pg_class as s on s.oid = d.objid and s.relkind = 'S'
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = c.oid and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    order by 1
  ) as sequences
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = %(schema)s and c.relname = %(table)s
