"""Write back: on rollback, later changes of unified rows return to legacy or are retained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.catalog.ddl import FIRES
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.needs import needs
from integrity.mapping.resolved import ResolvedMapping
from integrity.mapping.writeback import WriteBack
from integrity.model import Catalog, Hazard, Name, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.operations.freeze_source import TRIGGER
from integrity.sql.quote import ident, qualified


@dataclass(frozen=True, slots=True)
class WriteBackAll:
    """The later changes of all tables. ``mappings`` are in load order."""

    context: Context
    mappings: tuple[ResolvedMapping, ...]
    legacy: Catalog

    def find(self) -> Iterator[Step]:
        """Finds the later changes while the unified tables are still in place."""
        work = self._layout.work_schema
        yield self._step(
            "work schema",
            "schema for the work of the rollback",
            "What is compared is written there.",
            [f"create schema if not exists {ident(work)}"],
        )
        for mapping in self.mappings:
            expectation = Expectation(mapping, self._layout)
            yield self._step(
                step_id("expect again", mapping.name),
                f"expected rows of {mapping.name}",
                "Legacy is frozen since the first count, so it still says what apply made.",
                [*expectation.prepare()],
                after=[step_id("expect again", name) for name in needs(mapping)],
            )
        for mapping in self.mappings:
            yield self._step(
                step_id("changes", mapping.name),
                f"later changes of {mapping.name}",
                "Rows that differ from what apply made were changed since.",
                [*self._of(mapping).changes()],
                after=[step_id("expect again", one.name) for one in self.mappings],
            )

    def statements(self) -> Iterator[Statement]:
        """Writes the changes back; stands in the transaction that switches back."""
        for name in self._tables():
            table = qualified(self._layout.legacy(name))
            yield Statement(
                sql=f"alter table {table} disable trigger user",
                lock=f"SHARE ROW EXCLUSIVE on {name}",
                hazards=(Hazard("trigger-disabled", f"{name}: off while rows go back"),),
            )
        listed = [self._of(mapping) for mapping in self.mappings]
        for one in listed:
            yield from (Statement(sql=sql) for sql in one.forward())
        for one in reversed(listed):
            yield from (Statement(sql=sql) for sql in one.backward())
        for one in listed:
            yield from (Statement(sql=sql) for sql in one.close())
        for name in self._tables():
            yield from (Statement(sql=sql) for sql in self._triggers_again(name))

    def drops(self) -> Iterator[str]:
        """Drops the work tables of the rollback."""
        for mapping in self.mappings:
            yield from self._of(mapping).drop_work_tables()
            yield from Expectation(mapping, self._layout).drop_work_tables()

    def _triggers_again(self, name: Name) -> Iterator[str]:
        """Every trigger as the contract says, and the freeze."""
        table = self.legacy.table(name)
        assert table is not None
        at = qualified(self._layout.legacy(name))
        for trigger in table.triggers:
            state = FIRES.get(trigger.enabled, "enable")
            yield f"alter table {at} {state} trigger {ident(trigger.name)}"
        yield f"alter table {at} enable always trigger {TRIGGER}"

    def _tables(self) -> list[Name]:
        """Legacy tables that may be written."""
        written = [m for m in self.mappings if self._of(m).source is not None]
        return sorted({source.table for mapping in written for source in mapping.sources})

    def _of(self, mapping: ResolvedMapping) -> WriteBack:
        return WriteBack(mapping, self._layout, self.context.migration, self.legacy, self.mappings)

    @property
    def _layout(self) -> Layout:
        return self.context.layout.after_switch()

    def _step(
        self,
        identifier: str,
        title: str,
        why: str,
        sql: list[str],
        *,
        after: list[str] | None = None,
    ) -> Step:
        first = () if identifier == "work schema" else ("work schema",)
        return Step(
            id=identifier,
            title=title,
            why=why,
            statements=tuple(Statement(sql=one) for one in sql),
            after=(*(after or ()), *first, "freeze unified"),
            unlogged=True,
            only_if=self.context.switched(),
        )
