-- What is a part of another object: class and oid, class and oid of the whole. Wholes may be parts.
select 'pg_class'::regclass::oid, indexrelid, 'pg_class'::regclass::oid, indrelid
from pg_index where indexrelid >= 16384
union all
select 'pg_attrdef'::regclass, oid, 'pg_class'::regclass, adrelid from pg_attrdef where oid >= 16384
union all
select 'pg_constraint'::regclass, oid,
    case when conrelid <> 0 then 'pg_class'::regclass else 'pg_type'::regclass end,
    case when conrelid <> 0 then conrelid else contypid end
from pg_constraint where oid >= 16384
union all
select 'pg_trigger'::regclass, oid, 'pg_class'::regclass, tgrelid from pg_trigger
union all
select 'pg_rewrite'::regclass, oid, 'pg_class'::regclass, ev_class
from pg_rewrite where oid >= 16384
union all
select 'pg_policy'::regclass, oid, 'pg_class'::regclass, polrelid from pg_policy
union all
select 'pg_statistic_ext'::regclass, oid, 'pg_class'::regclass, stxrelid from pg_statistic_ext
union all
select 'pg_type'::regclass, oid, 'pg_class'::regclass, typrelid
from pg_type where typrelid <> 0 and oid >= 16384
union all
select 'pg_type'::regclass, typarray, 'pg_type'::regclass, oid
from pg_type where typarray <> 0 and oid >= 16384
union all
select 'pg_type'::regclass, rngmultitypid, 'pg_type'::regclass, rngtypid
from pg_range where rngtypid >= 16384
union all
select 'pg_class'::regclass, toast.oid, 'pg_class'::regclass, c.oid
from pg_class as c join pg_class as toast on toast.oid = c.reltoastrelid
where c.oid >= 16384
union all
select 'pg_class'::regclass, inhrelid, 'pg_class'::regclass, inhparent
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where c.relispartition
union all
select 'pg_class'::regclass, d.objid, 'pg_class'::regclass, d.refobjid
from pg_depend as d join pg_class as c on c.oid = d.objid and c.relkind = 'S'
where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
    and d.refobjsubid > 0 and d.deptype in ('a', 'i')
union all
select 'pg_default_acl'::regclass, oid, 'pg_namespace'::regclass, defaclnamespace
from pg_default_acl where defaclnamespace <> 0
