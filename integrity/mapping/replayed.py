"""What replays of the quarantine did, for an expectation of rows that stand already.

A row that only replayed candidates made has the number that the replay gave it, and one that a
replayed candidate joined keeps its values: the sources cannot say either, so the quarantine is
asked. What the mapping as it is rejects, but a mended one let in, is expected as it was made.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrity.mapping.comparable import as_jsonb
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import ResolvedMapping
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Replayed:
    """Writes the parts of the expectation of one mapping that tell of replays."""

    mapping: ResolvedMapping
    layout: Layout

    def candidates(self, candidates: str) -> str:
        """The candidates, with the moment and the unified key of those that were replayed.

        Those that wait in quarantine come last: what stands leaves them no place.
        """
        return self._render("candidates", candidates=candidates, sources=self.mapping.sources)

    def membership(self, membership: str, *, only_merged: bool) -> str:
        """A query of the crosswalk: what the mapping says, and what replays did beyond it."""
        return self._render(
            "members",
            membership=membership,
            key_type=self.mapping.key_type,
            only_merged=only_merged,
        )

    def add_rows(self, membership: str) -> str:
        """Adds rows that the mapping rejects, as a replay made them, to the expected ones."""
        mapping = self.mapping
        mapped = [c.name for c in mapping.columns if c.name != mapping.primary.name]
        return self._render(
            "rows",
            membership=membership,
            expected=self.layout.work(mapping.name, "expected"),
            table=self.layout.unified(mapping.name),
            primary=mapping.primary.name,
            columns=[mapping.primary.name, *mapped, *(c.name for c in mapping.provenances)],
            as_jsonb=as_jsonb(mapping.table.columns, self.layout),
        )

    def _render(self, part: str, **values: object) -> str:
        shared: dict[str, object] = {
            "quarantine": self.layout.toolkit("quarantine"),
            "mapping": str(self.mapping.name),
            "unified_type": self.mapping.primary.type,
        }
        return render(f"verify_mapping.replayed_{part}.sql", **(shared | values))
