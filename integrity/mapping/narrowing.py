"""From differing buckets to keys and columns: the SQL that explains a failed verification.

Rows are paired by natural key first, NULL equal to NULL. A missing and an extra row that are made
from one source row are then one row with a wrong key. Everything goes to temporary tables, and
nothing here runs unless a bucket differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.comparable import hashable
from integrity.mapping.expectation import WITHOUT_SORT, Expectation
from integrity.mapping.layout import Layout
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Column, Name
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render

_PARTS = (
    *("differing_expected", "differing_actual", "membership"),
    *("pairs", "origins", "paired", "claims"),
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Writes the SQL for one mapping; ``layout`` has its work tables in a temporary schema.

    ``replayed``: as of the expectation.
    """

    mapping: ResolvedMapping
    layout: Layout
    replayed: bool = False

    # --- how much differs --------------------------------------------------------------------

    def buckets(self) -> Iterator[str]:
        """Writes rows and members of both sides, and whether they differ, for every bucket."""
        buckets = qualified(self.work("buckets"))
        yield f"drop table if exists {buckets}"
        yield WITHOUT_SORT
        yield f"create temporary table {buckets} as\n{self._expectation.buckets()}"
        yield "set local enable_sort = on"

    def totals(self) -> str:
        """Asks for expected and actual rows, differing buckets, and the same for members."""
        return (
            "select sum(expected_rows)::bigint, sum(actual_rows)::bigint,\n"
            "    count(*) filter (where rows_differ), sum(expected_members)::bigint,\n"
            "    sum(actual_members)::bigint, count(*) filter (where members_differ)\n"
            f"from {qualified(self.work('buckets'))}"
        )

    def ledger(self) -> str:
        """Asks, per source and arm, for the ledger's terms and the rows they must equal."""
        sources = self.mapping.sources
        return render(
            "verify_mapping.ledger.sql",
            ledger=self.layout.toolkit("ledger"),
            quarantine=self.layout.toolkit("quarantine"),
            crosswalk=self.crosswalk,
            mapping=str(self.mapping.name),
            arms=[(source.label, arm.label) for source in sources for arm in source.arms],
            sources=[(source.label, self.layout.legacy(source.table)) for source in sources],
        )

    # --- which rows and columns --------------------------------------------------------------

    def pair(self) -> Iterator[str]:
        """Writes the rows of differing buckets, and how those of both sides pair and differ."""
        yield from (f"drop table if exists {qualified(self.work(part))}" for part in _PARTS)
        columns = ", ".join(f"t.{ident(c.name)}" for c in self.columns)
        table = qualified(self.layout.unified(self.mapping.name))
        for side, rows in (("expected", f"(\n{self._expectation.query()}\n)"), ("actual", table)):
            yield (
                f"create temporary table {qualified(self.work(f'differing_{side}'))} as\n"
                f"select {columns}\nfrom {rows} as t\n"
                f"join {qualified(self.work('buckets'))} as b\n"
                f"    on b.bucket = ({self._expectation.bucket()}) and b.rows_differ"
            )
        yield self._membership()
        yield self._render(
            "verify_mapping.pairs.sql", identity=self.identity, differing=self._differing
        )
        yield self._origins()
        yield self._render("verify_mapping.paired_by_origin.sql", paired=self.work("paired"))
        yield self._render(
            "verify_mapping.repair.sql", paired=self.work("paired"), differing=self._differing
        )
        yield self._render(
            "verify_mapping.claims.sql",
            sources=self.mapping.sources,
            candidates=self._expectation.candidates(),
        )
        for part in ("pairs", "membership", "differing_expected", "differing_actual"):
            yield f"analyze {qualified(self.work(part))}"

    def pair_deferred(self) -> Iterator[str]:
        """The same for references that are filled last, once the keys were translated."""
        for part in ("deferred_expected", "deferred_pairs"):
            yield f"drop table if exists {qualified(self.work(part))}"
        primary = ident(self.mapping.primary.name)
        key = (
            f"coalesce(p.actual_key, t.{primary})"
            if not self._expectation.stored
            else f"t.{primary}"
        )
        others = "".join(f", t.{ident(column.name)}" for column in self.columns[1:])
        yield (
            f"create temporary table {qualified(self.work('deferred_expected'))} as\n"
            f"select {key} as {primary}{others}\nfrom (\n{self._expectation.query()}\n) as t\n"
            f"left join {qualified(self.work('pairs'))} as p\n    on p.expected_key = t.{primary}"
        )
        yield self._render(
            "verify_mapping.deferred_pairs.sql",
            deferred_pairs=self.work("deferred_pairs"),
            expected=self.work("deferred_expected"),
            actual=self.layout.unified(self.mapping.name),
            differing=_differing([one.column for one in self.mapping.deferred]),
        )

    def counts(self, *, deferred: bool = False) -> str:
        """Asks for the number of rows per kind of difference and column."""
        return self._render("verify_mapping.counts.sql", **self._side(deferred))

    def examples(self, limit: int, *, without: str = "", deferred: bool = False) -> str:
        """Asks for up to ``limit`` differences per kind and column, but those of one column."""
        return self._render(
            "verify_mapping.examples.sql",
            columns=[column.name for column in self.columns],
            key_of_expected=self._key("e"),
            key_of_actual=self._key("a"),
            expected_by="actual_key" if deferred else "expected_key",
            limit=limit,
            without=without,
            **self._side(deferred),
        )

    def _side(self, deferred: bool) -> dict[str, object]:
        if not deferred:
            return {}
        return {
            "pairs": self.work("deferred_pairs"),
            "expected": self.work("deferred_expected"),
            "actual": self.layout.unified(self.mapping.name),
        }

    def crosswalk_differences(self, limit: int) -> str:
        """Asks for up to ``limit`` rows of the crosswalk that differ, keys translated."""
        return self._render(
            "verify_mapping.crosswalk_differences.sql",
            crosswalk=self.crosswalk,
            only_merged=self.mapping.inline,
            limit=limit,
        )

    def translate(self) -> Iterator[str]:
        """Gives expected rows the keys that the table has, for the tables that refer to them.

        A row that is missing is taken out: what refers to it is compared with the table as it is.
        """
        tables = []
        if self.mapping.assigned and (self.mapping.looked_up or self._expectation.stored):
            tables.append(("expected", self.mapping.primary.name))
        if self.mapping.referenced:
            tables.append(("expected_members", "integrity_unified"))
        for part, column in tables:
            for template in ("forget_missing", "renumber"):
                yield self._render(
                    f"verify_mapping.{template}.sql", table=self.work(part), key=column
                )

    # --- parts -------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are compared, the key first."""
        return self._expectation.columns()

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns by which rows are paired: the natural key, or the primary key."""
        compared = {column.name for column in self.columns}
        key = self.mapping.table.natural_key
        if key and set(key.columns) <= compared - {c.column.name for c in self.mapping.deferred}:
            return key.columns
        return (self.mapping.primary.name,)

    @property
    def crosswalk(self) -> Name:
        """The crosswalk of the table."""
        return self.layout.crosswalk(self.mapping.name)

    def work(self, part: str) -> Name:
        """A temporary table of this verification."""
        return self.layout.work(self.mapping.name, part)

    @property
    def _expectation(self) -> Expectation:
        return Expectation(self.mapping, self.layout, self.replayed)

    @property
    def _differing(self) -> str:
        """The names of the columns that differ between ``e`` and ``a``, deferred ones excluded."""
        later = {one.column.name for one in self.mapping.deferred}
        return _differing([column for column in self.columns if column.name not in later])

    def _membership(self) -> str:
        """All expected members; the source key as text, as it is written in reports."""
        return (
            f"create temporary table {qualified(self.work('membership'))} as\n"
            "select source, source_key::text as source_key, arm, unified_key, survived\n"
            f"from (\n{self._expectation.membership()}\n) as m"
        )

    def _origins(self) -> str:
        inline = {kind: self.mapping.provenance(kind) for kind in ("source", "key", "arm")}
        names = {kind: column.name for kind, column in inline.items() if column}
        return self._render(
            "verify_mapping.origins_of_rows.sql",
            origins=self.work("origins"),
            crosswalk=self.crosswalk,
            inline=names if self.mapping.inline else None,
        )

    def _key(self, row: str) -> str:
        parts = ", ".join(f"{literal(name)}, {row}.{ident(name)}::text" for name in self.identity)
        return f"json_build_object({parts})"  # keeps the order of the key

    def _render(self, template: str, **values: object) -> str:
        shared: dict[str, object] = {
            "pairs": self.work("pairs"),
            "expected": self.work("differing_expected"),
            "actual": self.work("differing_actual"),
            "membership": self.work("membership"),
            "origins": self.work("origins"),
            "claims": self.work("claims"),
            "primary": self.mapping.primary.name,
        }
        return render(template, **(shared | values))


def _differing(columns: list[Column]) -> str:
    triples = [
        (column.name, hashable(column, of="e"), hashable(column, of="a")) for column in columns
    ]
    return render("verify_mapping.differing_columns.sql", columns=triples).strip()
