"""Load a mapping: candidates of each source, match and merge, rows, accounts, ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrity.mapping.load import Load
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Name, StageKind, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.operation import Placed
from integrity.sql.quote import qualified


@dataclass(frozen=True, slots=True)
class LoadMapping:
    """Fills one unified table. ``needs``: unified tables whose keys its candidates look up."""

    context: Context
    mapping: ResolvedMapping
    needs: tuple[Name, ...]

    def migrate(self) -> Iterator[Placed]:
        """The steps of the load; sources run in parallel."""
        for step in self._steps():
            yield Placed(StageKind.LOAD, step)

    def _steps(self) -> Iterator[Step]:
        load = Load(self.mapping, self.context.layout, self.context.migration)
        name = self.mapping.name
        yield self._step(
            "clear", load.clear_accounts(), "Accounts of an earlier, undone run are removed."
        )
        yield self._step(
            "work tables",
            load.work_tables(),
            "Where candidates go.",
            after=["clear"],
            unlogged=True,
        )
        ready = tuple(step_id("load", needed, "accounts") for needed in self.needs)
        candidates = [f"candidates of {source.label}" for source in self.mapping.sources]
        for source in self.mapping.sources:
            yield self._step(
                f"candidates of {source.label}",
                load.candidates(source),
                f"Every row of {source.label}, typed, or with the reason to reject it.",
                after=["work tables"],
                also=ready,
                unlogged=True,
            )
        yield self._step(
            "resolve",
            load.resolve(),
            "Which candidates are one row, whose values survive, and which key each row gets.",
            after=candidates,
            unlogged=True,
        )
        yield self._step(
            "rejected",
            [load.rejected()],
            "The candidates that become no row, with the first reason of each.",
            after=candidates if self.mapping.direct else ["resolve"],
            unlogged=True,
        )
        yield self._step(
            "quarantine",
            load.quarantine(),
            "Rejected candidates are kept whole, to be mended and replayed.",
            after=["rejected"],
        )
        yield self._step("rows", [load.insert()], f"The rows of {name}.", after=["resolve"])
        yield self._step(
            "accounts",
            [*load.restart_sequence(), *load.account()],
            "The crosswalk: which row each source row became part of.",
            after=["rows"],
        )
        yield self._step(
            "conflicts",
            [load.conflicts()],
            "Values that did not survive are kept, never hidden.",
            after=["rows"],
        )
        for deferred in self.mapping.deferred:
            yield self._step(
                f"reference {deferred.column.name}",
                load.references(deferred),
                f"Filled when the rows of {', '.join(map(str, deferred.tables))} stand.",
                after=["accounts"],
                also=tuple(step_id("load", to, "accounts") for to in deferred.tables),
            )
        for source in self.mapping.sources:
            yield self._step(
                f"ledger of {source.label}",
                load.ledger(source),
                "Each term is counted on its own, never by subtraction.",
                after=["accounts", "quarantine"],
            )
        yield self._step(
            "balance",
            load.balance(),
            "Stops the run when a candidate is unaccounted for or too many were rejected.",
            after=[f"ledger of {s.label}" for s in self.mapping.sources],
        )

    def _step(
        self,
        part: str,
        statements: Iterable[Statement | str],
        why: str,
        *,
        after: Iterable[str] = (),
        also: tuple[str, ...] = (),
        unlogged: bool = False,
    ) -> Step:
        name = self.mapping.name
        return Step(
            id=step_id("load", name, part),
            title=f"load {name}: {part}",
            why=why,
            statements=tuple(
                s if isinstance(s, Statement) else Statement(sql=s) for s in statements
            ),
            after=(*(step_id("load", name, one) for one in after), *also),
            table=name,
            unlogged=unlogged,
            undo="legacy still holds the rows; the loaded ones go with the table",
        )

    def rollback(self) -> Iterator[Placed]:
        """Drops the work tables that are left, and the crosswalk."""
        load = Load(self.mapping, self.context.layout, self.context.migration)
        drops = [*load.drop_work_tables(), f"drop table if exists {qualified(load.crosswalk)}"]
        yield Placed(
            StageKind.LOAD,
            Step(
                id=step_id("unload", self.mapping.name),
                title=f"drop work tables and crosswalk of {self.mapping.name}",
                why="They describe rows that are gone.",
                statements=tuple(Statement(sql=sql) for sql in drops),
                table=self.mapping.name,
            ),
        )
