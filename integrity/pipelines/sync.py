"""What a sync adds to a batch: which row of the target each row of the source is.

Ways to match are tried in order of trust. One that finds two rows rejects, and rows that say
something else on a more trusted way are not found by a less trusted one. Links of earlier runs
tell who else claims a row: two rows of a source that claim one row are both rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Column, Name
from integrity.pipelines.batch import Batch
from integrity.pipelines.kind import Plain
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Sync(Plain):
    """The statements that fill the fates of a sync, for one mode."""

    batch: Batch
    mode: str

    def survey_tables(self) -> Iterator[str]:
        """Tables for what every row of the source claims: batches see a part of it each."""
        ready = self.batch.ready
        text = render(
            "pipeline.survey_tables.sql",
            key_type=ready.mapping.key_type,
            target_type=ready.primary.type,
            columns=self._match_columns,
            **self._survey,
        )
        yield from text.split(";\n")

    def surveyed(self) -> Iterator[str]:
        """Notes what the acceptable candidates of a slice claim."""
        yield render(
            "pipeline.survey.sql",
            fates=self.batch.fates,
            candidates=self.batch.candidates_table,
            columns=self._match_columns,
            **self._survey,
        )

    def survey_closed(self) -> Iterator[str]:
        """Notes the rows that claim what another one claims."""
        yield f"analyze {qualified(self._survey['claims'])}"
        yield render("pipeline.surveyed.sql", rungs=self._twin_rungs, **self._survey)
        yield f"analyze {qualified(self._survey['shared'])}"

    def claimed(self) -> Iterator[str]:
        """Fills the fates of the candidates: which row each one claims, whoever else does."""
        yield from self._rungs()
        yield self._claims()

    def settled(self, *, surveyed: bool) -> Iterator[str]:
        """Fills the fates of the candidates, in order."""
        yield from self.claimed()
        if surveyed:
            yield render("pipeline.survey_says.sql", fates=self.batch.fates, **self._survey)
        yield from self._shared()

    def judged(self) -> Iterator[str]:
        """Rejects what the target does not take, and gives new rows their keys."""
        yield from self.batch.judged()
        yield from self.batch.numbered()

    def after(self) -> Iterator[str]:
        """What is written down once the batch's own entries stand."""
        batch, ready = self.batch, self.batch.ready
        yield render(
            "pipeline.companions.sql",
            quarantine=batch.toolkit("pipeline_quarantine"),
            links=batch.toolkit("pipeline_links"),
            fates=batch.fates,
            rows=ready.rows,
            extract=ready.extract,
            pipeline=ready.pipeline.name,
            key=batch.key,
        )

    def _rungs(self) -> Iterator[str]:
        batch, ready = self.batch, self.batch.ready
        trusted: list[list[tuple[str, str]]] = []
        for number, rung in enumerate(ready.match, 1):
            pairs = list(zip(rung.targets, rung.columns, strict=True))
            yield render(
                "pipeline.rung.sql",
                matched=batch.matched,
                candidates=batch.candidates_table,
                target=ready.target.name,
                primary=ready.primary.name,
                number=number,
                pairs=pairs,
                trusted=trusted,
            )
            trusted = [*trusted, pairs]

    def _claims(self) -> str:
        batch, ready = self.batch, self.batch.ready
        return render(
            "pipeline.claims.sql",
            fates=batch.fates,
            candidates=batch.candidates_table,
            matched=batch.matched,
            links=batch.toolkit("pipeline_links"),
            target=ready.target.name,
            primary=ready.primary.name,
            type=ready.primary.type,
            pipeline=ready.pipeline.name,
            label=ready.label,
            match=ready.match,
            create=ready.pipeline.create,
            outside=self._outside,
            outside_reads_target=self.mode == "missing",
            hash=self._hash,
        )

    def _shared(self) -> Iterator[str]:
        batch, ready = self.batch, self.batch.ready
        facts = {"fates": batch.fates, "candidates": batch.candidates_table}
        yield render(
            "pipeline.shared.sql",
            links=batch.toolkit("pipeline_links"),
            pipeline=ready.pipeline.name,
            extract=ready.extract,
            key=batch.key,
            **facts,
        )
        yield render("pipeline.twins.sql", rungs=self._twin_rungs, **facts)

    @property
    def _twin_rungs(self) -> list[dict[str, object]]:
        """The columns of each rung, and those of the rungs that are trusted more."""
        columns = [rung.columns for rung in self.batch.ready.match]
        return [{"columns": c, "trusted": columns[:n]} for n, c in enumerate(columns)]

    @property
    def _match_columns(self) -> list[Column]:
        names = {name for rung in self.batch.ready.match for name in rung.columns}
        return [column for column in self.batch.ready.mapping.columns if column.name in names]

    @property
    def _survey(self) -> dict[str, Name]:
        layout, name = self.batch.layout, self.batch.ready.work_name
        return {part: layout.work(name, part) for part in ("claims", "shared")}

    @property
    def _outside(self) -> str:
        """The condition under which a matched row is none of this mode's."""
        if self.mode == "missing":
            key = f"t.{ident(self.batch.ready.primary.name)}"
            return f"{key} is not null and ({self.batch.ready.missing}) is not true"
        return f"l.source_hash = {self._hash}" if self.mode == "corrected" else ""

    @property
    def _hash(self) -> str:
        """A hash over the values that are written on every write."""
        columns = ", ".join(f"c.{ident(column.name)}" for column in self.batch.ready.written)
        return f"sha256(convert_to(row({columns})::text, 'UTF8'))"
