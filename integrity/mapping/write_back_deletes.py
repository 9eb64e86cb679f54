"""Deleted unified rows: every legacy row behind one goes too, or none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import filled, key_sql
from integrity.mapping.resolved import ResolvedArm, ResolvedMapping, ResolvedSource
from integrity.mapping.writeback import WriteBack
from integrity.model import Name
from integrity.sql.expression import parse
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Deletes:
    """Writes the SQL that removes legacy rows, or empties the arm of one that holds others too."""

    home: WriteBack

    def statements(self) -> Iterator[str]:
        """One attempt over all deleted rows; nothing is ever deleted by CASCADE."""
        body = render(
            "write_back.delete.sql",
            storage=self.home.layout.work_storage,
            work=self._work,
            changes=self.home.work("changes"),
            members=self.home.work("changed_members"),
            kept=list(self._kept()),
            sources=[self._removal(source) for source in self.home.mapping.sources],
        )
        yield render("write_back.do.sql", body=body)

    # --- what is removed ---------------------------------------------------------------------

    def _removal(self, source: ResolvedSource) -> dict[str, object]:
        legacy = self.home.layout.legacy(source.table)
        key = key_sql(source, self.home.mapping.key_type, alias="s")
        theirs = key_sql(source, self.home.mapping.key_type, alias="child")
        ending = {"label": source.label, "work": self._work, "key": theirs}
        return {
            "label": source.label,
            "legacy": legacy,
            "key": key,
            "arms": self._emptied_arms(source) if len(source.arms) > 1 else [],
            "referencing": render(
                "write_back.referencing.sql", work=self._work, legacy=legacy, key=key
            )
            + " ",
            "end": render("write_back.referencing_end.sql", own=False, **ending),
            "own_end": render("write_back.referencing_end.sql", own=True, **ending),
        }

    def _emptied_arms(self, source: ResolvedSource) -> list[dict[str, object]]:
        return [
            {
                "label": arm.label,
                "columns": columns,
                "fills": [filled(given, self.home.layout) for given in arm.fills],
            }
            for arm in source.arms
            if (columns := self._emptied(source, arm))
        ]

    def _emptied(self, source: ResolvedSource, arm: ResolvedArm) -> list[str]:
        """The columns that belong to this arm alone and may be NULL; [] when it has others."""
        columns = {name for given in arm.fills for name in given.reads}
        nullable = {c.name for c in self.home.contract(source).columns if c.nullable}
        generated = {c.name for c in self.home.contract(source).columns if c.generated}
        free = nullable - generated - self._read_elsewhere(source, arm)
        return sorted(columns) if columns <= free else []

    def _read_elsewhere(self, source: ResolvedSource, arm: ResolvedArm) -> set[str]:
        """Columns of a legacy table that something else than this arm reads."""
        read = {column.name for column in source.key}
        for mapping in self.home.others:
            for other in mapping.sources:
                if other.table == source.table:
                    read |= {n for r in other.drops for n in parse(r.when.text).columns}
                    arms = (a for a in other.arms if (other, a) != (source, arm))
                    read |= {n for a in arms for v in a.values for n in v.reads}
        return read

    # --- what stays --------------------------------------------------------------------------

    def _kept(self) -> Iterator[str]:
        """Queries of the rows that must stay, each with the reason."""
        mapping = self.home.mapping
        whole = [s.label for s in mapping.sources if len(s.arms) == 1]
        quarantine = self.home.layout.toolkit("quarantine")
        if whole:
            yield render(
                "write_back.kept_quarantine.sql",
                work=self._work,
                quarantine=quarantine,
                mapping=str(mapping.name),
                sources=whole,
            )
        yield from (one for other in self.home.others for one in self._kept_for(other, whole))
        for source in mapping.sources:
            for arm in source.arms:
                if len(source.arms) > 1 and not self._emptied(source, arm):
                    yield render(
                        "write_back.kept_arm.sql",
                        work=self._work,
                        source=source.label,
                        arm=arm.label,
                    )
        yield from self._kept_for_children()

    def _kept_for(self, other: ResolvedMapping, whole: list[str]) -> Iterator[str]:
        """A legacy row that also made a row of another unified table."""
        shared = sorted({s.label for s in other.sources}.intersection(whole))
        if other.name == self.home.mapping.name or not shared:
            return
        kinds = ("source", "key") if other.inline else ()
        origin = {kind: c.name for kind in kinds if (c := other.provenance(kind))}
        yield render(
            "write_back.kept_other.sql",
            work=self._work,
            crosswalk=self.home.layout.crosswalk(other.name),
            changes=self.home.layout.work(other.name, "changes"),
            table=self.home.layout.unified(other.name),
            primary=other.primary.name,
            inline=origin,
            other=str(other.name),
            sources=shared,
        )

    def _kept_for_children(self) -> Iterator[str]:
        """A row whose key legacy still names in a row of another one."""
        for other, column, way in self.home.referring():
            yield render(
                "write_back.kept_child.sql",
                work=self._work,
                own=self.home.work("changes"),
                changes=self.home.layout.work(other.name, "changes"),
                table=self.home.layout.unified(other.name),
                quarantine=self.home.layout.toolkit("quarantine"),
                mapping=str(other.name),
                column=column,
                take=way.take,
                enforced=self._enforced(other, column),
                same=other.name == self.home.mapping.name,
            )

    def _enforced(self, other: ResolvedMapping, column: str) -> bool:
        """Whether the server itself saw to it that no unified row refers to a deleted one."""
        return any(
            key.columns == (column,) and key.references == self.home.mapping.name
            for key in other.table.foreign_keys
        )

    @property
    def _work(self) -> Name:
        return self.home.work("deletes")
