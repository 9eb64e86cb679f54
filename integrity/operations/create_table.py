"""Create a unified table beside legacy: columns and checks now, keys when the rows are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from integrity.catalog.ddl import add_foreign_key, add_key, comments, create_table
from integrity.model import ForeignKey, Name, StageKind, Statement, Step, Table
from integrity.operations.context import Context, step_id
from integrity.operations.grants import grant, grants_as_sources, on_table
from integrity.operations.operation import Placed
from integrity.sql.quote import ident, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class CreateTable:
    """One unified table in ``<schema>__next``: created bare, its keys added after the load."""

    context: Context
    table: Table
    old_names: Mapping[Name, Mapping[str, str]]  # of moved tables: legacy column -> unified column
    sources: tuple[Name, ...] = ()  # legacy tables that feed it

    def migrate(self) -> Iterator[Placed]:
        """The bare table, then its keys, then its foreign keys."""
        yield Placed(StageKind.CREATE, self._create())
        yield Placed(StageKind.CONSTRAIN, self._keys())
        for key in self.table.foreign_keys:
            there = self.context.layout.unified(key.references)
            statement = add_foreign_key(self._before_moves(key), self._at, there)
            yield Placed(
                StageKind.CONSTRAIN,
                Step(
                    id=step_id("reference", self.table.name, key.name),
                    title=f"foreign key {key.name} to {key.references}",
                    why="Every reference is checked by the server, not by the toolkit's word.",
                    statements=(Statement(sql=statement),),
                    after=(
                        step_id("keys", self.table.name),
                        *self._keys_of(key.references),
                        *self._references_before(key.name),
                    ),
                    table=self.table.name,
                    undo="it goes with the table",
                ),
            )

    def rollback(self) -> Iterator[Placed]:
        """Drops foreign keys first, so that tables can go in any order."""
        at = qualified(self._at)
        yield Placed(
            StageKind.CONSTRAIN,
            Step(
                id=step_id("drop references", self.table.name),
                title=f"drop the foreign keys of {self.table.name}",
                why="Tables that reference each other can then be dropped one by one.",
                statements=tuple(
                    Statement(
                        sql=f"alter table if exists {at}\n"
                        f"    drop constraint if exists {ident(key.name)}"
                    )
                    for key in self.table.foreign_keys
                ),
                table=self.table.name,
            ),
        )
        yield Placed(
            StageKind.CREATE,
            Step(
                id=step_id("drop", self.table.name),
                title=f"drop the unified table {self.table.name}",
                why="Legacy holds every row again; later changes went back or are retained.",
                statements=(
                    *(Statement(sql=sql) for sql in self._retained()),
                    Statement(sql=f"drop table if exists {at}"),
                ),
                table=self.table.name,
            ),
        )

    def _create(self) -> Step:
        described = comments(self.table, self._at)
        return Step(
            id=step_id("create", self.table.name),
            title=f"create {self.table.name}",
            why=self.table.description or "A unified table, built beside legacy.",
            statements=(
                Statement(sql=create_table(self.table, self._at)),
                *(Statement(sql=comment) for comment in described),
                *(Statement(sql=sql) for sql in self._grants()),
            ),
            table=self.table.name,
            undo="the table is dropped",
        )

    def _retained(self) -> Iterator[str]:
        """Keeps the rows of a table that no legacy table feeds, which nothing writes back."""
        if self.sources:
            return
        layout, key = self.context.layout, self.table.primary_key
        yield render(
            "create_table.retain.sql",
            table=self._at,
            name=str(self.table.name),
            key=key.columns if key else (),
            migration=self.context.migration,
            retained=layout.toolkit("retained"),
            returned=layout.toolkit("returned"),
            reason=f"no mapping has {self.table.name}, so no legacy table takes its rows",
        )

    def _grants(self) -> Iterator[str]:
        """The declared grants; nobody uses them before the switch."""
        if self.table.grants_as_sources and self.sources:
            yield grants_as_sources(self._at, self.sources)
        yield from grant(on_table(self._at), self.table.grants)

    def _keys(self) -> Step:
        adds = [
            add_key(key, self._at, primary=key is self.table.primary_key)
            for key in self.table.keys()  # noqa: SIM118 - not a dict
        ]
        return Step(
            id=step_id("keys", self.table.name),
            title=f"keys of {self.table.name}",
            why="Built once over the loaded rows, which is faster than keeping them while loading.",
            statements=tuple(
                Statement(sql=sql, lock=f"ACCESS EXCLUSIVE on {self._at}, which nobody reads yet")
                for sql in ["set local maintenance_work_mem = '256MB'", *adds]
            ),
            table=self.table.name,
            undo="they go with the table",
        )

    def _before_moves(self, key: ForeignKey) -> ForeignKey:
        """The foreign key with the names that a moved table has until the switch."""
        names = {new: old for old, new in self.old_names.get(key.references, {}).items()}
        return replace(key, to=tuple(names.get(name, name) for name in key.to))

    def _keys_of(self, name: Name) -> list[str]:
        return [] if name in self.old_names else [step_id("keys", name)]

    def _references_before(self, name: str) -> list[str]:
        """One foreign key of a table at a time: each takes a lock that excludes the next."""
        names = [key.name for key in self.table.foreign_keys]
        index = names.index(name)
        return [step_id("reference", self.table.name, names[index - 1])] if index else []

    @property
    def _at(self) -> Name:
        return self.context.layout.unified(self.table.name)
