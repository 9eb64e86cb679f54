"""CREATE INDEX CONCURRENTLY after an interruption: the catalog says how far it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection
from integrity.model import Name
from integrity.sql.quote import qualified
from integrity.sql.scan import Kind, tokens
from integrity.sql.template import render

_VALIDITY = """
select index.indisvalid
from pg_catalog.pg_index as index
join pg_catalog.pg_class as class on class.oid = index.indexrelid
join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
where space.nspname = %s and class.relname = %s
"""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a statement, folded as PostgreSQL folds them, and a place among them."""

    words: tuple[str, ...]

    def skip(self, *expected: str) -> _Words | None:
        """What follows the expected words, or None where others stand."""
        size = len(expected)
        return _Words(self.words[size:]) if self.words[:size] == expected else None


def index_of(sql: str) -> Name | None:
    """The index that a CREATE INDEX CONCURRENTLY builds, None for any other statement.

    An index lives in the schema of its table, which such a statement has to name.
    """
    rest = _Words(tuple(_words(sql))).skip("create")
    rest = rest and (rest.skip("unique") or rest)
    rest = rest and rest.skip("index", "concurrently")
    rest = rest and (rest.skip("if", "not", "exists") or rest)
    if rest is None or rest.words[1:2] != ("on",):
        return None
    name, table = rest.words[0], _Words(rest.words[2:])
    schema, dot = (table.skip("only") or table).words[:2]
    return Name(schema, name) if dot == "." else None


def recheck(conn: Connection[Any], sql: str) -> bool:
    """Whether ``sql`` still has to run after an attempt that did not report its end.

    False for an index that is there and valid. An invalid leftover is dropped first.
    """
    index = index_of(sql)
    if index is None:
        return True
    row = conn.execute(_VALIDITY, [index.schema, index.name]).fetchone()
    if row is None:
        return True
    if row[0]:
        return False
    conn.execute(render("run.drop_index.sql", index=qualified(index)))
    return True


def _words(sql: str) -> list[str]:
    found = []
    for token in tokens(sql):
        if token.kind is Kind.QUOTED:
            found.append(token.text[1:-1].replace('""', '"'))
        elif token.kind not in (Kind.SPACE, Kind.COMMENT):
            found.append(token.text.lower())
    return found
