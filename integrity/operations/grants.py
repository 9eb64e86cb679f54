"""GRANT and REVOKE, for objects that are known to the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from integrity.model import Grant, Name
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


def grant(on: str, grants: Iterable[Grant]) -> list[str]:
    """GRANT for each role. ``on``: the object as SQL, such as ``table a.b``."""
    return [f"grant {', '.join(one.privileges)} on {on} to {ident(one.role)}" for one in grants]


def revoke(on: str, grants: Iterable[Grant]) -> list[str]:
    """REVOKE for each role."""
    return [f"revoke {', '.join(one.privileges)} on {on} from {ident(one.role)}" for one in grants]


def on_table(at: Name) -> str:
    """A table or view as GRANT names it."""
    return f"table {qualified(at)}"


def grants_as_sources(at: Name, sources: Sequence[Name]) -> str:
    """Gives every role what it may do with one of the sources, as the server knows it then."""
    return render("grants_as_sources.sql", table=at, sources=sources)


def is_grant(sql: str) -> bool:
    """Whether a statement names roles, which another server need not have."""
    return sql.startswith(("grant ", "revoke ", "-- grants "))
