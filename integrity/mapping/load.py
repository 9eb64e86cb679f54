"""The statements that load one mapping, in the order they run.

Work tables are unlogged: candidates, then (unless one sort decides everything) matched, merged and
rows, then members, which say for each accepted candidate which unified row it became part of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.candidates import (
    candidates_sql,
    candidates_table_sql,
    checks,
    deferred_joins,
    filled,
    key_sql,
    no_arm,
    source_rows,
)
from integrity.mapping.comparable import as_jsonb, compared
from integrity.mapping.layout import Layout
from integrity.mapping.ranking import sortable, surviving
from integrity.mapping.reasons import reasons
from integrity.mapping.resolved import Deferred, ResolvedArm, ResolvedMapping, ResolvedSource
from integrity.model import Name, Slices, Statement
from integrity.sql.quote import cut, ident, qualified
from integrity.sql.template import render

_PARTS = ("origins", "candidates", "matched", "keys", "merged", "rows", "members", "rejected")
_MEMORY = "set local work_mem = '256MB'"


@dataclass(frozen=True, slots=True)
class Load:
    """Writes the SQL of one mapping for one migration."""

    mapping: ResolvedMapping
    layout: Layout
    migration: str

    # --- before ------------------------------------------------------------------------------

    def clear_accounts(self) -> Iterator[str]:
        """Removes what an earlier, undone run of this mapping left in the toolkit's tables."""
        for table in ("ledger", "conflicts", "quarantine"):
            yield render(
                "load_mapping.clear.sql",
                table=self.layout.toolkit(table),
                mapping=str(self.mapping.name),
            )
        yield f"drop table if exists {qualified(self.crosswalk)}"
        yield render(
            "load_mapping.crosswalk_table.sql",
            crosswalk=self.crosswalk,
            key_type=self.mapping.key_type,
            unified_type=self.mapping.primary.type,
        )

    def drop_work_tables(self) -> Iterator[str]:
        """Drops the work tables, those of an earlier run included."""
        for part in _PARTS:
            yield f"drop table if exists {qualified(self._work(part))}"

    def work_tables(self) -> Iterator[str]:
        """The work tables that candidates are written to."""
        yield from self.drop_work_tables()
        yield render(
            "load_mapping.origins.sql",
            storage=self.layout.work_storage,
            origins=self._work("origins"),
            sources=self.mapping.sources,
        )
        # Without statistics the planner sorts all rows to join these few.
        yield f"analyze {qualified(self._work('origins'))}"
        yield candidates_table_sql(self.mapping, self.layout)

    def candidates(self, source: ResolvedSource) -> Iterator[str]:
        """Writes the candidates of one source, once its key is sure to tell its rows apart."""
        if not source.key_is_unique:
            yield render(
                "load_mapping.key.sql",
                source=source,
                names=", ".join(column.name for column in source.key),
                key=key_sql(source, self.mapping.key_type, alias="s"),
                **{"from": qualified(self.layout.legacy(source.table))},
            )
        yield candidates_sql(self.mapping, source, self.layout)

    # --- match and merge ---------------------------------------------------------------------

    def resolve(self) -> Iterator[str]:
        """Decides which candidates become one row, which survives, and numbers the rows."""
        yield _MEMORY
        if self.mapping.direct:
            yield from self._direct()
        else:
            yield f"analyze {qualified(self._work('candidates'))}"
            yield from self._laddered()
            yield f"analyze {qualified(self._work('members'))}"

    def rejected(self) -> str:
        """Collects the rejected candidates. A direct mapping knows them before it resolves."""
        return render(
            "load_mapping.rejected.sql",
            storage=self.layout.work_storage,
            rejected=self._work("rejected"),
            candidates=self._work("candidates"),
            matched=None if self.mapping.direct else self._work("matched"),
            merged=self._work("merged"),
            columns=self._column_names,
        )

    def _direct(self) -> Iterator[str]:
        rung = self.mapping.ladder[0].columns
        names = [*self.mapping.order, *(c for c in rung if c not in self.mapping.order)]
        yield render(
            "load_mapping.direct_members.sql",
            storage=self.layout.work_storage,
            members=self._work("members"),
            candidates=self._work("candidates"),
            order=[self._sortable(name) for name in names],
            key_type=self.mapping.key_type,
        )
        yield f"create index on {qualified(self._work('members'))} using brin (integrity_row)"
        # Only what the joins that follow are on: the other columns are carried along.
        joined = ["integrity_source", "integrity_arm", "integrity_row", "integrity_place"]
        joined += [one.carried.name for one in self.mapping.deferred]
        yield f"analyze {qualified(self._work('members'))} ({', '.join(map(ident, joined))})"

    def _laddered(self) -> Iterator[str]:
        yield render(
            "load_mapping.matched.sql",
            storage=self.layout.work_storage,
            matched=self._work("matched"),
            candidates=self._work("candidates"),
            key_type=self.mapping.key_type,
        )
        yield render(
            "load_mapping.keys.sql",
            storage=self.layout.work_storage,
            keys=self._work("keys"),
            matched=self._work("matched"),
            ladder=[
                {
                    "null_safe": rung.null_safe,
                    "columns": rung.columns,
                    "values": [self._comparable(name) for name in rung.columns],
                }
                for rung in self.mapping.ladder
            ],
        )
        yield f"analyze {qualified(self._work('keys'))}"
        for number, rung in enumerate(self.mapping.ladder, 1):
            yield render(
                "load_mapping.rung.sql",
                matched=self._work("matched"),
                keys=self._work("keys"),
                number=number,
                code="match-many " + ", ".join(rung.columns),
            )
        yield render("load_mapping.unmatched.sql", matched=self._work("matched"))
        yield self.merged()
        order = [self._sortable(name) for name in self.mapping.order]
        for key in self.mapping.later_keys:
            yield render(
                "load_mapping.unique.sql",
                merged=self._work("merged"),
                keys=key.columns,
                null_safe=key.nulls_not_distinct,
                order=order,
                code="unique " + ", ".join(key.columns),
            )
        yield self.numbered_rows()
        yield render(
            "load_mapping.members.sql",
            storage=self.layout.work_storage,
            members=self._work("members"),
            matched=self._work("matched"),
            rows=self._work("rows"),
        )
        yield f"create index on {qualified(self._work('members'))} (integrity_row)"

    def numbered_rows(self) -> str:
        """The merged rows that are accepted, numbered in the declared order."""
        return render(
            "load_mapping.rows.sql",
            storage=self.layout.work_storage,
            rows=self._work("rows"),
            merged=self._work("merged"),
            order=[self._sortable(name) for name in self.mapping.order],
        )

    def merged(self) -> str:
        """Candidates of one entity as one row, with the reason to reject it if there is one."""
        rejects = [
            (f"merged.{ident(c.name)} is null", f"null {c.name}") for c in self.mapping.required()
        ]
        rejects += [(f"({c.expression}) is false", f"check {c.name}") for c in checks(self.mapping)]
        return render(
            "load_mapping.merged.sql",
            storage=self.layout.work_storage,
            merged=self._work("merged"),
            matched=self._work("matched"),
            by_row=self.mapping.by_row,
            columns=[surviving(self.mapping, c) for c in self.mapping.work_columns],
            rejects=rejects or [("false", "never")],
        )

    # --- rows --------------------------------------------------------------------------------

    def insert(self) -> Statement:
        """Inserts the surviving rows; the runner may slice it by the new number."""
        return Statement(
            sql=self._insert(sliced=False),
            lock=f"ROW EXCLUSIVE on {self.layout.unified(self.mapping.name)}",
            slices=Slices(
                sql=self._insert(sliced=True),
                bounds=render("load_mapping.bounds.sql", rows=self._rows),
                boundary=render("load_mapping.boundary.sql"),
            ),
        )

    def _insert(self, *, sliced: bool) -> str:
        targets = [c.name for c in self.mapping.loaded]
        values = [f"r.{ident(c.name)}" for c in self.mapping.loaded]
        if self.mapping.assigned:
            targets.insert(0, self.mapping.primary.name)
            values.insert(0, "r.integrity_row")
        key = "r.integrity_key" if self.mapping.direct else "m.integrity_key"
        origin = {"source": "o.source_label", "key": key, "arm": "o.arm_label"}
        for column in self.mapping.provenances:
            targets.append(column.name)
            values.append(f"{origin[column.provenance or '']}::{column.type}")
        sql = render(
            "load_mapping.insert.sql",
            table=self.layout.unified(self.mapping.name),
            targets=targets,
            values=values,
            rows=self._rows,
            origins=self._work("origins"),
            members=self._work("members"),
            traced=bool(self.mapping.provenances),
            direct=self.mapping.direct,
            sliced=sliced,
        )
        return _with_parameters(sql) if sliced else sql

    def restart_sequence(self) -> Iterator[str]:
        """Sets the key's sequence behind the last number given."""
        if self.mapping.assigned:
            yield render(
                "load_mapping.restart_sequence.sql",
                table=self.layout.unified(self.mapping.name),
                column=self.mapping.primary.name,
            )

    # --- accounts ----------------------------------------------------------------------------

    def account(self) -> Iterator[str]:
        """Writes the crosswalk, once the planner knows the new table."""
        # For the mappings that look rows up here, and for the foreign keys.
        yield f"analyze {qualified(self.layout.unified(self.mapping.name))}"
        yield render(
            "load_mapping.crosswalk.sql",
            crosswalk=self.crosswalk,
            members=self._work("members"),
            origins=self._work("origins"),
            rows=None if self.mapping.direct else self._work("rows"),
            unified_key=self._unified_key("m" if self.mapping.direct else "r"),
            only_merged=self.mapping.inline,
        )
        yield f"create index if not exists {ident(self._crosswalk_index)} on " + (
            f"{qualified(self.crosswalk)} (unified_key)"
        )
        yield f"analyze {qualified(self.crosswalk)}"

    def conflicts(self) -> str:
        """Keeps the values of merged-away candidates that differ from those that survived."""
        return render(
            "load_mapping.conflicts.sql",
            conflicts=self.layout.toolkit("conflicts"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            unified_key=self._unified_key("r"),
            members=self._work("members"),
            rows=self._rows,
            origins=self._work("origins"),
            columns=compared(self.mapping.loaded, "f", "m", "r"),
            direct=self.mapping.direct,
        )

    def quarantine(self) -> Iterator[str]:
        """Keeps each rejected candidate with its reason, what it read, and its source row."""
        yield f"analyze {qualified(self._work('rejected'))}"
        for source in self.mapping.sources:
            yield self._quarantine(source)

    def _quarantine(self, source: ResolvedSource) -> str:
        return render(
            "load_mapping.quarantine.sql",
            quarantine=self.layout.toolkit("quarantine"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            rejected=self._work("rejected"),
            origins=self._work("origins"),
            key=key_sql(source, self.mapping.key_type, alias="s"),
            source=source,
            source_as_jsonb=f"{as_jsonb(source.contract, self.layout)}(s.*)",
            candidate_as_jsonb=f"{as_jsonb(self.mapping.columns, self.layout)}(j.*)",
            reasons=reasons(self.mapping, source),
            **{"from": source_rows(source, self.layout)},
        )

    def references(self, deferred: Deferred) -> Iterator[str]:
        """Fills a deferred reference; what lost, or was not found, is kept as a conflict."""
        facts = {
            "table": self.layout.unified(self.mapping.name),
            "primary": self.mapping.primary.name,
            "column": deferred.column,
            "carried": deferred.carried.name,
            "rows": self._rows,
            "unified_key": self._unified_key("r"),
            "direct": self.mapping.direct,
        }
        yield render(
            "load_mapping.references.sql", joins=deferred_joins(deferred, "r", self.layout), **facts
        )
        yield render(
            "load_mapping.lost_references.sql",
            joins=deferred_joins(deferred, "m", self.layout),
            conflicts=self.layout.toolkit("conflicts"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            members=self._work("members"),
            origins=self._work("origins"),
            **facts,
        )

    def ledger(self, source: ResolvedSource) -> Iterator[str]:
        """Counts each term of the source's account on its own."""
        dropped = " or ".join(f"({rule.when.text}) is true" for rule in source.drops)
        yield render(
            "load_mapping.ledger.sql",
            ledger=self.layout.toolkit("ledger"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            source=source,
            arms=[self._counted(source, arm) for arm in source.arms],
            drops=bool(source.drops),
            dropped=dropped,
            inserted=self._inserted(source),
            crosswalk=self.crosswalk,
            quarantine=self.layout.toolkit("quarantine"),
            **{"from": self.layout.legacy(source.table)},
        )

    def _counted(self, source: ResolvedSource, arm: ResolvedArm) -> dict[str, object]:
        fills = [filled(one, self.layout) for one in arm.fills] if len(source.arms) > 1 else []
        lost = no_arm(source, self.layout) if arm is source.arms[0] else ""
        return {"number": arm.number, "label": arm.label, "fills": fills, "lost": lost}

    def _inserted(self, source: ResolvedSource) -> str:
        table = self.layout.unified(self.mapping.name)
        if self.mapping.inline:
            arm, origin = self.mapping.provenance("arm"), self.mapping.provenance("source")
            assert arm is not None and origin is not None
            return render(
                "load_mapping.inserted_inline.sql",
                table=table,
                source=source,
                arm=arm.name,
                source_column=origin.name,
            )
        return render(
            "load_mapping.inserted_crosswalk.sql",
            table=table,
            source=source,
            crosswalk=self.crosswalk,
            primary=self.mapping.primary.name,
        )

    def balance(self) -> Iterator[str]:
        """Stops the run unless every account is closed and the reject budget is kept."""
        yield render(
            "load_mapping.balance.sql",
            ledger=self.layout.toolkit("ledger"),
            migration=self.migration,
            mapping=str(self.mapping.name),
        )
        share = self.mapping.mapping.max_reject_share
        yield render(
            "load_mapping.budget.sql",
            ledger=self.layout.toolkit("ledger"),
            quarantine=self.layout.toolkit("quarantine"),
            migration=self.migration,
            mapping=str(self.mapping.name),
            max_share=share,
            max_percent=(share * 100).normalize(),
        )

    # --- names -------------------------------------------------------------------------------

    def _work(self, part: str) -> Name:
        return self.layout.work(self.mapping.name, part)

    @property
    def _rows(self) -> Name:
        return self._work("members" if self.mapping.direct else "rows")

    @property
    def crosswalk(self) -> Name:
        """The crosswalk of the table."""
        return self.layout.crosswalk(self.mapping.name)

    @property
    def _crosswalk_index(self) -> str:
        return cut(f"{self.crosswalk.name}_unified_key_idx")

    @property
    def _column_names(self) -> list[str]:
        return [column.name for column in self.mapping.loaded]

    def _sortable(self, name: str) -> str:
        column = self.mapping.table.column(name)
        assert column is not None
        return sortable(column)

    def _comparable(self, name: str) -> str:
        """A column of ``m`` so that equal values have one text: 1.5 and 1.50, 0 and -0."""
        column = self.mapping.table.column(name)
        assert column is not None
        value, kind = f"m.{ident(name)}", column.type
        if kind.startswith("numeric") and not kind.endswith("]"):
            return f"trim_scale({value})"
        return f"{value} + 0" if kind in ("real", "double precision") else value

    def _unified_key(self, alias: str) -> str:
        name = "integrity_row" if self.mapping.assigned else ident(self.mapping.primary.name)
        return f"{alias}.{name}"


def _with_parameters(sql: str) -> str:
    """The sliced statement with its ends as parameters; a ``%`` of a name is doubled."""
    low, high = "/* low */", "/* high */"
    return sql.replace("%", "%%").replace(low, "%(low)s").replace(high, "%(high)s")
