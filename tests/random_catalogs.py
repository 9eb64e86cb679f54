"""Random catalogs, spelt as a server spells them, with names chosen to break careless quoting."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from integrity.model import (
    Catalog,
    Check,
    Column,
    Domain,
    EnumType,
    ForeignKey,
    Index,
    Key,
    Name,
    Sequence,
    Table,
)
from integrity.sql.quote import ident, qualified

TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12
)
HOSTILE = (
    *("select", "user", "order", "Table", "a b", 'say "hi"', "it's", "ключ", "a.b", "$1", "%s"),
    *("x; drop", "--", "/*", "\\", "TRUE", "1st", " ", "\n", "{}", "null", "naïve", "ß", "x" * 63),
)
WORDS = st.sampled_from(HOSTILE)
NAMES = (WORDS | TEXT).filter(lambda n: len(n.encode()) <= 63 and not n.startswith("pg_"))
INTEGERS = ("smallint", "integer", "bigint")
TYPES = (
    *INTEGERS,
    "text",
    "numeric(10,2)",
    "timestamp with time zone",
    "boolean",
    "date",
    "uuid",
    "character varying(20)",
    "bytea",
    "double precision",
)


class Draw:
    """Draws parts of one catalog; every name of it is new."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.taken: set[str] = set()

    def name(self) -> str:
        name = self.draw(NAMES.filter(lambda n: n not in self.taken))
        self.taken.add(name)
        return name

    def some(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(
            self.draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3, unique=True))
        )

    def flag(self) -> bool:
        return self.draw(st.booleans())

    def text(self) -> str | None:
        return self.draw(st.none() | TEXT)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """One or two schemas with enums, sequences and up to four tables that reference each other."""
    drawn = Draw(draw)
    schemas = tuple(sorted(drawn.name() for _ in range(draw(st.integers(1, 2)))))
    enums = [_enum(drawn, schemas) for _ in range(draw(st.integers(0, 2)))]
    domains = [_domain(drawn, schemas) for _ in range(draw(st.integers(0, 1)))]
    types = TYPES + tuple(qualified(one.name) for one in (*enums, *domains))
    tables = [_table(drawn, schemas, types) for _ in range(draw(st.integers(1, 4)))]
    tables = [_with_foreign_keys(drawn, table, tables) for table in tables]
    sequences = [_sequence(drawn, schemas, tables) for _ in range(draw(st.integers(0, 2)))]
    return Catalog(
        schemas=schemas,
        enums=tuple(sorted(enums, key=lambda e: e.name)),
        domains=tuple(domains),
        sequences=tuple(sorted(sequences, key=lambda s: s.name)),
        tables=tuple(sorted(tables, key=lambda t: t.name)),
    )


def _enum(drawn: Draw, schemas: tuple[str, ...]) -> EnumType:
    labels = drawn.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    name = Name(drawn.draw(st.sampled_from(schemas)), drawn.name())
    return EnumType(name=name, labels=tuple(labels))


def _domain(drawn: Draw, schemas: tuple[str, ...]) -> Domain:
    name = Name(drawn.draw(st.sampled_from(schemas)), drawn.name())
    return Domain(name=name, type="text", constraints="not null" if drawn.flag() else "")


def _table(drawn: Draw, schemas: tuple[str, ...], types: tuple[str, ...]) -> Table:
    name = Name(drawn.draw(st.sampled_from(schemas)), drawn.name())
    columns = tuple(_column(drawn, types) for _ in range(drawn.draw(st.integers(1, 5))))
    key = _key(drawn, columns, distinct=True) if drawn.flag() else None
    if key:
        columns = tuple(
            replace(c, nullable=c.nullable and c.name not in key.columns) for c in columns
        )
    plain = tuple(c for c in columns if not c.generated)
    if plain and drawn.flag():
        columns += (_generated(drawn, plain[0]),)
    uniques = [_key(drawn, columns) for _ in range(drawn.draw(st.integers(0, 2)))]
    checks = [_check(drawn, columns) for _ in range(drawn.draw(st.integers(0, 2)))]
    indexes = [_index(drawn, columns) for _ in range(drawn.draw(st.integers(0, 2)))]
    return Table(
        name=name,
        columns=columns,
        description=drawn.text(),
        primary_key=key,
        uniques=tuple(sorted(uniques, key=lambda k: k.name)),
        checks=tuple(sorted(checks, key=lambda c: c.name)),
        indexes=tuple(sorted(indexes, key=lambda i: i.name)),
    )


def _column(drawn: Draw, types: tuple[str, ...]) -> Column:
    column = Column(
        name=drawn.name(),
        type=drawn.draw(st.sampled_from(types)),
        nullable=drawn.flag(),
        description=drawn.text(),
    )
    if column.type in INTEGERS and drawn.flag():
        identity = drawn.draw(st.sampled_from(["always", "by default"]))
        return replace(column, nullable=False, identity=identity)
    if column.type == "integer":
        return replace(column, default=drawn.draw(st.sampled_from([None, "0", "7"])))
    if column.type == "text":
        default, collation = drawn.text(), drawn.draw(st.sampled_from([None, "C", "POSIX"]))
        quoted = (default or "").replace(
            "'", "''"
        )  # as the server writes it: no E before the quote
        text = None if default is None else f"'{quoted}'::text"
        return replace(column, default=text, collation=collation)
    return column


def _generated(drawn: Draw, over: Column) -> Column:
    return Column(name=drawn.name(), type="boolean", generated=f"{ident(over.name)} IS NULL")


def _key(drawn: Draw, columns: tuple[Column, ...], *, distinct: bool = False) -> Key:
    names = tuple(c.name for c in drawn.some(tuple(c for c in columns if not c.generated)))
    nulls = not distinct and drawn.flag()
    return Key(name=drawn.name(), columns=names, nulls_not_distinct=nulls)


def _check(drawn: Draw, columns: tuple[Column, ...]) -> Check:
    column = drawn.some(columns)[0]
    return Check(name=drawn.name(), expression=f"{ident(column.name)} IS NOT NULL")


def _index(drawn: Draw, columns: tuple[Column, ...]) -> Index:
    ways = st.sampled_from(["", " desc", " nulls first", " desc nulls last"])
    where = drawn.some(columns)[0]
    unique = drawn.flag()
    return Index(
        name=drawn.name(),
        columns=tuple(ident(c.name) + drawn.draw(ways) for c in drawn.some(columns)),
        include=tuple(c.name for c in drawn.some(columns)) if drawn.flag() else (),
        unique=unique,
        where=f"{ident(where.name)} IS NOT NULL" if drawn.flag() else None,
        nulls_not_distinct=unique and drawn.flag(),
    )


def _with_foreign_keys(drawn: Draw, table: Table, tables: list[Table]) -> Table:
    keys = [_foreign_key(drawn, t) for t in tables if t.primary_key and drawn.flag()]
    columns = [column for _, added in keys for column in added]
    return replace(
        table,
        columns=(*table.columns, *columns),
        foreign_keys=tuple(sorted((key for key, _ in keys), key=lambda k: k.name)),
    )


def _foreign_key(drawn: Draw, target: Table) -> tuple[ForeignKey, list[Column]]:
    assert target.primary_key
    referenced = [target.column(name) for name in target.primary_key.columns]
    added = [Column(name=drawn.name(), type=c.type, collation=c.collation) for c in referenced if c]
    actions = st.sampled_from(["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"])
    key = ForeignKey(
        name=drawn.name(),
        columns=tuple(c.name for c in added),
        references=target.name,
        to=target.primary_key.columns,
        on_delete=drawn.draw(actions),
        on_update=drawn.draw(actions),
        deferrable=drawn.flag(),
    )
    return key, added


def _sequence(drawn: Draw, schemas: tuple[str, ...], tables: list[Table]) -> Sequence:
    name = Name(drawn.draw(st.sampled_from(schemas)), drawn.name())
    owners = [
        f"{ident(t.name.name)}.{ident(c.name)}"
        for t in tables
        if t.name.schema == name.schema
        for c in t.columns
    ]
    return Sequence(
        name=name,
        type=drawn.draw(st.sampled_from(INTEGERS)),
        owned_by=drawn.draw(st.sampled_from([None, *owners])),
    )
