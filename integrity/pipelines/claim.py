"""What a pass of a follower adds to a sync: it looks at the rows that the outbox names.

Entries are deleted in the transaction that writes their rows, links, quarantine and figures, by
the numbers under which they were read; those whose row is gone, once the whole pass was made. So a
killed pass is made again, and an entry that commits late, under a smaller number, is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from integrity.database.connect import Connection
from integrity.pipelines.outbox import Outbox
from integrity.pipelines.passing import Pass
from integrity.pipelines.sync import Sync
from integrity.sql.quote import literal
from integrity.sql.template import render


@dataclass(slots=True)
class Claim:
    """Entries that a pass is about: their numbers, and keys of rows to look at.

    ``age``: seconds since the oldest was written, when they were read. ``sign``: see the template.
    """

    entries: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    age: float = 0.0
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Following(Sync):
    """A sync over the rows of ``claim``, which the follower fills anew for each pass."""

    outbox: Outbox
    claim: Claim

    def conditions(self) -> tuple[str, ...]:
        """Only the claimed rows."""
        key = self.batch.ready.resolved.key
        return (render("outbox.wanted.sql", key=key, keys=array(self.claim.keys)),)

    def survey_tables(self) -> Iterator[str]:
        """None: who claims what is known from the links."""
        yield from ()

    def after(self) -> Iterator[str]:
        """The entries of the rows of this batch are done."""
        yield from Sync.after(self)
        yield self._done(rows=self.batch.ready.rows)

    def closed(self) -> Iterator[str]:
        """So are those whose row is gone, or is none of the extract."""
        yield self._done(rows=None)

    def take(self, conn: Connection[Any]) -> bool:
        """Read the oldest entries into the claim; whether there are any. Nothing is changed."""
        ready = self.batch.ready
        sql = render(
            "outbox.claim.sql",
            outbox=self.outbox.entries,
            pipeline=self.outbox.pipeline,
            size=ready.pipeline.batch,
            tables=[ready.target.name, self.outbox.table],
        )
        row = conn.execute(sql.encode()).fetchone()
        assert row is not None
        claim = self.claim
        claim.entries, claim.keys, age, claim.sign = row
        claim.age = age or 0.0
        return bool(claim.entries)

    def widen(self, conn: Connection[Any]) -> None:
        """Add the rows whose end may be another one now."""
        self.claim.keys = sorted({*self.claim.keys, *self._companions(conn)})

    def _companions(self, conn: Connection[Any]) -> Iterator[str]:
        sql = render(
            "outbox.companions.sql",
            keys=array(self.claim.keys),
            links=self.batch.toolkit("pipeline_links"),
            quarantine=self.batch.toolkit("pipeline_quarantine"),
            pipeline=self.outbox.pipeline,
            label=self.batch.ready.label,
        )
        for (key,) in conn.execute(sql.encode()).fetchall():
            yield key

    def _done(self, *, rows: Any) -> str:
        return render(
            "outbox.done.sql",
            outbox=self.outbox.entries,
            entries=array(map(str, self.claim.entries)),
            rows=rows,
            key=self.batch.key,
        )


class FollowingPass(Pass):
    """A pass that is made again and again over the same work tables."""

    def again(self) -> None:
        """Every claimed row, batch by batch; then what is left of the claim."""
        self._through(self._committed)
        self._do(*self.kind.closed())


def array(texts: Iterable[str]) -> str:
    """The texts as the literal of an array, of whatever type a cast says."""
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return literal("{" + ",".join(f'"{text}"' for text in escaped) + "}")
