"""A live database into a ``Catalog``, with a handful of queries however many tables there are.

Constraints and indexes carry the names the server gave them. ``natural_key`` is never set: which
unique constraint is the natural one is a matter of intent, so all of them are in ``uniques``.
``Index.columns`` and ``Sequence.owned_by`` are SQL text, quoted where the name needs it; other
names are as they are stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence as SequenceType
from contextlib import contextmanager
from typing import Any

from integrity.catalog import queries
from integrity.catalog.unmanaged import unmanaged
from integrity.database.connect import Connection, dict_row, translated
from integrity.model import (
    Catalog,
    Check,
    Column,
    Domain,
    EnumType,
    ForeignKey,
    Function,
    Index,
    Key,
    Name,
    Sequence,
    Table,
    Trigger,
    View,
)
from integrity.sql.quote import ident
from integrity.sql.scan import tokens

Row = dict[str, Any]
ACTIONS = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
IDENTITY = {"a": "always", "d": "by default"}


def read_catalog(conn: Connection[Any], schemas: SequenceType[str] | None = None) -> Catalog:
    """Everything in the named schemas, or in all but the system's, as one snapshot shows it.

    Schemas that do not exist are left out of ``Catalog.schemas``; objects that stand in no schema,
    such as event triggers, are listed only when no schemas were named. What belongs to an
    extension is left out; what the model cannot express is listed in ``Catalog.unmanaged``.
    """
    with translated("read the catalog"), quiet_search_path(conn):
        return _Reader(conn, schemas).catalog()


@contextmanager
def quiet_search_path(conn: Connection[Any]) -> Iterator[None]:
    """One transaction with search_path = pg_catalog, which is put back afterwards."""
    inside = conn.info.transaction_status != conn.info.transaction_status.IDLE
    with conn.transaction():
        if not inside:
            conn.execute("set transaction isolation level repeatable read, read only")
        was = conn.execute("select current_setting('search_path')").fetchone()
        conn.execute("set local search_path = pg_catalog")
        yield
        conn.execute("select set_config('search_path', %s, true)", was)


class _Reader:
    """The rows of all queries, grouped by the relation they belong to."""

    def __init__(self, conn: Connection[Any], schemas: SequenceType[str] | None) -> None:
        self.conn = conn
        self.whole = schemas is None
        given = {"schemas": None if schemas is None else list(schemas)}
        found = conn.execute(queries.SCHEMAS, given).fetchall()
        self.schemas = sorted(row[0] for row in found)
        self.relations = self._rows(queries.RELATIONS, schemas=self.schemas)
        self.tables = [r for r in self.relations if _is_managed_table(r)]
        self.views = [r for r in self.relations if r["kind"] in "vm"]
        self.sequences = [r for r in self.relations if r["kind"] == "S"]

    def catalog(self) -> Catalog:
        sequences = {r["oid"]: r for r in self._of(queries.SEQUENCES, sequences=self.sequences)}
        parts = {
            "columns": self._grouped(queries.COLUMNS),
            "constraints": self._grouped(queries.CONSTRAINTS),
            "indexes": self._grouped(queries.INDEXES),
            "triggers": self._grouped(queries.TRIGGERS),
        }
        functions = self._rows(queries.FUNCTIONS, schemas=self.schemas)
        lines = [
            *self._rows(queries.OTHERS, schemas=self.schemas),
            *self._of(queries.ATTACHED, relations=self.relations, tables=self.tables),
            *(self._rows(queries.DATABASE_WIDE) if self.whole else []),
        ]
        rows = {**parts, "relations": self.relations, "sequences": sequences}
        return Catalog(
            schemas=tuple(self.schemas),
            enums=tuple(sorted(map(_enum, self._enums()), key=lambda e: e.name)),
            domains=tuple(sorted(map(_domain, self._domains()), key=lambda d: d.name)),
            sequences=_sequences(self.sequences, sequences),
            tables=tuple(sorted((_table(t, parts) for t in self.tables), key=lambda t: t.name)),
            views=self._views(),
            functions=tuple(sorted(map(_function, functions), key=_function_order)),
            unmanaged=unmanaged(rows, functions, [line["line"] for line in lines]),
        )

    def _enums(self) -> list[Row]:
        return self._rows(queries.ENUMS, schemas=self.schemas)

    def _domains(self) -> list[Row]:
        return self._rows(queries.DOMAINS, schemas=self.schemas)

    def _views(self) -> tuple[View, ...]:
        found = {r["oid"]: r for r in self._of(queries.VIEWS, views=self.views)}
        views = (_view(relation, found[relation["oid"]]) for relation in self.views)
        return tuple(sorted(views, key=lambda v: v.name))

    def _grouped(self, query: str) -> dict[int, list[Row]]:
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in self._of(query, tables=self.tables):
            grouped[row["oid"]].append(row)
        return grouped

    def _of(self, query: str, **relations: list[Row]) -> list[Row]:
        return self._rows(query, **{k: [r["oid"] for r in v] for k, v in relations.items()})

    def _rows(self, query: str, **values: Any) -> list[Row]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, values).fetchall()


def _is_managed_table(row: Row) -> bool:
    family = row["is_partition"] or row["is_child"] or row["is_parent"]
    return row["kind"] == "r" and not family


def _name(row: Row) -> Name:
    return Name(row["schema"], row["name"])


def _table(relation: Row, parts: dict[str, dict[int, list[Row]]]) -> Table:
    columns, constraints, indexes, triggers = (
        parts[part].get(relation["oid"], [])
        for part in ("columns", "constraints", "indexes", "triggers")
    )
    constraints = sorted(constraints, key=lambda r: str(r["name"]))
    keys = {kind: [_key(r) for r in constraints if r["kind"] == kind] for kind in "pu"}
    return Table(
        name=_name(relation),
        columns=tuple(map(_column, columns)),
        description=relation["description"],
        primary_key=keys["p"][0] if keys["p"] else None,
        uniques=tuple(keys["u"]),
        foreign_keys=tuple(_foreign_key(r) for r in constraints if r["kind"] == "f"),
        checks=tuple(
            Check(name=r["name"], expression=bare(r["expression"]))
            for r in constraints
            if r["kind"] == "c"
        ),
        indexes=tuple(sorted(map(_index, indexes), key=lambda i: i.name)),
        triggers=tuple(sorted(map(_trigger, triggers), key=lambda t: t.name)),
    )


def _column(row: Row) -> Column:
    expression = row["expression"]
    return Column(
        name=row["name"],
        type=row["type"],
        nullable=row["nullable"],
        default=None if row["generated"] else expression,
        generated=bare(expression) if row["generated"] else None,
        identity=IDENTITY.get(row["identity"]),
        collation=row["collation"],
        description=row["description"],
    )


def _key(row: Row) -> Key:
    return Key(
        name=row["name"],
        columns=tuple(row["columns"]),
        nulls_not_distinct=row["nulls_not_distinct"],
    )


def _foreign_key(row: Row) -> ForeignKey:
    return ForeignKey(
        name=row["name"],
        columns=tuple(row["columns"]),
        references=Name(row["to_schema"], row["to_name"]),
        to=tuple(row["to_columns"]),
        on_delete=ACTIONS[row["on_delete"]],
        on_update=ACTIONS[row["on_update"]],
        deferrable=row["deferrable"],
    )


def _index(row: Row) -> Index:
    columns = zip(row["columns"], row["refinements"], strict=True)
    return Index(
        name=row["name"],
        columns=tuple(_key_expression(text) + refinement for text, refinement in columns),
        include=tuple(row["include"]),
        unique=row["is_unique"],
        where=None if row["predicate"] is None else bare(row["predicate"]),
        method=row["method"],
        nulls_not_distinct=row["nulls_not_distinct"],
    )


def _key_expression(text: str) -> str:
    """A column or expression of an index; the server encloses some expressions twice."""
    inner = bare(text)
    return text if bare(inner) == inner else inner


def _trigger(row: Row) -> Trigger:
    return Trigger(name=row["name"], definition=row["definition"], enabled=row["enabled"])


def _enum(row: Row) -> EnumType:
    return EnumType(name=_name(row), labels=tuple(row["labels"]))


def _domain(row: Row) -> Domain:
    return Domain(name=_name(row), type=row["type"], constraints=row["constraints"])


def _sequences(relations: list[Row], found: dict[int, Row]) -> tuple[Sequence, ...]:
    pairs = [(relation, found[relation["oid"]]) for relation in relations]
    made = (_sequence(relation, row) for relation, row in pairs if not row["internal"])
    return tuple(sorted(made, key=lambda s: s.name))


def _sequence(relation: Row, row: Row) -> Sequence:
    owner = row["owner_table"] is not None and row["owner_schema"] == relation["schema"]
    return Sequence(
        name=_name(relation),
        type=row["type"],
        owned_by=f"{ident(row['owner_table'])}.{ident(row['owner_column'])}" if owner else None,
    )


def _view(relation: Row, row: Row) -> View:
    return View(
        name=_name(relation),
        definition=row["definition"],
        materialized=relation["kind"] == "m",
        reads=tuple(sorted(Name(schema, name) for schema, name in row["reads"])),
    )


def _function(row: Row) -> Function:
    return Function(name=_name(row), arguments=row["arguments"], definition=row["definition"])


def _function_order(function: Function) -> tuple[Name, str]:
    return function.name, function.arguments


def bare(expression: str) -> str:
    """An expression of the server without the one pair of parentheses that encloses all of it."""
    if not (expression.startswith("(") and expression.endswith(")")):
        return expression
    parts = [token for token in tokens(expression) if token.text in ("(", ")")]
    depth = 0
    for part in parts[:-1]:
        depth += 1 if part.text == "(" else -1
        if depth == 0:
            return expression
    return expression[1:-1]
