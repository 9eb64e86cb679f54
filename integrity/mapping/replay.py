"""The statements that replay a quarantine: candidates once rejected, tried with the mended YAML.

The switch has happened, so candidates join rows that stand already, or found new ones. Rows that
stand keep their values; what a replayed candidate says otherwise is recorded as a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import candidates_sql, deferred_joins
from integrity.mapping.comparable import as_jsonb, compared
from integrity.mapping.layout import Layout
from integrity.mapping.load import Load
from integrity.mapping.ranking import sortable
from integrity.mapping.resolved import ResolvedMapping
from integrity.model import Key, Name
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Replay:
    """Writes the SQL of one replay. ``layout``: after the switch, with temporary work tables."""

    mapping: ResolvedMapping
    layout: Layout
    migration: str

    def statements(self) -> Iterator[str]:
        """Everything up to the closing of the accounts, in order, for one transaction."""
        yield f"lock table {qualified(self._table)} in share row exclusive mode"
        yield from self._load.work_tables()
        for source in self.mapping.sources:
            yield candidates_sql(self.mapping, source, self.layout)
        yield render(
            "replay.waiting.sql",
            candidates=self._work("candidates"),
            origins=self._work("origins"),
            quarantine=self.layout.toolkit("quarantine"),
            mapping=str(self.mapping.name),
        )
        yield from self._match()
        yield from self._new_rows()
        yield from self._accounts()

    def waits(self) -> str:
        """Whether anything of the mapping is in quarantine."""
        return render(
            "replay.waits.sql",
            quarantine=self.layout.toolkit("quarantine"),
            mapping=str(self.mapping.name),
        )

    def position(self) -> str:
        """The sequence of an assigned key, by oid, its value, and whether that was used."""
        return render("replay.position.sql", table=self._table, primary=self.mapping.primary.name)

    def close(self) -> str:
        """Marks what was replayed and moves it in the ledger: source, arm, inserted, merged."""
        return render(
            "replay.close.sql",
            quarantine=self.layout.toolkit("quarantine"),
            ledger=self.layout.toolkit("ledger"),
            placed=self._work("placed"),
            origins=self._work("origins"),
            table=self._table,
            primary=self.mapping.primary.name,
            mapping=str(self.mapping.name),
            as_jsonb=as_jsonb(self.mapping.table.columns, self.layout),
        )

    def still_rejected(self) -> str:
        """Source, reason and number of the candidates that stay in quarantine."""
        return render(
            "replay.still.sql",
            candidates=self._work("candidates"),
            matched=self._work("matched"),
            merged=self._work("merged"),
            origins=self._work("origins"),
        )

    def _match(self) -> Iterator[str]:
        matched = qualified(self._work("matched"))
        yield render(
            "load_mapping.matched.sql",
            storage=self.layout.work_storage,
            matched=self._work("matched"),
            candidates=self._work("candidates"),
            key_type=self.mapping.key_type,
        )
        yield f"alter table {matched} add integrity_target {self.mapping.primary.type}"
        trusted: list[tuple[str, ...]] = []
        for rung in self.mapping.ladder:
            yield render(
                "replay.join.sql",
                matched=self._work("matched"),
                table=self._table,
                primary=self.mapping.primary.name,
                keys=rung.columns,
                null_safe=rung.null_safe,
                trusted=trusted,
                code="match-many " + ", ".join(rung.columns),
            )
            trusted = [*trusted, rung.columns]
        for rung in self.mapping.ladder:
            yield render(
                "replay.found.sql",
                matched=self._work("matched"),
                keys=rung.columns,
                complete=() if rung.null_safe else rung.columns,
            )

    def _new_rows(self) -> Iterator[str]:
        yield self._load.merged()
        mapped = {column.name for column in self.mapping.columns}
        for key in dict.fromkeys(self.mapping.table.keys()):
            if mapped.issuperset(key.columns):
                yield from self._unique(key)
        yield self._load.numbered_rows()
        yield render(
            "replay.new_rows.sql",
            new_rows=self._work("new_rows"),
            rows=self._work("rows"),
            key=self._new_key(),
        )
        yield render(
            "replay.placed.sql",
            placed=self._work("placed"),
            matched=self._work("matched"),
            new_rows=self._work("new_rows"),
        )
        yield self._insert()

    def _unique(self, key: Key) -> Iterator[str]:
        """Rejects what a row that stands, or a better one of this replay, leaves no place for."""
        facts = {
            "merged": self._work("merged"),
            "keys": key.columns,
            "null_safe": key.nulls_not_distinct,
            "code": "unique " + ", ".join(key.columns),
        }
        yield render("replay.taken.sql", table=self._table, **facts)
        order = [sortable(c) for n in self.mapping.order if (c := self.mapping.table.column(n))]
        yield render("load_mapping.unique.sql", order=order, **facts)

    def _new_key(self) -> str:
        primary = self.mapping.primary
        if not self.mapping.assigned:
            return f"r.{ident(primary.name)}"
        table, column = literal(qualified(self._table)), literal(primary.name)
        return f"nextval(pg_get_serial_sequence({table}, {column}))::{primary.type}"

    def _insert(self) -> str:
        targets = [column.name for column in self.mapping.loaded]
        values = [f"n.{ident(name)}" for name in targets]
        if self.mapping.assigned:
            targets.insert(0, self.mapping.primary.name)
            values.insert(0, "n.integrity_unified")
        origin = {"source": "o.source_label", "key": "p.integrity_key", "arm": "o.arm_label"}
        for column in self.mapping.provenances:
            targets.append(column.name)
            values.append(f"{origin[column.provenance or '']}::{column.type}")
        return render(
            "replay.insert.sql",
            table=self._table,
            targets=targets,
            values=values,
            new_rows=self._work("new_rows"),
            placed=self._work("placed"),
            origins=self._work("origins"),
            traced=bool(self.mapping.provenances),
        )

    def _references(self) -> Iterator[str]:
        """Fills the references of new rows that can be looked up only now."""
        for deferred in self.mapping.deferred:
            yield render(
                "load_mapping.references.sql",
                table=self._table,
                primary=self.mapping.primary.name,
                column=deferred.column,
                carried=deferred.carried.name,
                rows=self._work("new_rows"),
                unified_key="r.integrity_unified",
                direct=False,
                joins=deferred_joins(deferred, "r", self.layout),
            )

    def _accounts(self) -> Iterator[str]:
        yield render(
            "replay.crosswalk.sql",
            crosswalk=self.layout.crosswalk(self.mapping.name),
            placed=self._work("placed"),
            origins=self._work("origins"),
            only_merged=self.mapping.inline,
        )
        yield from self._references()
        yield render(
            "replay.conflicts.sql",
            conflicts=self.layout.toolkit("conflicts"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            placed=self._work("placed"),
            origins=self._work("origins"),
            table=self._table,
            primary=self.mapping.primary.name,
            columns=compared(self.mapping.loaded, "p", "t"),
        )

    @property
    def _table(self) -> Name:
        return self.layout.unified(self.mapping.name)

    @property
    def _load(self) -> Load:
        return Load(self.mapping, self.layout, self.migration)

    def _work(self, part: str) -> Name:
        return self.layout.work(self.mapping.name, part)
