"""A query of the user: one SELECT over tables that are named in full.

As with expressions, sqlglot only says what the text is made of; the text itself is what runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from integrity.model import Name
from integrity.sql import functions as known
from integrity.sql.scan import Kind, SqlProblem, Token, tokens

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Read:
    """A table that a query reads; ``offset`` is where its name begins, None when unsure."""

    table: Name
    offset: int | None


@dataclass(frozen=True, slots=True)
class Query:
    """What a query reads and yields; ``columns`` is None when only a server can tell."""

    reads: tuple[Read, ...]
    columns: tuple[str, ...] | None


@lru_cache(maxsize=256)
def parse_query(text: str) -> Query:
    """Read one SELECT.

    Raises SqlProblem for anything else: several statements, one that writes or locks rows, a
    parameter, a table without its schema, a function that gives something else on each run.
    """
    from sqlglot import exp

    seen = [token for token in tokens(text) if token.kind not in (Kind.SPACE, Kind.COMMENT)]
    _check_tokens(seen)
    root = _root(text)
    _check_tree(root)
    inner = {cte.alias for cte in root.find_all(exp.CTE)}
    tables = (table for table in root.find_all(exp.Table) if _is_read(table, inner))
    reads = tuple(_read(table, seen) for table in tables)
    names = tuple(root.named_selects)
    return Query(reads, None if "*" in names or not all(names) else names)


def _root(text: str) -> exp.Query:
    from sqlglot import errors, exp, parse

    try:
        statements = parse(text, dialect="postgres")
    except errors.SqlglotError as error:
        raise SqlProblem("the query cannot be read") from error
    except RecursionError as error:
        raise SqlProblem("the query is nested too deeply") from error
    root = statements[0] if len(statements) == 1 else None
    if not isinstance(root, exp.Query):
        raise SqlProblem("one SELECT is expected")
    return root


def _check_tokens(seen: list[Token]) -> None:
    for index, token in enumerate(seen):
        if token.text == ";":
            raise SqlProblem("one SELECT is expected, without a semicolon", token.offset)
        if token.kind is Kind.PARAMETER:
            raise SqlProblem("parameters are not allowed", token.offset)
        word = token.text.lower() if token.kind is Kind.WORD else ""
        after = seen[index + 1].text if index + 1 < len(seen) else ""
        called = after == "(" or word in known.CLOCK_WORDS
        if word and called and seen[index - 1].text != "." and known.is_volatile(word):
            raise SqlProblem(f"{word} gives something else on each run", token.offset)


def _check_tree(root: exp.Query) -> None:
    from sqlglot import exp

    for node in root.walk():
        if isinstance(node, (exp.DML, exp.Into, exp.Command)):
            raise SqlProblem("a query that only reads is expected")
        if isinstance(node, exp.Lock):
            raise SqlProblem("a query that locks no rows is expected")


def _is_read(table: exp.Table, inner: set[str]) -> bool:
    """Whether it is a table of the database: no part of WITH, and no function."""
    from sqlglot import exp

    return isinstance(table.this, exp.Identifier) and (bool(table.db) or table.name not in inner)


def _read(table: exp.Table, seen: list[Token]) -> Read:
    start = table.this.meta.get("start")
    first = table.args["db"].meta.get("start") if table.db else start
    if not table.db:
        hint = f"write schema.{table.name}"
        raise SqlProblem(f"the table {table.name!r} has no schema", start, hint=hint)
    known_start = any(token.offset == first for token in seen)
    return Read(Name(table.db, table.name), first if known_start else None)


def without_prefix(text: str, prefix: str) -> str:
    """The expression with ``prefix.column`` written as ``column``: what it reads is one table."""
    kept: list[str] = []
    pieces = list(tokens(text))
    skip = False
    for index, token in enumerate(pieces):
        after = pieces[index + 1].text if index + 1 < len(pieces) else ""
        before = pieces[index - 1].text if index else ""
        if token.kind is Kind.WORD and token.text.lower() == prefix and after == "." != before:
            skip = True
            continue
        if not skip:
            kept.append(token.text)
        skip = False
    return "".join(kept)
