"""Types come from the server: it is asked what each expression yields over a contract table.

The scratch database holds the contract tables and the unified tables, all empty, so a question
costs a parse and touches no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrity.database.connect import Connection, Error
from integrity.model import Name
from integrity.sql import quote


@dataclass(frozen=True, slots=True)
class Refused:
    """The server does not accept the expression; ``message`` is its own, one line."""

    message: str
    hint: str = ""


# SQLSTATE classes of a server that could not answer: connection, conflict, resources, lock, end.
_NO_ANSWER = ("08", "40", "53", "55", "57", "58")


def is_answer(error: Error) -> bool:
    """Whether the server judged what it was asked, rather than being unable to."""
    return error.sqlstate is not None and not error.sqlstate.startswith(_NO_ANSWER)


class Oracle:
    """Asks a scratch database. ``legacy`` tables stand there under their own names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def types(self, table: Name, expressions: Sequence[str]) -> list[str | Refused]:
        """The type of each expression over ``table``, as ``format_type`` spells it."""
        if not expressions:
            return []
        try:
            return list(self._ask(table, expressions))
        except Error as error:
            if not is_answer(error):
                raise
            return [self._one(table, expression) for expression in expressions]

    def accepts(self, table: Name, expression: str) -> Refused | None:
        """None when the server can evaluate ``expression``; evaluates it when it is constant."""
        answer = self._one(table, expression)
        return answer if isinstance(answer, Refused) else None

    def evaluates(self, expression: str) -> Refused | None:
        """None when the constant ``expression`` can be evaluated."""
        try:
            self._connection.execute(f"select ({expression})".encode())
        except Error as error:
            return _refusal(error)
        return None

    def _one(self, table: Name, expression: str) -> str | Refused:
        try:
            return self._ask(table, [expression])[0]
        except Error as error:
            return _refusal(error)

    def _ask(self, table: Name, expressions: Sequence[str]) -> list[str]:
        selected = ", ".join(f"({expression})" for expression in expressions)
        # Nothing to bind: the question is about the text itself, which the compiler has parsed.
        query = f"select {selected} from {quote.qualified(table)} limit 0"  # noqa: S608
        result = self._connection.execute(query.encode()).pgresult
        assert result is not None
        shapes = [(result.ftype(i), result.fmod(i)) for i in range(result.nfields)]
        rows = self._connection.execute(
            "select pg_catalog.format_type(o, m) from unnest(%s::oid[], %s::int[]) with ordinality"
            " as t(o, m, n) order by n",
            ([shape[0] for shape in shapes], [shape[1] for shape in shapes]),
        ).fetchall()
        return [str(row[0]) for row in rows]


def _refusal(error: Error) -> Refused:
    if not is_answer(error):
        raise error
    diagnostic = error.diag
    message = (diagnostic.message_primary or str(error)).splitlines()[0]
    return Refused(message, diagnostic.message_hint or "")
