"""Freeze a source: writes to it are refused from the first count on.

A statement trigger, because it survives a killed run and a restarted server and holds for psql and
the runner alike. After the switch it keeps legacy read-only; the rollback drops it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Hazard, Name, StageKind, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import literal, qualified

TRIGGER = "integrity_freeze"
_EVENTS = "insert or update or delete or truncate"


@dataclass(frozen=True, slots=True)
class FreezeSource:
    """Refuses writes to one legacy table."""

    context: Context
    table: Name

    def migrate(self) -> Iterator[Placed]:
        """Creates the trigger; it waits for writers that are under way."""
        lock = f"SHARE ROW EXCLUSIVE on {self.table}"
        yield Placed(
            StageKind.PREPARE,
            Step(
                id=step_id("freeze", self.table),
                title=f"block writes to {self.table}",
                why="Rows must not change between the first count and the switch.",
                statements=(
                    Statement(sql=freeze_sql(self.context, self.table), lock=lock),
                    Statement(
                        sql=f"alter table {qualified(self.table)} enable always trigger {TRIGGER}",
                        lock=lock,
                        hazards=(
                            Hazard(
                                "writes-blocked", f"{self.table} refuses writes until the switch"
                            ),
                            Hazard("legacy-read-only", f"{self.table} stays read-only after it"),
                        ),
                    ),
                ),
                after=("schemas",),
                table=self.table,
                undo="the trigger is dropped",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Drops the trigger, once the table is back in its place."""
        yield Placed(
            StageKind.PREPARE,
            Step(
                id=step_id("thaw", self.table),
                title=f"allow writes to {self.table}",
                why="Legacy is in charge again.",
                statements=(Statement(sql=thaw_sql(self.table)),),
                table=self.table,
            ),
        )


def freeze_sql(context: Context, table: Name) -> str:
    """CREATE TRIGGER that refuses writes to ``table``."""
    function = qualified(context.layout.toolkit("refuse_write"))
    return (
        f"create or replace trigger {TRIGGER}\n"
        f"    before {_EVENTS} on {qualified(table)}\n"
        f"    for each statement execute function {function}({literal(context.migration)})"
    )


def thaw_sql(table: Name) -> str:
    """Drops the trigger if it is there."""
    return f"drop trigger if exists {TRIGGER} on {qualified(table)}"
