"""What an ETL adds to a batch: rows are known by the natural key of the target.

``append``: a row that stands is an observation once more, counted and never changed; one of the
same key that says something else is rejected. ``upsert``: columns that differ are updated; of two
source rows with one key the first stands, the other is rejected. Links tell which rows of the
source were loaded, so that a run over the same rows counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from integrity.mapping.comparable import same
from integrity.model import Name
from integrity.operations.toolkit_tables import statements_of
from integrity.pipelines.batch import Batch
from integrity.pipelines.judge import judged_lines
from integrity.pipelines.kind import Plain
from integrity.pipelines.options import Options
from integrity.sql.quote import ident, literal
from integrity.sql.template import render

INCREMENT = "increment"
MOMENTS = ("date", "timestamp")


@dataclass(frozen=True, slots=True)
class Etl(Plain):
    """The statements that fill the fates of an ETL."""

    batch: Batch
    options: Options

    def opened(self) -> Iterator[str]:
        """Notes how far the source reaches before it is read: what comes later is read later."""
        if self._changed:
            text = render("etl.opened.sql", seen=self._seen, **self._extent)
            yield from statements_of(text)

    def conditions(self) -> tuple[str, ...]:
        """Rows since the watermark, less the time that rows may be late, and open rejects."""
        if not self._changed or self.options.mode != INCREMENT:
            return ()
        batch = self.batch
        return (
            render(
                "etl.increment.sql",
                changed=self._changed,
                type=self._changed_type,
                since=self.options.since,
                late=batch.ready.source.extract.late_seconds,
                cursors=batch.toolkit("pipeline_cursors"),
                quarantine=batch.toolkit("pipeline_quarantine"),
                **self._of_source,
            ).rstrip(),
        )

    def settled(self, *, surveyed: bool) -> Iterator[str]:
        """Fills the fates of the candidates: new, standing, or standing and loaded before."""
        yield render(
            "etl.standing.sql",
            matched=self.batch.matched,
            branches=list(self._branches()),
            **self._target,
        )
        yield render(
            "etl.settled.sql",
            matched=self.batch.matched,
            links=self.batch.toolkit("pipeline_links"),
            arms=self.batch.link_arms,
            append=self._append,
            known=self.batch.known,
            same=[
                same(f"t.{ident(c.name)}", f"c.{ident(c.name)}", c.type)
                for c in self.batch.ready.only_new
            ],
            lines=list(judged_lines(self.batch.ready)),
            new_key=self.batch.ready.new_key,
            hash=self._hash,
            label=self.batch.ready.label,
            pipeline=self.batch.ready.pipeline.name,
            **self._target,
        )
        if self._append:
            yield render(
                "etl.adopted.sql",
                fates=self.batch.fates,
                links=self.batch.toolkit("pipeline_links"),
                pipeline=self.batch.ready.pipeline.name,
            )

    def judged(self) -> Iterator[str]:
        """Of the candidates that would write one row the first stands; new rows get their keys.

        What is appended was judged, and got its keys, when it was settled.
        """
        if self._append:
            return
        yield render(
            "etl.judged.sql",
            links=self.batch.toolkit("pipeline_links"),
            arms=self.batch.link_arms,
            extract=self.batch.ready.extract,
            **self._of_source,
            **self._target,
        )
        yield from self.batch.numbered()

    def repeated(self) -> Iterator[str]:
        """Counts repeats on the rows that they repeat."""
        if not self._append:
            return
        facts = {**self._target, "repeats": self.batch.ready.pipeline.repeats}
        yield render("etl.leaders.sql", **facts)
        if facts["repeats"]:
            yield render("etl.repeats.sql", **facts)

    def closed(self) -> Iterator[str]:
        """Moves the watermark, unless rows since a given moment were read."""
        if self._changed and not self.options.since:
            yield render(
                "etl.closed.sql",
                seen=self._seen,
                type=self._changed_type,
                cursors=self.batch.toolkit("pipeline_cursors"),
                pipeline=self.batch.ready.pipeline.name,
                label=self.batch.ready.label,
            )

    # --- names -------------------------------------------------------------------------------

    @property
    def _append(self) -> bool:
        return self.batch.ready.pipeline.load == "append"

    @property
    def _target(self) -> dict[str, object]:
        """Names of the target, and its natural key; NULL is a value of a column that has it."""
        ready = self.batch.ready
        key = [c for c in ready.target.columns if c.name in ready.natural_key]
        return {
            "fates": self.batch.fates,
            "candidates": self.batch.candidates_table,
            "target": ready.target.name,
            "primary": ready.primary,
            "natural": key,
        }

    def _branches(self) -> Iterator[tuple[str, ...]]:
        """Every set of columns of the natural key that may be NULL together."""
        ready = self.batch.ready
        names = [c.name for c in ready.target.columns if c.name in ready.natural_key and c.nullable]
        for size in range(len(names) + 1):
            yield from combinations(names, size)

    @property
    def _of_source(self) -> dict[str, object]:
        ready = self.batch.ready
        return {"pipeline": ready.pipeline.name, "label": ready.label, "key": self.batch.key}

    @property
    def _extent(self) -> dict[str, object]:
        return {
            "extract": self.batch.ready.extract,
            "changed": self._changed,
            "type": self._changed_type,
            "is_moment": self._changed_type.startswith(MOMENTS),
        }

    @property
    def _seen(self) -> Name:
        return self.batch.layout.work(self.batch.ready.work_name, "seen")

    @property
    def _changed(self) -> str:
        return self.batch.ready.source.extract.changed or ""

    @property
    def _changed_type(self) -> str:
        contract = self.batch.ready.resolved.contract
        return next((c.type for c in contract if c.name == self._changed), "text")

    @property
    def _hash(self) -> str:
        ready = self.batch.ready
        names = [c.name for c in (*ready.written, *ready.only_new)]
        columns = ", ".join(f"c.{ident(name)}" for name in names)
        return f"sha256(convert_to(row({columns})::text, {literal('UTF8')}))"
