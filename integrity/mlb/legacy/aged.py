"""Checks that a row passed on the day it was written, and would not pass today.

A check relative to CURRENT_DATE says nothing about rows that are in already: PostgreSQL looks at a
row when it is written, and takes the expression to be immutable
(https://www.postgresql.org/docs/current/ddl-constraints.html). Years go by, and a dump of the table
cannot be restored. Here the years go by at once: the check is away while the rows go in.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Catalog, Check, Name
from integrity.sql.quote import ident, literal, qualified

RELATIVE = "CURRENT_DATE"
AM_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"


def aging(contracts: Catalog) -> tuple[tuple[Name, Check], ...]:
    """The checks of the contracts that are relative to the day."""
    return tuple(
        (table.name, check)
        for table in contracts.tables
        for check in table.checks
        if RELATIVE in check.expression
    )


def set_aside(checks: tuple[tuple[Name, Check], ...]) -> Iterator[str]:
    """Take the checks away."""
    for table, check in checks:
        yield f"alter table {qualified(table)} drop constraint {ident(check.name)}"


def grown_old(checks: tuple[tuple[Name, Check], ...], *, superuser: bool) -> Iterator[str]:
    """Put the checks back as if the rows had passed them when they were written.

    Only a superuser may say so in the catalog; for others the checks stay NOT VALID.
    """
    for table, check in checks:
        place = qualified(table)
        yield (
            f"alter table {place} add constraint {ident(check.name)}"
            f" check ({check.expression}) not valid"
        )
        if superuser:
            yield (
                "update pg_constraint set convalidated = true"  # noqa: S608
                f" where conrelid = {literal(place)}::regclass and conname = {literal(check.name)}"
            )
