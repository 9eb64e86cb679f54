"""What a rollback does with changes made since the switch: back to legacy, or kept aside.

Later changes are the differences between the unified rows and what legacy says they should be.
Updates write the columns whose value came from the write-back source; inserts go to that source
through the inverse; deletes remove every legacy row behind the unified one. What cannot go back,
or would not come back the same, is retained and listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.back import WayBack
from integrity.mapping.comparable import as_jsonb, hashable
from integrity.mapping.expectation import Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import ResolvedMapping, ResolvedSource, Way
from integrity.model import Catalog, Column, Name, Table
from integrity.sql.expression import parse
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render

_WORK = ("changes", "changed_members", "updates", "inserts", "deletes", "crowded")


@dataclass(frozen=True, slots=True)
class WriteBack:
    """The later changes of one table, and the facts that all ways back share.

    ``layout`` is the one after the switch; ``others`` are all mappings of the project.
    """

    mapping: ResolvedMapping
    layout: Layout
    migration: str
    legacy: Catalog
    others: tuple[ResolvedMapping, ...]

    def drop_work_tables(self) -> Iterator[str]:
        """Drops the work tables of the write-back."""
        for part in _WORK:
            yield f"drop table if exists {qualified(self.work(part))}"

    # --- changes -----------------------------------------------------------------------------

    def changes(self) -> Iterator[str]:
        """Finds the rows that differ from what legacy says, and the legacy rows behind them."""
        yield from self.drop_work_tables()
        yield "set local work_mem = '256MB'"
        expectation = Expectation(self.mapping, self.layout)
        primary = self.mapping.primary
        columns = [c for c in expectation.columns() if c is not primary]
        yield render(
            "write_back.changes.sql",
            storage=self.layout.work_storage,
            changes=self.work("changes"),
            primary=primary.name,
            primary_type=primary.type,
            mapped_primary=not self.mapping.assigned,
            columns=[
                *({"name": c.name, "differs": _differs(c, f"e.{ident(c.name)}")} for c in columns),
                *(
                    {"name": c.name, "differs": _differs(c, default)}
                    for c, default in self.unfilled()
                ),
            ],
            expected=expectation.query(),
            table=self.table,
            quarantine=self.layout.toolkit("quarantine"),
            mapping=str(self.mapping.name),
            as_jsonb=as_jsonb(self.mapping.table.columns, self.layout),
        )
        yield self._members()
        yield f"analyze {qualified(self.work('changes'))}"
        yield f"analyze {qualified(self.work('changed_members'))}"

    def unfilled(self) -> Iterator[tuple[Column, str]]:
        """Columns that no source fills, with the value that the load leaves in them."""
        for column in self._unmapped():
            default = column.default or "null"
            if not parse(default).functions:
                yield column, f"({default})::{column.type}"

    def unpredictable(self) -> tuple[str, ...]:
        """Columns that no source fills and whose default differs from row to row."""
        return tuple(c.name for c in self._unmapped() if parse(c.default or "null").functions)

    def _unmapped(self) -> Iterator[Column]:
        known = {c.name for c in Expectation(self.mapping, self.layout).columns()}
        for column in self.mapping.table.columns:
            if column.name not in known and not column.generated and not column.identity:
                yield column

    def _members(self) -> str:
        names = [self.mapping.provenance(kind) for kind in ("source", "key", "arm")]
        source, key, arm = [column.name if column else "" for column in names]
        return render(
            "write_back.members.sql",
            storage=self.layout.work_storage,
            members=self.work("changed_members"),
            crosswalk=self.layout.crosswalk(self.mapping.name),
            changes=self.work("changes"),
            inline=self.mapping.inline,
            source=source,
            key=key,
            arm=arm,
            key_type=self.mapping.key_type,
        )

    # --- facts -------------------------------------------------------------------------------

    @property
    def source(self) -> ResolvedSource | None:
        """The write-back source, if the mapping names one."""
        return next((s for s in self.mapping.sources if s.source.write_back), None)

    @property
    def table(self) -> Name:
        """Where the unified table stands."""
        return self.layout.unified(self.mapping.name)

    def work(self, part: str) -> Name:
        """A work table of the write-back."""
        return self.layout.work(self.mapping.name, part)

    def contract(self, source: ResolvedSource) -> Table:
        """What the legacy table of a source looks like."""
        table = self.legacy.table(source.table)
        assert table is not None
        return table

    def way_back(self, source: ResolvedSource) -> WayBack:
        """Leads unified values back to that source."""
        tracked = {m.name: m.primary.name if m.assigned else "" for m in self.others}
        return WayBack(self.contract(source), self.layout, tracked)

    def is_deferred(self, column: str) -> bool:
        """Whether the load fills that column when the rows of both tables stand."""
        return any(one.column.name == column for one in self.mapping.deferred)

    def referring(self) -> Iterator[tuple[ResolvedMapping, str, Way]]:
        """Mappings that take keys of this one's rows, the column that takes them, and how."""
        for other in self.others:
            found: dict[object, tuple[ResolvedMapping, str, Way]] = {}
            for source in other.sources:
                for arm in source.arms:
                    for value in arm.values:
                        for way in value.ways:
                            if way.table == self.mapping.name:
                                key = (value.column.name, way.by, way.take)
                                found.setdefault(key, (other, value.column.name, way))
            yield from found.values()

    def crowded(self) -> Iterator[str]:
        """Marks the changed rows that the next apply would take for parts of other rows."""
        yield f"drop table if exists {qualified(self.work('crowded'))}"
        ladder = self.mapping.ladder
        yield render(
            "write_back.crowded.sql",
            storage=self.layout.work_storage,
            crowded=self.work("crowded"),
            changes=self.work("changes"),
            table=self.table,
            primary=self.mapping.primary.name,
            ladder=[
                (rung, [more.columns for more in ladder[:place]])
                for place, rung in enumerate(ladder)
            ],
            matched=None if self.mapping.direct else self.work("expected_matched"),
            expected=self.work("expected"),
        )

    def matched_by(self) -> list[str]:
        """Columns that decide which rows are one."""
        return sorted({column for rung in self.mapping.ladder for column in rung.columns})

    def findable(self) -> list[str]:
        """Conditions over a changed row ``c``: apply would make a row of its own of it."""
        crowded = render("write_back.not_crowded.sql", crowded=self.work("crowded"))
        complete = render("write_back.complete.sql", ladder=self.mapping.ladder)
        return [crowded] if self.mapping.direct else [complete, crowded]

    def told_apart(self) -> Iterator[str]:
        """Conditions over ``c``: whoever looks rows of this table up finds no second one."""
        for other, _, way in self.referring():
            if not way.crosswalk_of and not way.unique:
                yield render(
                    "write_back.only_one.sql",
                    child=str(other.name),
                    table=self.table,
                    primary=self.mapping.primary.name,
                    by=way.by,
                )

    # --- accounts ----------------------------------------------------------------------------

    def close(self, never: dict[str, str]) -> Iterator[str]:
        """Keeps what did not go back, and counts what did.

        ``never``: unified columns that cannot go back whatever the row, each with the reason.
        """
        leftover = self.unpredictable()
        names = {"migration": self.migration, "table": str(self.mapping.name)}
        back = render("write_back.back.sql", leftover=leftover)
        nobody = f"the mapping of {self.mapping.name} names no write-back source"
        no_way = "no source takes new rows of this kind, or the row would not come back the same"
        yield render(
            "write_back.retain.sql",
            retained=self.layout.toolkit("retained"),
            changes=self.work("changes"),
            back=back,
            never=list(never.items()),
            no_update=self._elsewhere(),
            replayed="the row came in by a replay of the quarantine",
            no_insert=no_way if self.source else nobody,
            no_delete="a legacy row of it cannot be removed" if self.source else nobody,
            left="the row went back without columns that no source fills: " + ", ".join(leftover),
            **names,
        )
        yield render(
            "write_back.count.sql",
            returned=self.layout.toolkit("returned"),
            changes=self.work("changes"),
            back=back,
            **names,
        )

    def _elsewhere(self) -> str:
        """Why a value is not written where the write-back source could take it."""
        other = "the value of another row behind it would take its place"
        if len(self.mapping.sources) == 1:
            return other
        return f"it came from another source, or {other}"


def _differs(column: Column, expected: str) -> str:
    mine = hashable(column)
    return f"{mine} is distinct from {expected}{'::text' if mine.endswith('::text') else ''}"
