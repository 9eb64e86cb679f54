"""Retire a table: it becomes no unified table, and its rows are counted all the same.

The table stays where it is, read-only, or is parked when a unified table takes its name; finalize
writes it to the archive and drops it. So nothing leaves the database without a line in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Retired, StageKind, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.template import render

# What the ledger calls the rows of a retired table.
TERMS = {"archive": "archived", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class RetireTable:
    """Accounts for the rows of one legacy table that is archived or dropped."""

    context: Context
    retired: Retired

    def migrate(self) -> Iterator[Placed]:
        """The ledger line; writes to the table are refused from before on."""
        name, kind = self.retired.table, self.retired.kind
        ledger = self.context.layout.toolkit("ledger")
        yield Placed(
            StageKind.LOAD,
            Step(
                id=step_id("retire", name),
                title=f"account for the rows of {name}, {TERMS[kind]}",
                why=f"It becomes no unified table: {self.retired.because}.",
                statements=(
                    Statement(
                        sql=render("retire_table.clear.sql", ledger=ledger, source=str(name))
                    ),
                    Statement(
                        sql=render(
                            "retire_table.ledger.sql",
                            ledger=ledger,
                            migration=self.context.migration,
                            kind=kind,
                            term=TERMS[kind],
                            source=str(name),
                            **{"from": name},
                        )
                    ),
                ),
                table=name,
                undo="the table was not touched; its line in the ledger stays as a record",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Nothing: the rows never moved. That writes are allowed again is another operation."""
        yield from ()
