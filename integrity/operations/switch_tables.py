"""The switch: unified tables take their names, legacy tables in the way are parked.

One short transaction of catalog changes only. Its undo first freezes the unified tables, so that
the later changes which write-back carries home are complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.layout import parking_schema
from integrity.model import Hazard, Name, StageKind, Statement, Step
from integrity.operations.context import SWITCH_STEP, Context
from integrity.operations.freeze_source import TRIGGER, freeze_sql, thaw_sql
from integrity.operations.move_table import MoveTable
from integrity.operations.operation import Placed
from integrity.operations.recreate import Recreate
from integrity.operations.write_back import WriteBackAll
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class SwitchTables:
    """Puts ``unified`` in place. ``work``: statements that drop what the load left."""

    context: Context
    unified: tuple[Name, ...]
    moved: tuple[MoveTable, ...]
    work: tuple[str, ...]
    write_back: WriteBackAll
    recreate: Recreate

    def migrate(self) -> Iterator[Placed]:
        """Park, move, and drop the schemas that are empty then."""
        moves = [s for name in self._parked for s in self._park(name)]
        moves += [s for move in self.moved for s in move.statements()]
        moves += [self._move(name, to=name.schema) for name in self.unified]
        moves += [*self.recreate.park(), *self.recreate.statements()]
        yield Placed(
            StageKind.SWITCH,
            Step(
                id=SWITCH_STEP,
                title="switch to the unified tables",
                why="One short transaction: readers see legacy before it and unified after it.",
                statements=tuple(moves),
                undo="the tables go back; changes made since are written back or retained",
            ),
        )
        drops = [*self.work, *self._drop_schemas()]
        yield Placed(
            StageKind.SWITCH,
            Step(
                id="drop work tables",
                title="drop what the load left",
                why="Work tables are not needed any more; the accounts stay in the toolkit schema.",
                statements=tuple(Statement(sql=sql) for sql in drops),
                after=(SWITCH_STEP,),
            ),
        )
        yield from self.recreate.refreshes()

    def rollback(self) -> Iterator[Placed]:
        """Freeze unified, let write-back do its work, then put everything where it was."""
        after = self.context.layout.after_switch()
        yield Placed(StageKind.SWITCH, self.freeze())
        finding = list(self.write_back.find())
        yield from (Placed(StageKind.SWITCH, step) for step in finding)
        yield Placed(
            StageKind.SWITCH,
            Step(
                id="switch back",
                title="write later changes back and put the legacy tables under their names",
                why="One transaction: a change is in unified before it, and in legacy after it.",
                statements=(
                    *self.write_back.statements(),
                    *(Statement(sql=sql) for sql in self.write_back.drops()),
                    *self.recreate.statements_back(),
                    *(Statement(sql=s) for s in self._schemas_again()),
                    *(Statement(sql=thaw_sql(name)) for name in self._frozen),
                    *(
                        Statement(sql=_set_schema(name, after_schema), lock=_lock(name))
                        for name in self.unified
                        if (after_schema := self.context.layout.unified(name).schema)
                    ),
                    *(s for move in reversed(self.moved) for s in move.statements_back()),
                    *(
                        Statement(
                            sql=_set_schema(after.legacy(name), name.schema),
                            lock=_lock(after.legacy(name)),
                        )
                        for name in self._parked
                    ),
                    *self.recreate.unpark(),
                    *(
                        Statement(sql=f"drop schema if exists {ident(schema)}")
                        for schema in self._parkings
                    ),
                    Statement(sql=self._forget_switch()),
                ),
                after=tuple(step.id for step in finding),
                only_if=self.context.switched(),
            ),
        )

    def freeze(self) -> Step:
        """Refuses writes to the unified tables while later changes are carried home."""
        return Step(
            id="freeze unified",
            title="block writes to the unified tables",
            why="No change may slip in between finding the later changes and writing them back.",
            statements=(
                *self._without_dependents(),
                *(
                    Statement(sql=sql, lock=f"SHARE ROW EXCLUSIVE on {name}")
                    for name in self._frozen
                    for sql in (
                        freeze_sql(self.context, name),
                        f"alter table {qualified(name)} enable always trigger {TRIGGER}",
                    )
                ),
            ),
            only_if=self.context.switched(),
        )

    def _without_dependents(self) -> Iterator[Statement]:
        """Refuses to begin when views or keys that others made hang on tables that go."""
        if self.unified:
            yield Statement(sql=self._refuse_dependents())

    def _refuse_dependents(self) -> str:
        made = [one.made for one in self.recreate.built]
        return render(
            "switch_tables.dependents.sql",
            tables=[*self.unified, *(one.name for one in made if not one.is_routine)],
            functions=[one.signature for one in self.recreate.built if one.made.is_routine],
        )

    @property
    def _frozen(self) -> list[Name]:
        return [*self.unified, *(move.table.name for move in self.moved)]

    @property
    def _parked(self) -> list[Name]:
        return sorted(self.context.layout.parked_names)

    @property
    def _parkings(self) -> list[str]:
        return sorted(self.context.layout.parking_schemas)

    def _park(self, name: Name) -> Iterator[Statement]:
        schema = parking_schema(name.schema)
        yield Statement(sql=f"create schema if not exists {ident(schema)}")
        yield Statement(
            sql=_set_schema(name, schema),
            lock=_lock(name),
            hazards=(Hazard("table-parked", f"{name} moves to {ident(schema)}"),),
        )

    def _move(self, name: Name, *, to: str) -> Statement:
        at = self.context.layout.unified(name)
        return Statement(sql=_set_schema(at, to), lock=f"ACCESS EXCLUSIVE on {at}")

    def _drop_schemas(self) -> list[str]:
        built = sorted({self.context.layout.unified(name).schema for name in self.unified})
        return [
            f"drop schema if exists {ident(s)}" for s in [*built, self.context.layout.work_schema]
        ]

    def _schemas_again(self) -> list[str]:
        built = sorted({self.context.layout.unified(name).schema for name in self.unified})
        return [f"create schema if not exists {ident(schema)}" for schema in built]

    def _forget_switch(self) -> str:
        return (
            f"update {qualified(self.context.layout.toolkit('journal'))}\n"
            "set outcome = 'undone'\n"
            f"where migration = {literal(self.context.migration)}\n"
            f"    and direction = 'apply'\n    and step = {literal(SWITCH_STEP)}"
        )


def _set_schema(name: Name, schema: str) -> str:
    return f"alter table {qualified(name)} set schema {ident(schema)}"


def _lock(name: Name) -> str:
    return f"ACCESS EXCLUSIVE on {name}"
