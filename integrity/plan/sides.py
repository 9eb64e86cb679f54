"""The two sides of a difference, as a server spells them.

Tables are built in the scratch database and read back. What reads which column is asked of the
server too: texts of expressions never tell it reliably.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from integrity.catalog.build import create_statements
from integrity.catalog.read import read_catalog
from integrity.database.connect import Connection
from integrity.model import Catalog, Column, Key, Name, Sequence, Table
from integrity.plan.scratch import bare, execute_all
from integrity.plan.serials import serial_sequences

_READS = """
select n.nspname::text, c.relname::text, k.conname::text, a.attname::text
from pg_constraint as k
join pg_class as c on c.oid = k.conrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_depend as d on d.classid = 'pg_constraint'::regclass and d.objid = k.oid
    and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0
join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where n.nspname = any (%(schemas)s)
union
select n.nspname::text, c.relname::text, x.relname::text, a.attname::text
from pg_index as i
join pg_class as x on x.oid = i.indexrelid
join pg_class as c on c.oid = i.indrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
where n.nspname = any (%(schemas)s) and (
    a.attnum = any (i.indkey) or exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = x.oid
            and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
            and d.refobjsubid = a.attnum))
"""
_GENERATED = """
select distinct n.nspname::text, c.relname::text, g.attname::text, a.attname::text
from pg_attribute as g
join pg_class as c on c.oid = g.attrelid
join pg_namespace as n on n.oid = c.relnamespace
left join pg_attrdef as e on e.adrelid = c.oid and e.adnum = g.attnum
join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
    and d.refobjsubid > 0 and d.refobjsubid <> g.attnum and (
        d.classid = 'pg_attrdef'::regclass and d.objid = e.oid
        or d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = g.attnum)
join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where n.nspname = any (%(schemas)s) and g.attgenerated <> ''
"""

Reads = Mapping[tuple[Name, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Side:
    """Tables by name. ``reads``: the columns that a constraint or index of a table stands on;
    ``computes``: those that a generated column reads."""

    tables: Mapping[Name, Table]
    reads: Reads
    computes: Reads

    def stands_on(self, table: Name, part: str) -> frozenset[str]:
        """The columns of ``table`` that its constraint or index ``part`` needs."""
        return self.reads.get((table, part), frozenset())


def read_side(
    conn: Connection[Any],
    tables: Iterable[Table],
    legacy: Catalog,
    changes: Iterable[str] = (),
) -> Side:
    """Build the tables, apply ``changes``, read what came of it, and leave nothing behind.

    ``legacy`` gives the types that columns may have.
    """
    listed = tuple(sorted(tables, key=lambda table: table.name))
    types = replace(bare(legacy), tables=())
    own = {table.name.schema for table in listed}
    own |= {one.name.schema for one in types.enums} | {one.name.schema for one in types.domains}
    sequences = tuple(Sequence(name=name) for name in serial_sequences(listed))
    own |= {sequence.name.schema for sequence in sequences}
    schemas = tuple(sorted(own))
    built = replace(types, schemas=schemas, sequences=sequences, tables=listed)
    with conn.transaction(force_rollback=True):
        execute_all(conn, (*create_statements(built), *changes))
        return _read(conn)


def _read(conn: Connection[Any]) -> Side:
    catalog = read_catalog(conn)
    given = {"schemas": list(catalog.schemas)}
    return Side(
        tables={table.name: table for table in catalog.tables},
        reads=_grouped(conn.execute(_READS, given).fetchall()),
        computes=_grouped(conn.execute(_GENERATED, given).fetchall()),
    )


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Name, str], frozenset[str]]:
    found: dict[tuple[Name, str], frozenset[str]] = {}
    for schema, table, part, column in rows:
        place = (Name(schema, table), part)
        found[place] = found.get(place, frozenset()) | {column}
    return found


def identifying(table: Table, without: Iterable[str]) -> tuple[Column, ...]:
    """The columns of a key, all NOT NULL and none of ``without``, that tell rows apart; or ()."""
    gone = frozenset(without)
    for key in _keys(table):
        columns = [column for name in key.columns if (column := table.column(name))]
        if not gone & set(key.columns) and not any(column.nullable for column in columns):
            return tuple(columns)
    return ()


def _keys(table: Table) -> Iterable[Key]:
    return table.keys()
