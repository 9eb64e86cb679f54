"""Stops a migration that its rows do not allow, and names the rows by key."""

from __future__ import annotations

from integrity.model import Name
from integrity.sql.quote import dollar, ident
from integrity.sql.template import render

_END = "\n"


def guard_rows(
    table: Name, *, column: str, key: tuple[str, ...], bad: str, problem: str, hint: str
) -> str:
    """A statement that raises when a row of ``table``, called ``t``, meets the condition ``bad``.

    The message names the first five such rows with their values; SQLSTATE IG010.
    """
    names = ", ".join(f"t.{ident(name)}" for name in key)
    body = render(
        "guard_rows.sql",
        table=table,
        column=column,
        order=f"order by {names}" if key else "",
        shown=f"'key ' || concat_ws('/', {names}) || ': ' || " if key else "",
        bad=bad,
        problem=problem,
        hint=hint,
    )
    return f"do {dollar(body + _END)}"
