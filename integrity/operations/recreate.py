"""Views and functions on the unified tables: created by the switch, dropped first on the way back.

A materialized view is created empty inside the switch, which stays short, and filled by a step of
its own afterwards. Legacy views and functions under the same names are parked like tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.mapping.layout import parking_schema
from integrity.model import Grant, Hazard, Name, Recreated, StageKind, Statement, Step
from integrity.operations.context import SWITCH_STEP, Context, step_id
from integrity.operations.grants import grant
from integrity.operations.operation import Placed
from integrity.operations.rehang_triggers import Rehung
from integrity.sql.quote import ident, literal, qualified
from integrity.sql.scan import Kind, SqlProblem, tokens

ANY_ORDER = "set local check_function_bodies = off"


@dataclass(frozen=True, slots=True)
class Built:
    """An object with the signature by which the server knows it.

    ``replaceable``: CREATE OR REPLACE takes it from what it was to what it is, and back.
    """

    made: Recreated
    signature: str

    def create(self, *, replace: bool = False) -> list[str]:
        """CREATE, with its comment and its grants."""
        made = self.made
        on = f"{made.kind if made.is_routine else 'table'} {self.signature}"
        return [
            definition(made, replace=replace),
            *self.describe(always=replace),
            *([f"revoke execute on {on} from public"] if made.restricted else []),
            *grant(on, made.grants),
        ]

    def describe(self, *, always: bool) -> list[str]:
        """COMMENT ON; ``always``: also to say that there is none."""
        made = self.made
        if made.description is None and not always:
            return []
        return [f"comment on {made.kind} {self.signature} is {literal(made.description)}"]

    def drop(self) -> str:
        """DROP, without CASCADE."""
        return f"drop {self.made.kind} {self.signature}"

    def refresh(self) -> str:
        """What fills a materialized view."""
        return f"refresh materialized view {self.signature}"


def grants_of(made: Recreated) -> tuple[Grant, ...]:
    """The grants that it has: everybody may call a function unless its YAML names those who may."""
    if made.is_routine and not made.restricted:
        return (Grant(role="public", privileges=("execute",)),)
    return made.grants


def definition(made: Recreated, *, replace: bool = False) -> str:
    """CREATE VIEW or CREATE FUNCTION, as it was written."""
    create = "create or replace" if replace else "create"
    body = _body(made.definition.text)
    if made.is_routine:
        return f"{create} {made.kind} {qualified(made.name)}({made.arguments})\n{body}"
    end = "\nwith no data" if made.kind == "materialized view" else ""
    return f"{create} {made.kind} {qualified(made.name)} as\n{body}{end}"


def head_length(made: Recreated) -> int:
    """How many characters stand before the definition."""
    whole = definition(made)
    return whole.index("\n") + 1


def _body(text: str) -> str:
    """Without white space and the semicolon at the end; a last comment ends its line."""
    text = text.rstrip()
    text = text.removesuffix(";").rstrip()
    try:
        last = [token for token in tokens(text) if token.kind is not Kind.SPACE][-1:]
    except SqlProblem:
        return text
    return text + ("\n" if last and last[0].text.startswith("--") else "")


@dataclass(frozen=True, slots=True)
class Recreate:
    """``built``: in an order that works; ``parked``: legacy functions in their way."""

    context: Context
    built: tuple[Built, ...] = ()
    parked: tuple[tuple[Name, str], ...] = ()  # name and arguments
    triggers: tuple[Rehung, ...] = ()

    def park(self) -> Iterator[Statement]:
        """Legacy functions leave their names."""
        for name, arguments in self.parked:
            schema = parking_schema(name.schema)
            yield Statement(sql=f"create schema if not exists {ident(schema)}")
            yield Statement(
                sql=_routine(name, arguments, schema),
                hazards=(Hazard("table-parked", f"{name}({arguments}) moves to {schema}"),),
            )

    def statements(self) -> Iterator[Statement]:
        """Creates all of them."""
        if self.built:
            yield Statement(sql=ANY_ORDER)
        for one in self.built:
            yield from (Statement(sql=sql) for sql in one.create())
        for trigger in self.triggers:
            lock = f"SHARE ROW EXCLUSIVE on {trigger.table}"
            yield from (Statement(sql=sql, lock=lock) for sql in trigger.statements())

    def refreshes(self) -> Iterator[Placed]:
        """Fills materialized views, once the unified tables are in place."""
        yield from (refresh_step(one) for one in filled(self.built))

    def statements_back(self) -> Iterator[Statement]:
        """Drops them, those that read others first; triggers call what they called before."""
        for trigger in self.triggers:
            lock = f"SHARE ROW EXCLUSIVE on {trigger.table}"
            yield from (Statement(sql=sql, lock=lock) for sql in trigger.statements_back())
        yield from (
            Statement(sql=one.drop(), lock=f"ACCESS EXCLUSIVE on {one.made.name}")
            for one in reversed(self.built)
        )

    def unpark(self) -> Iterator[Statement]:
        """Legacy functions take their names again."""
        for name, arguments in self.parked:
            at = Name(parking_schema(name.schema), name.name)
            yield Statement(sql=_routine(at, arguments, name.schema))


def filled(built: tuple[Built, ...]) -> tuple[Built, ...]:
    """Those that hold rows."""
    return tuple(one for one in built if one.made.kind == "materialized view")


def refresh_step(one: Built, after: str = SWITCH_STEP) -> Placed:
    """The step that fills a materialized view."""
    return Placed(
        StageKind.SWITCH,
        Step(
            id=step_id("refresh", one.made.name),
            title=f"fill the materialized view {one.made.name}",
            why="It was created empty, so that the switch does not wait for its query.",
            statements=(Statement(sql=one.refresh(), lock=f"ACCESS EXCLUSIVE on {one.made.name}"),),
            after=(after,),
            undo="it is dropped",
        ),
    )


def _routine(name: Name, arguments: str, schema: str) -> str:
    return f"alter routine {qualified(name)}({arguments}) set schema {ident(schema)}"
