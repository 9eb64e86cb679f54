"""What is asked of pg_catalog, one query per kind of object, each for all objects at once.

Every text that names another object comes out schema-qualified, because the reader sets
search_path to pg_catalog. Objects that belong to an extension are left out.
"""

from __future__ import annotations

SCHEMAS = """
select nspname::text
from pg_namespace as n
where nspname !~ '^pg_' and nspname <> 'information_schema'
  and (%(schemas)s::text[] is null or nspname = any (%(schemas)s))
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
"""

RELATIONS = """
select c.oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind,
  c.relispartition as is_partition, c.relpersistence = 'u' as unlogged,
  exists (select from pg_inherits as i where i.inhrelid = c.oid) as is_child,
  exists (select from pg_inherits as i where i.inhparent = c.oid) as is_parent,
  c.reloptions is not null as has_options, c.relacl is not null as has_privileges,
  c.relrowsecurity as row_security, c.relforcerowsecurity as forced_row_security,
  c.relreplident <> 'd' as replica_identity, c.reltablespace <> 0 as tablespace,
  obj_description(c.oid, 'pg_class') as description
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
"""

COLUMNS = """
select a.attrelid as oid, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
  not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as expression,
  a.attgenerated::text as generated, a.attidentity::text as identity,
  case when k.oid is null then null
    when k.collnamespace = 'pg_catalog'::regnamespace then k.collname::text
    else '"' || replace(kn.nspname, '"', '""') || '"."' || replace(k.collname, '"', '""') || '"'
  end as collation,
  col_description(a.attrelid, a.attnum) as description
from pg_attribute as a
join pg_type as t on t.oid = a.atttypid
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_collation as k on k.oid = a.attcollation and a.attcollation <> t.typcollation
left join pg_namespace as kn on kn.oid = k.collnamespace
where a.attrelid = any (%(tables)s::oid[]) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
"""

# contype n is how PostgreSQL 18 stores NOT NULL; columns carry it on every version.
CONSTRAINTS = """
select k.conrelid as oid, k.conname::text as name, k.contype::text as kind,
  array(
    select a.attname::text
    from unnest(k.conkey) with ordinality as u (attnum, place)
    join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.attnum
    order by u.place) as columns,
  array(
    select a.attname::text
    from unnest(k.confkey) with ordinality as u (attnum, place)
    join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.attnum
    order by u.place) as to_columns,
  k.confdelsetcols is not null as deletes_some_columns,
  fn.nspname::text as to_schema, f.relname::text as to_name,
  k.confdeltype::text as on_delete, k.confupdtype::text as on_update,
  k.condeferrable as deferrable, k.condeferred as deferred, k.convalidated as valid,
  k.confmatchtype::text as match_type, pg_get_expr(k.conbin, k.conrelid) as expression,
  coalesce(i.indnullsnotdistinct, false) as nulls_not_distinct,
  coalesce(i.indnatts > i.indnkeyatts, false) as covering,
  pg_get_constraintdef(k.oid) ~ ' (NOT ENFORCED|PERIOD |WITHOUT OVERLAPS)' as special
from pg_constraint as k
left join pg_class as f on f.oid = k.confrelid
left join pg_namespace as fn on fn.oid = f.relnamespace
left join pg_index as i on i.indexrelid = k.conindid and k.contype in ('p', 'u')
where k.conrelid = any (%(tables)s::oid[]) and k.contype in ('p', 'u', 'f', 'c', 'x', 'n')
  and (k.contype <> 'f' or k.conparentid = 0)  -- a key to a partitioned table has one per partition
"""

INDEXES = """
select i.indrelid as oid, c.relname::text as name, m.amname::text as method,
  i.indisunique as is_unique, i.indnullsnotdistinct as nulls_not_distinct,
  pg_get_expr(i.indpred, i.indrelid) as predicate, i.indisvalid as valid,
  c.reloptions is not null or c.reltablespace <> 0 as has_options,
  array(
    select pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, i.indnkeyatts) as k
    order by k) as columns,
  array(
    select case when i.indcollation[k - 1] not in (0, coalesce(a.attcollation, t.typcollation, 0))
        then ' collate ' || quote_ident(kn.nspname) || '.' || quote_ident(co.collname)
        else '' end
      || case when o.opcdefault then ''
        when o.opcnamespace = 'pg_catalog'::regnamespace then ' ' || quote_ident(o.opcname)
        else ' ' || quote_ident(n.nspname) || '.' || quote_ident(o.opcname) end
      || case i.indoption[k - 1] when 0 then '' when 1 then ' desc nulls last'
        when 2 then ' nulls first' else ' desc' end
    from generate_series(1, i.indnkeyatts) as k
    join pg_opclass as o on o.oid = i.indclass[k - 1]
    join pg_namespace as n on n.oid = o.opcnamespace
    left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1]
    left join pg_attribute as x on x.attrelid = i.indexrelid and x.attnum = k
    left join pg_type as t on t.oid = x.atttypid
    left join pg_collation as co on co.oid = i.indcollation[k - 1]
    left join pg_namespace as kn on kn.oid = co.collnamespace
    order by k) as refinements,
  array(
    select a.attname::text
    from generate_series(i.indnkeyatts, i.indnatts - 1) as k
    join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[k]
    order by k) as include,
  exists (
    select from pg_attribute as a
    where a.attrelid = i.indexrelid and a.attoptions is not null) as has_class_options
from pg_index as i
join pg_class as c on c.oid = i.indexrelid
join pg_am as m on m.oid = c.relam
where i.indrelid = any (%(tables)s::oid[])
  and not exists (
    select from pg_constraint as k
    where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
"""

TRIGGERS = """
select t.tgrelid as oid, t.tgname::text as name, pg_get_triggerdef(t.oid) as definition,
  case t.tgenabled when 'O' then 'origin' when 'A' then 'always' when 'R' then 'replica'
    else 'disabled' end as enabled
from pg_trigger as t
where t.tgrelid = any (%(tables)s::oid[]) and not t.tgisinternal
"""

ENUMS = """
select n.nspname::text as schema, t.typname::text as name,
  array(
    select e.enumlabel::text from pg_enum as e where e.enumtypid = t.oid order by e.enumsortorder
  ) as labels
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
where n.nspname = any (%(schemas)s) and t.typtype = 'e'
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
"""

DOMAINS = """
select n.nspname::text as schema, t.typname::text as name,
  format_type(t.typbasetype, t.typtypmod) as type,
  concat_ws(' ',
    case when t.typcollation <> b.typcollation then
      (select format('collate %%I.%%I', cn.nspname, c.collname) from pg_collation as c
       join pg_namespace as cn on cn.oid = c.collnamespace where c.oid = t.typcollation) end,
    'default ' || t.typdefault,
    case when t.typnotnull then 'not null' end,
    (select string_agg(format('constraint %%I %%s', k.conname, pg_get_constraintdef(k.oid)), ' '
       order by k.conname) from pg_constraint as k where k.contypid = t.oid and k.contype = 'c')
  ) as constraints
from pg_type as t
join pg_type as b on b.oid = t.typbasetype
join pg_namespace as n on n.oid = t.typnamespace
where n.nspname = any (%(schemas)s) and t.typtype = 'd'
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
"""

# deptype i: the sequence of an identity column; a: the sequence of serial, or OWNED BY.
SEQUENCES = """
select s.seqrelid as oid, format_type(s.seqtypid, null) as type, d.deptype = 'i' as internal,
  n.nspname::text as owner_schema, o.relname::text as owner_table, a.attname::text as owner_column,
  (s.seqstart, s.seqincrement, s.seqcache, s.seqcycle, s.seqmin, s.seqmax) is distinct from
    (1::bigint, 1::bigint, 1::bigint, false, 1::bigint,
     case s.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
       else 9223372036854775807 end) as has_options
from pg_sequence as s
left join pg_depend as d
  on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.objsubid = 0
  and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
left join pg_class as o on o.oid = d.refobjid
left join pg_namespace as n on n.oid = o.relnamespace
left join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where s.seqrelid = any (%(sequences)s::oid[])
"""

VIEWS = """
select c.oid, pg_get_viewdef(c.oid) as definition,
  array(
    select distinct array[n.nspname::text, t.relname::text]
    from pg_rewrite as r
    join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid
    join pg_class as t on t.oid = d.refobjid and t.relkind in ('r', 'p', 'v', 'm', 'f')
    join pg_namespace as n on n.oid = t.relnamespace
    where r.ev_class = c.oid and n.nspname not in ('pg_catalog', 'information_schema')) as reads
from pg_class as c
where c.oid = any (%(views)s::oid[])
"""

FUNCTIONS = """
select n.nspname::text as schema, p.proname::text as name, p.proacl is not null as has_privileges,
  pg_get_function_identity_arguments(p.oid) as arguments, pg_get_functiondef(p.oid) as definition
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
where n.nspname = any (%(schemas)s) and p.prokind in ('f', 'p', 'w')
  and not exists (
    select from pg_depend as d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
"""

# Objects of kinds that the model has no value for, already as "kind schema.name".
OTHERS = """
with object (class, oid, kind, namespace, name) as (
  select 'pg_type'::regclass, oid, case typtype when 'r' then 'range type'
    when 'm' then 'multirange type' else 'base type' end, typnamespace, typname::text
  from pg_type
  where typtype = 'r' or (typtype = 'b' and typelem = 0 or typtype = 'b' and typsubscript
    <> 'array_subscript_handler'::regproc)
  union all
  select 'pg_proc'::regclass, oid, 'aggregate', pronamespace, proname::text
  from pg_proc where prokind = 'a'
  union all
  select 'pg_operator'::regclass, oid, 'operator', oprnamespace, oprname::text from pg_operator
  union all
  select 'pg_opclass'::regclass, oid, 'operator class', opcnamespace, opcname::text
  from pg_opclass
  union all
  select 'pg_collation'::regclass, oid, 'collation', collnamespace, collname::text
  from pg_collation
  union all
  select 'pg_conversion'::regclass, oid, 'conversion', connamespace, conname::text
  from pg_conversion
  union all
  select 'pg_ts_config'::regclass, oid, 'text search configuration', cfgnamespace, cfgname::text
  from pg_ts_config
  union all
  select 'pg_ts_dict'::regclass, oid, 'text search dictionary', dictnamespace, dictname::text
  from pg_ts_dict
  union all
  select 'pg_statistic_ext'::regclass, oid, 'statistics', stxnamespace, stxname::text
  from pg_statistic_ext
)
select o.kind || ' ' || n.nspname || '.' || o.name as line
from object as o
join pg_namespace as n on n.oid = o.namespace
where n.nspname = any (%(schemas)s)
  and not exists (
    select from pg_depend as d
    where d.classid = o.class and d.objid = o.oid and d.deptype = 'e')
"""

# Things that hang on a relation, and have no place in the model.
ATTACHED = """
select 'rule ' || n.nspname || '.' || c.relname || '.' || r.rulename as line
from pg_rewrite as r
join pg_class as c on c.oid = r.ev_class
join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any (%(relations)s::oid[]) and r.rulename <> '_RETURN'
union all
select 'policy ' || n.nspname || '.' || c.relname || '.' || p.polname
from pg_policy as p
join pg_class as c on c.oid = p.polrelid
join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any (%(relations)s::oid[])
union all
select 'trigger ' || n.nspname || '.' || c.relname || '.' || t.tgname
from pg_trigger as t
join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any (%(relations)s::oid[]) and not c.oid = any (%(tables)s::oid[])
  and not t.tgisinternal
union all
select 'index ' || n.nspname || '.' || x.relname
from pg_index as i
join pg_class as c on c.oid = i.indrelid
join pg_class as x on x.oid = i.indexrelid
join pg_namespace as n on n.oid = x.relnamespace
where c.oid = any (%(relations)s::oid[]) and c.relkind = 'm'
union all
select 'identity options ' || n.nspname || '.' || c.relname || '.' || a.attname
from pg_sequence as s
join pg_depend as d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid
  and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
join pg_class as c on c.oid = d.refobjid
join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any (%(tables)s::oid[])
  and (s.seqstart, s.seqincrement, s.seqcache, s.seqcycle, s.seqmin) <> (1, 1, 1, false, 1)
"""

# Not in a schema: they act on the whole database.
DATABASE_WIDE = """
with object (class, oid, kind, name) as (
  select 'pg_event_trigger'::regclass, oid, 'event trigger', evtname::text from pg_event_trigger
  union all
  select 'pg_publication'::regclass, oid, 'publication', pubname::text from pg_publication
  union all
  select 'pg_subscription'::regclass, oid, 'subscription', subname::text from pg_subscription
  where subdbid = (select oid from pg_database where datname = current_database())
  union all
  select 'pg_foreign_server'::regclass, oid, 'foreign server', srvname::text
  from pg_foreign_server
)
select o.kind || ' ' || o.name as line
from object as o
where not exists (
  select from pg_depend as d
  where d.classid = o.class and d.objid = o.oid and d.deptype = 'e')
"""
