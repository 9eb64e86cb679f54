"""What pg_catalog says about a schema, as rows (kind, name, definition).

Every query leaves out system schemas, what belongs to an extension, and the toolkit's own objects.
Positions of columns count live columns only, so a dropped column leaves no trace.
"""

from __future__ import annotations

_USER_RELATION = """
  n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not (n.nspname = %(toolkit)s and starts_with(c.relname, 'integrity_'))
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
"""
_USER_OBJECT = """
  n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not (n.nspname = %(toolkit)s and starts_with(o.name, 'integrity_'))
  and not exists (
    select from pg_depend as e
    where e.classid = o.class and e.objid = o.oid and e.deptype = 'e')
"""
_ACL_KIND = """case c.relkind when 'S' then 's'::"char" else 'r'::"char" end"""
_RELATION = """
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
"""


def _privileges(acl: str, kind: str, owner: str) -> str:
    """Grants as sorted text; what a NULL stands for is spelt out."""
    return f"""array_to_string(array(
      select g::text from unnest(coalesce({acl}, acldefault({kind}, {owner}))) as g
      order by 1), ' ')"""  # noqa: S608


# The toolkit's schema counts only when it holds something else than the toolkit's own.
_HOLDS_MORE = """(
  exists (
    select from pg_class as c
    where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
      and not starts_with(c.relname, 'integrity_'))
  or exists (
    select from pg_proc as p
    where p.pronamespace = n.oid and not starts_with(p.proname, 'integrity_')))
"""

_SCHEMAS = f"""
select 'schema', n.nspname::text,
  'owned by ' || n.nspowner::regrole || ', granted '
    || {_privileges("n.nspacl", "'n'", "n.nspowner")}
from pg_namespace as n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (n.nspname <> %(toolkit)s or {_HOLDS_MORE})
"""  # noqa: S608

_RELATIONS = f"""
select case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table'
    else 'composite type' end,
  c.oid::regclass::text,
  concat_ws(', ', 'owned by ' || c.relowner::regrole,
    'granted ' || {_privileges("c.relacl", _ACL_KIND, "c.relowner")},
    case when c.relpersistence = 'u' then 'unlogged' end,
    'options ' || array_to_string(c.reloptions, ' '),
    case when c.relrowsecurity then 'row security' end,
    case when c.relforcerowsecurity then 'forced row security' end,
    'replica identity ' || c.relreplident::text,
    'tablespace ' || (select spcname from pg_tablespace as s where s.oid = c.reltablespace),
    'access method ' || (select amname from pg_am as a where a.oid = c.relam),
    pg_get_partkeydef(c.oid),
    case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
    'inherits ' || (
      select string_agg(i.inhparent::regclass::text, ' ' order by i.inhseqno)
      from pg_inherits as i where i.inhrelid = c.oid),
    'as' || case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
    case when c.relkind = 'm' and not c.relispopulated then 'not filled' end)
{_RELATION}
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c') and {_USER_RELATION}
"""  # noqa: S608

_COLUMNS = f"""
select 'column', c.oid::regclass || '.' || quote_ident(a.attname),
  concat_ws(', ', row_number() over (partition by c.oid order by a.attnum),
    format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
    'generated ' || nullif(a.attgenerated::text, ''),
    'identity ' || nullif(a.attidentity::text, ''),
    'default ' || pg_get_expr(d.adbin, d.adrelid),
    'collation ' || nullif(a.attcollation, 0)::regcollation, 'storage ' || a.attstorage::text,
    'compression ' || nullif(a.attcompression::text, ''),
    'statistics ' || nullif(a.attstattarget, -1), 'options ' || array_to_string(a.attoptions, ' '),
    'granted ' || array_to_string(array(select g::text from unnest(a.attacl) as g order by 1), ' '))
{_RELATION}
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and {_USER_RELATION}
"""  # noqa: S608

# Those of contype n carry the names of NOT NULL constraints on PostgreSQL 18.
_CONSTRAINTS = f"""
select 'constraint', c.oid::regclass || '.' || quote_ident(k.conname),
  pg_get_constraintdef(k.oid)
{_RELATION}
join pg_constraint as k on k.conrelid = c.oid
where k.contype <> 't' and {_USER_RELATION}
"""

_INDEXES = f"""
select 'index', i.indexrelid::regclass::text,
  concat_ws(', ', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'invalid' end,
    case when i.indisclustered then 'clustered' end, case when i.indisreplident then 'replica' end)
{_RELATION}
join pg_index as i on i.indrelid = c.oid
where c.relkind in ('r', 'p', 'm') and {_USER_RELATION}
"""

_TRIGGERS = f"""
select 'trigger', c.oid::regclass || '.' || quote_ident(t.tgname),
  pg_get_triggerdef(t.oid) || ', enabled ' || t.tgenabled::text
{_RELATION}
join pg_trigger as t on t.tgrelid = c.oid and not t.tgisinternal
where {_USER_RELATION}
"""

_RULES = f"""
select 'rule', c.oid::regclass || '.' || quote_ident(r.rulename),
  pg_get_ruledef(r.oid) || ', enabled ' || r.ev_enabled::text
{_RELATION}
join pg_rewrite as r on r.ev_class = c.oid and r.rulename <> '_RETURN'
where {_USER_RELATION}
"""

_POLICIES = f"""
select 'policy', c.oid::regclass || '.' || quote_ident(p.polname),
  concat_ws(', ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
    'using ' || pg_get_expr(p.polqual, c.oid), 'check ' || pg_get_expr(p.polwithcheck, c.oid))
{_RELATION}
join pg_policy as p on p.polrelid = c.oid
where {_USER_RELATION}
"""

_SEQUENCE_OPTIONS = f"""
select 'options of sequence', c.oid::regclass::text,
  concat_ws(', ', format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
    s.seqcache, s.seqcycle, (
      select 'owned by ' || d.refobjid::regclass || '.' || quote_ident(a.attname)
      from pg_depend as d
      join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')))
{_RELATION}
join pg_sequence as s on s.seqrelid = c.oid
where {_USER_RELATION}
"""  # noqa: S608

_FUNCTIONS = f"""
select 'function', p.oid::regprocedure::text,
  concat_ws(', ', 'owned by ' || p.proowner::regrole,
    'granted ' || {_privileges("p.proacl", "'f'", "p.proowner")},
    case when p.prokind = 'a' then 'aggregate' else pg_get_functiondef(p.oid) end)
from pg_proc as p
cross join lateral (select 'pg_proc'::regclass as class, p.oid, p.proname::text as name) as o
join pg_namespace as n on n.oid = p.pronamespace
where {_USER_OBJECT}
"""  # noqa: S608

_TYPES = f"""
select 'type', t.oid::regtype::text,
  concat_ws(', ', t.typtype, 'owned by ' || t.typowner::regrole,
    array_to_string(array(
      select quote_literal(e.enumlabel) from pg_enum as e
      where e.enumtypid = t.oid order by e.enumsortorder), ' '),
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
    case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
    array_to_string(array(
      select pg_get_constraintdef(k.oid) from pg_constraint as k
      where k.contypid = t.oid order by k.conname), ' '))
from pg_type as t
cross join lateral (select 'pg_type'::regclass as class, t.oid, t.typname::text as name) as o
join pg_namespace as n on n.oid = t.typnamespace
where t.typtype in ('d', 'e', 'r', 'm', 'b') and t.typelem = 0 and {_USER_OBJECT}
"""  # noqa: S608

_STATISTICS = f"""
select 'statistics', s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname),
  pg_get_statisticsobjdef(s.oid)
from pg_statistic_ext as s
join pg_class as c on c.oid = s.stxrelid
join pg_namespace as n on n.oid = c.relnamespace
where {_USER_RELATION}
"""  # noqa: S608

# pg_identify_object spells names as "schema.name", and parts as "part on schema.name".
_COMMENTS = f"""
select 'comment on ' || i.type, i.identity, d.description
from pg_description as d
cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) as i
where d.objoid >= 16384
  and not starts_with(i.identity, quote_ident(%(toolkit)s) || '.integrity_')
  and strpos(i.identity, ' on ' || quote_ident(%(toolkit)s) || '.integrity_') = 0
  and not exists (
    select from pg_depend as e
    where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
  and d.classoid <> 'pg_extension'::regclass
  and (d.classoid <> 'pg_namespace'::regclass or i.name <> quote_ident(%(toolkit)s) or exists (
    select from pg_namespace as n where n.oid = d.objoid and {_HOLDS_MORE}))
"""  # noqa: S608

_DEFAULT_PRIVILEGES = """
select 'default privileges', concat_ws(' ', d.defaclrole::regrole, n.nspname, d.defaclobjtype),
  array_to_string(array(select g::text from unnest(d.defaclacl) as g order by 1), ' ')
from pg_default_acl as d
left join pg_namespace as n on n.oid = d.defaclnamespace
"""

_DATABASE_WIDE = """
select 'event trigger', evtname::text,
  concat_ws(', ', evtevent, evtfoid::regprocedure, evtenabled, array_to_string(evttags, ' '))
from pg_event_trigger
union all
select 'publication', p.pubname::text,
  concat_ws(', ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, array(
    select r.prrelid::regclass::text from pg_publication_rel as r
    where r.prpubid = p.oid order by 1)::text)
from pg_publication as p
union all
select 'extension', extname::text, extversion from pg_extension
"""

FACTS = (
    _SCHEMAS,
    _RELATIONS,
    _COLUMNS,
    _CONSTRAINTS,
    _INDEXES,
    _TRIGGERS,
    _RULES,
    _POLICIES,
    _SEQUENCE_OPTIONS,
    _FUNCTIONS,
    _TYPES,
    _STATISTICS,
    _COMMENTS,
    _DEFAULT_PRIVILEGES,
    _DATABASE_WIDE,
)

ROWS_OF = f"""
select c.oid::regclass::text, c.relkind = 'r' as only
{_RELATION}
where (c.relkind = 'r' or c.relkind = 'm' and c.relispopulated) and {_USER_RELATION}
order by 1
"""

SEQUENCES_OF = f"""
select c.oid::regclass::text
{_RELATION}
where c.relkind = 'S' and {_USER_RELATION}
order by 1
"""

# Tables of the toolkit that say where rows went, with the columns that are the same in every run.
ACCOUNTS_OF = """
select c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = %(toolkit)s and c.relkind = 'r' and (
    starts_with(c.relname, 'integrity_crosswalk_')
    or c.relname in (
      'integrity_ledger', 'integrity_conflicts', 'integrity_quarantine', 'integrity_retained'))
  and a.attname not in (
    'quarantine_id', 'retained_id', 'recorded_at', 'quarantined_at', 'retained_at')
group by c.oid
order by 1
"""
