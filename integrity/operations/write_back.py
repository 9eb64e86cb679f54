"""Write back: on rollback, later changes of unified rows return to legacy or are retained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.needs import needs
from integrity.mapping.resolved import ResolvedMapping
from integrity.mapping.write_back_deletes import Deletes
from integrity.mapping.write_back_inserts import Inserts
from integrity.mapping.write_back_updates import Updates
from integrity.mapping.writeback import WriteBack
from integrity.model import Catalog, Hazard, Name, Statement, Step
from integrity.operations.context import Context, step_id
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


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
        yield Statement(sql="set constraints all immediate")
        if self._tables():
            yield from self._triggers_off()
        yield from (Statement(sql=sql) for sql in self._sent())
        for mapping in self.mappings:
            yield from (Statement(sql=sql) for sql in self._close(mapping))
        if self._tables():
            yield from self._triggers_on()

    def _sent(self) -> Iterator[str]:
        """Deletes first, to make room for rows that stand in for them, and again at the end, when
        what referred to deleted rows has gone elsewhere."""
        listed = [(one, one.source) for one in map(self._of, self.mappings) if one.source]
        deletes = [sql for one, _ in reversed(listed) for sql in Deletes(one).statements()]
        yield from deletes
        for one, source in listed:
            yield from (*Updates(one, source).statements(), *Inserts(one, source).statements())
        for one, source in listed:
            if one.mapping.deferred:  # it may refer to rows that have gone since
                yield from (*Updates(one, source).statements(), *Inserts(one, source).statements())
        yield from deletes

    def _close(self, mapping: ResolvedMapping) -> Iterator[str]:
        one = self._of(mapping)
        source = one.source
        if source is None:
            why = f"the mapping of {mapping.name} names no write-back source"
            yield from one.close({column.name: why for column in mapping.table.columns})
        else:
            yield from one.close(Updates(one, source).never())

    def drops(self) -> Iterator[str]:
        """Drops the work tables of the rollback."""
        yield f"drop table if exists {qualified(self._triggers)}"
        for mapping in self.mappings:
            yield from self._of(mapping).drop_work_tables()
            yield from Expectation(mapping, self._layout).drop_work_tables()

    # --- triggers ----------------------------------------------------------------------------

    def _triggers_off(self) -> Iterator[Statement]:
        yield Statement(sql=f"drop table if exists {qualified(self._triggers)}")
        body = render(
            "write_back.triggers_off.sql",
            storage=self._layout.work_storage,
            triggers=self._triggers,
            tables=[self._layout.legacy(name) for name in self._tables()],
        )
        yield Statement(sql=render("write_back.do.sql", body=body))
        for name in self._tables():
            table = qualified(self._layout.legacy(name))
            yield Statement(
                sql=f"alter table {table} disable trigger user",
                lock=f"SHARE ROW EXCLUSIVE on {name}",
                hazards=(Hazard("trigger-disabled", f"{name}: off while rows go back"),),
            )

    def _triggers_on(self) -> Iterator[Statement]:
        """Every trigger as it was, the freeze included."""
        body = render("write_back.triggers_on.sql", triggers=self._triggers)
        yield Statement(sql=render("write_back.do.sql", body=body))

    @property
    def _triggers(self) -> Name:
        return Name(self._layout.work_schema, "triggers")

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
