"""Prepare: the toolkit's own tables, and the schemas in which everything is built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.layout import next_schema, parking_schema
from integrity.model import StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.operations.toolkit_tables import toolkit_statements
from integrity.sql.quote import ident
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Prepare:
    """Creates what a migration needs around it. ``new_schemas``: targets legacy does not have."""

    context: Context
    target_schemas: tuple[str, ...]
    new_schemas: tuple[str, ...]

    def migrate(self) -> Iterator[Placed]:
        """Toolkit tables first: every later step journals in them."""
        toolkit = toolkit_statements(self.context.toolkit_schema)
        yield Placed(
            StageKind.PREPARE,
            Step(
                id="toolkit",
                title="the toolkit's own tables",
                why="Journal, ledger, quarantine and so on; they survive switch and rollback.",
                statements=tuple(Statement(sql=sql) for sql in (self._free(), *toolkit)),
                undo="they stay: the journal of the rollback is written there",
            ),
        )
        names = [*self.new_schemas, *map(next_schema, self.target_schemas), self._work]
        yield Placed(
            StageKind.PREPARE,
            Step(
                id="schemas",
                title="schemas to build in",
                why="Unified tables are built beside legacy under their final names.",
                statements=tuple(
                    Statement(sql=f"create schema if not exists {ident(name)}") for name in names
                ),
                after=("toolkit",),
                undo="the schemas are dropped",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """Drops the schemas; a new target schema stays when users made objects in it since."""
        built = [self._work, *map(next_schema, self.target_schemas)]
        new = [name for name in self.new_schemas if name != self.context.toolkit_schema]
        yield Placed(
            StageKind.PREPARE,
            Step(
                id="drop schemas",
                title="drop the schemas that were built in",
                why="All of them are empty now; nothing is dropped with CASCADE.",
                statements=(
                    *(Statement(sql=f"drop schema if exists {ident(name)}") for name in built),
                    *(
                        Statement(sql=render("prepare.drop_schema.sql", schema=name))
                        for name in new
                    ),
                ),
            ),
        )

    def _free(self) -> str:
        """Refuses to begin where a schema to build in is somebody else's: all of it goes back."""
        parking = {parking_schema(name.schema) for name in self.context.layout.parked_names}
        built = {self._work, *map(next_schema, self.target_schemas), *parking}
        return render("prepare.free.sql", schemas=sorted(built))

    @property
    def _work(self) -> str:
        return self.context.layout.work_schema
