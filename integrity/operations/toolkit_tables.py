"""The toolkit's own tables: journal, ledger, conflicts, quarantine, retained rows, state.

They live in the toolkit schema under the prefix ``integrity_`` and survive switch and rollback.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from integrity.sql.scan import Kind, tokens
from integrity.sql.template import render


@cache
def toolkit_statements(schema: str) -> tuple[str, ...]:
    """The statements that create the toolkit's tables and functions in ``schema``.

    They are idempotent, run in a transaction, and suit every supported server: the first step of
    each migration runs them. No statement ends in a semicolon.
    """
    is_valid = render("toolkit_tables.is_valid.sql", schema=schema)
    script = render("toolkit_tables.sql", schema=schema, is_valid=is_valid)
    return tuple(statements_of(script))


def statements_of(script: str) -> Iterator[str]:
    """The statements of a script, without their semicolons."""
    statement = ""
    for token in tokens(script):
        if token.kind is Kind.MARK and token.text == ";":
            yield statement.strip()
            statement = ""
        else:
            statement += token.text
    if statement.strip():
        yield statement.strip()
