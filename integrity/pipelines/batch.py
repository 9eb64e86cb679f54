"""The SQL of one batch, whatever the kind of the pipeline.

A batch is a slice of the extract in a work table. Its candidates are those of a mapping; a fate
says for each of them which row of the target it is: ``new``, ``matched``, ``repeated`` (it stands
there already, an observation once more) or ``outside`` (this run does not look at it), or why it
is rejected. The kind of the pipeline fills the fates (``sync`` for one); everything after that,
and the accounts, is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from integrity.mapping.candidates import candidates_sql, filled, key_sql
from integrity.mapping.comparable import same
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import ResolvedArm
from integrity.model import Name
from integrity.pipelines.judge import judged_lines
from integrity.pipelines.reasons import worded_reasons
from integrity.pipelines.resolve import PREFIX, Ready
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render

_WAYS = 8  # in which rows of a batch may differ, up to which each has a statement of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What of the extract a slice takes: rows after a key, under the conditions of a mode.

    ``since``: type and value of the moment from which rows count. ``conditions``: further ones
    over the extract ``s``.
    """

    size: int
    after: tuple[tuple[str, str], ...] = ()  # value and type of each key column
    mode: str = "all"
    since: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Writes the statements of the batches of one source.

    ``known``: whether links know a row of the source. Where they know none, no batch asks them:
    each row comes once in a pass, and nobody else writes links of the pipeline. ``links_told``:
    how many links the planner believes that there are; ``links_stale``: that it is far off.
    """

    ready: Ready
    known: bool = True
    links_told: int = 0
    links_stale: bool = False

    # --- the slice ---------------------------------------------------------------------------

    def work_tables(self) -> Iterator[str]:
        """The work tables of the session; they are emptied by each commit."""
        text = render(
            "pipeline.work_tables.sql",
            candidates=self.candidates_table,
            matched=self.matched,
            fates=self.fates,
            key_type=self.ready.mapping.key_type,
            columns=self.ready.mapping.work_columns,
            target_type=self.ready.primary.type,
        )
        yield from text.split(";\n")

    def emptied(self) -> str:
        """Empties the work tables between batches of one transaction."""
        names = (self.ready.rows, self.candidates_table, self.matched, self.fates)
        return f"truncate {', '.join(qualified(name) for name in names)}"

    def is_known(self) -> str:
        """Whether links know a row of the source."""
        ready, links = self.ready, self.toolkit("pipeline_links")
        return render(
            "pipeline.known.sql", links=links, pipeline=ready.pipeline.name, label=ready.label
        )

    def has_null_key(self) -> str:
        """Whether a row of the extract has no key."""
        ready = self.ready
        return render("pipeline.null_key.sql", extract=ready.extract, key=ready.resolved.key)

    def slice(self, part: Slice) -> str:
        """Takes the next rows of the extract, in the order of their key."""
        ready = self.ready
        since = {"by": ready.recent, "type": ready.recent_type, "value": part.since}
        return render(
            "pipeline.slice.sql",
            rows=ready.rows,
            extract=ready.extract,
            mode=part.mode,
            known=self.known,
            links=self.toolkit("pipeline_links"),
            pipeline=ready.pipeline.name,
            label=ready.label,
            key=self.key,
            target=ready.target.name,
            primary=ready.primary,
            missing=ready.missing,
            since=since if part.since else None,
            columns=", ".join(f"s.{ident(column.name)}" for column in ready.resolved.key),
            after=part.after,
            conditions=part.conditions,
            size=part.size,
        )

    def sliced(self) -> str:
        """How many rows the slice has, a key that stands twice, and the last key."""
        return render("pipeline.sliced.sql", rows=self.ready.rows, key=self.ready.resolved.key)

    def analyzed(self) -> str:
        """Statistics of the columns by which a large slice is joined; others would cost."""
        return _analyze(self.ready.rows, [column.name for column in self.ready.resolved.key])

    def analyzed_candidates(self) -> str:
        """The same of its candidates."""
        ready = self.ready
        matched = {name for rung in ready.match for name in rung.columns}
        known = matched | set(ready.natural_key)
        names = [column.name for column in ready.mapping.columns if column.name in known]
        return _analyze(self.candidates_table, ["integrity_key", "integrity_arm", *names])

    def analyzed_fates(self) -> str:
        """The same of their fates."""
        names = ("key", "arm", "fate", "target", "reject", "linked")
        return _analyze(self.fates, [PREFIX + name for name in names])

    def analyzed_target(self) -> str:
        """The same of the target, which batches fill and read in turn."""
        ready = self.ready
        known = {ready.primary.name, *ready.natural_key}
        return _analyze(
            ready.target.name, [c.name for c in ready.target.columns if c.name in known]
        )

    def analyzed_links(self) -> str:
        """The same of the links."""
        links = ("pipeline", "source", "source_key", "arm", "target_key")
        return _analyze(self.toolkit("pipeline_links"), links)

    # --- candidates --------------------------------------------------------------------------

    def candidates(self) -> Iterator[str]:
        """The candidates of the slice, and what the rules say of them."""
        ready = self.ready
        yield candidates_sql(ready.mapping, ready.resolved, ready.layout)
        if ready.rules:
            yield render("pipeline.rules.sql", candidates=self.candidates_table, rules=ready.rules)

    def refused(self) -> Iterator[str]:
        """The candidates of a row that the server refused, in place of ``candidates``."""
        yield render(
            "pipeline.refused.sql",
            candidates=self.candidates_table,
            rows=self.ready.rows,
            key=self.key,
            arms=[(arm.number, self._fills(arm)) for arm in self.ready.resolved.arms],
            drops=self.drops,
        )

    # --- accounts ----------------------------------------------------------------------------

    def judged(self) -> Iterator[str]:
        """Rejects what the target's NOT NULL and checks do not take."""
        lines = list(judged_lines(self.ready))
        if lines:
            yield render(
                "pipeline.judge.sql",
                fates=self.fates,
                candidates=self.candidates_table,
                target=self.ready.target.name,
                primary=self.ready.primary.name,
                lines=lines,
            )

    def resolved(self) -> str:
        """Closes the entries in quarantine of rows that pass now."""
        return render(
            "pipeline.resolved.sql",
            quarantine=self.toolkit("pipeline_quarantine"),
            fates=self.fates,
            arms=self.link_arms,
            **self._of_source,
        )

    def without_outside(self) -> str:
        """Takes rows out of the slice that this run does not look at."""
        return render("pipeline.outside.sql", rows=self.ready.rows, fates=self.fates, key=self.key)

    def found(self) -> str:
        """Counts found, dropped (by reason), matched, repeated and empty candidates."""
        arms, layout = self.ready.resolved.arms, self.layout
        return render(
            "pipeline.found.sql",
            rows=self.ready.rows,
            fates=self.fates,
            drops=self.drops,
            becauses=[rule.because for rule in self.ready.resolved.drops],
            arms=len(arms),
            empties=[[filled(one, layout) for one in a.fills] for a in arms if a.fills]
            if len(arms) > 1
            else [],
        )

    def numbered(self) -> Iterator[str]:
        """Gives new rows their keys, in the order of the source."""
        ready = self.ready
        if ready.new_key:
            facts = {"fates": self.fates, "candidates": self.candidates_table}
            yield render(
                "pipeline.keys.sql", new_key=ready.new_key, type=ready.primary.type, **facts
            )

    def created(self) -> str:
        """Writes new rows; its count is theirs. Empty: the pipeline makes none."""
        ready = self.ready
        if not ready.new_key:
            return ""
        names = {c.name for c in (*ready.written, *ready.only_new)} - {ready.primary.name}
        return render(
            "pipeline.create.sql",
            fates=self.fates,
            candidates=self.candidates_table,
            target=ready.target.name,
            primary=ready.primary.name,
            columns=[c.name for c in ready.target.columns if c.name in names],
            stamp=ready.pipeline.stamp,
            repeats=self._repeats,
        )

    def compared(self) -> str:
        """Counts matched rows by the columns in which they differ."""
        if not self.ready.written:
            return render("pipeline.standing.sql", fates=self.fates)
        return render("pipeline.compared.sql", columns=self._written, **self._of_target)

    def updated(self, run: int, ways: Sequence[Sequence[str]]) -> Iterator[str]:
        """Update matched rows, a statement for each of the ``ways`` in which they differ.

        Each counts the rows, and their entries in the history.
        """
        columns = self._written
        facts = {
            "stamp": self.ready.pipeline.stamp,
            "history": self.toolkit("pipeline_history"),
            "pipeline": self.ready.pipeline.name,
            "run": run,
            **self._of_target,
        }
        exact = len(ways) <= _WAYS
        for names in ways if exact else ([column["name"] for column in columns],):
            yield render(
                "pipeline.update.sql",
                columns=[one for one in columns if one["name"] in names],
                others=[one for one in columns if one["name"] not in names],
                exact=exact,
                **facts,
            )

    def quarantined(self, detail: str = "") -> str:
        """Keeps rejected rows; counts them by reason. ``detail``: what the server said."""
        ready = self.ready
        hidden = ",".join(c.name for c in ready.mapping.columns if c.name.startswith(PREFIX))
        return render(
            "pipeline.quarantine.sql",
            quarantine=self.toolkit("pipeline_quarantine"),
            fates=self.fates,
            candidates=self.candidates_table,
            arms=ready.resolved.arms,
            reasons=self._reasons,
            hidden="{" + hidden + "}",
            detail=detail,
            **self._of_source,
        )

    def linked(self, run: int) -> Iterator[str]:
        """Remembers which row of the target each row of the source is."""
        facts = {
            "links": self.toolkit("pipeline_links"),
            "fates": self.fates,
            "pipeline": self.ready.pipeline.name,
            "label": self.ready.label,
        }
        if self.known and self.ready.pipeline.load != "append":  # there no row claims in vain
            yield render("pipeline.claims_given_up.sql", **facts)
        for known in (False, True) if self.known else (False,):
            yield render("pipeline.links.sql", run=run, arms=self.link_arms, known=known, **facts)

    @property
    def link_arms(self) -> Sequence[ResolvedArm]:
        """The arms by which links tell the rows of one source row apart; none: there is one."""
        return self.ready.resolved.arms if self.ready.source.arms else ()

    def _fills(self, arm: ResolvedArm) -> str:
        """The condition under which an arm says something; empty: it always does."""
        return " or ".join(filled(given, self.layout) for given in arm.fills)

    @cached_property
    def _reasons(self) -> list[dict[str, object]]:
        return worded_reasons(self.ready)

    @property
    def _written(self) -> list[dict[str, str]]:
        """The columns of every write, and how each is compared."""
        return [
            {"name": c.name, "same": same(f"t.{ident(c.name)}", f"c.{ident(c.name)}", c.type)}
            for c in self.ready.written
        ]

    @property
    def _of_target(self) -> dict[str, object]:
        return {
            "fates": self.fates,
            "candidates": self.candidates_table,
            "target": self.ready.target.name,
            "primary": self.ready.primary,
        }

    @property
    def _repeats(self) -> dict[str, str] | None:
        """The column that counts repeats, and what a row has there that was seen once."""
        column = self.ready.target.column(self.ready.pipeline.repeats or "")
        return {"name": column.name, "default": column.default or "null"} if column else None

    # --- names -------------------------------------------------------------------------------

    @property
    def _of_source(self) -> dict[str, object]:
        return {
            "rows": self.ready.rows,
            "pipeline": self.ready.pipeline.name,
            "label": self.ready.label,
            "key": self.key,
        }

    @property
    def layout(self) -> Layout:
        """Where the tables stand."""
        return self.ready.layout

    @property
    def key(self) -> str:
        """The key of a row ``s`` of the extract, in the type of the work tables."""
        return key_sql(self.ready.resolved, self.ready.mapping.key_type, alias="s")

    @property
    def drops(self) -> Sequence[str]:
        """The conditions under which rows are left out on purpose."""
        return [rule.when.text for rule in self.ready.resolved.drops]

    @property
    def candidates_table(self) -> Name:
        """Work table: one row per row of the slice and arm."""
        return self.layout.work(self.ready.work_name, "candidates")

    @property
    def matched(self) -> Name:
        """Work table: the rows of the target that ways to match found."""
        return self.layout.work(self.ready.work_name, "matched")

    @property
    def fates(self) -> Name:
        """Work table: what becomes of each candidate."""
        return self.layout.work(self.ready.work_name, "fates")

    def toolkit(self, name: str) -> Name:
        """One of the toolkit's tables."""
        return self.layout.toolkit(name)


def _analyze(table: Name, columns: Sequence[str]) -> str:
    return f"analyze {qualified(table)} ({', '.join(ident(name) for name in columns)})"
