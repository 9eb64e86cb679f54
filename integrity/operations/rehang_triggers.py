"""Triggers of moved tables call the functions that stand for those which they called.

A trigger is bound to its function by number, so it would go on calling a function whose body
names tables that are gone. CREATE OR REPLACE TRIGGER keeps its name and its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import compile as pattern

from integrity.catalog.ddl import enable_trigger
from integrity.model import Name, Table, Trigger
from integrity.sql.quote import qualified

_CALL = pattern(r" EXECUTE (?:FUNCTION|PROCEDURE) (?P<name>[^(]+)\(")


@dataclass(frozen=True, slots=True)
class Rehung:
    """One trigger. ``table``: after the switch; ``there`` and ``back``: its definitions on it."""

    trigger: Trigger
    table: Name
    there: str
    back: str

    def statements(self) -> Iterator[str]:
        """Hang it on the new function."""
        yield from self._replaced(self.there)

    def statements_back(self) -> Iterator[str]:
        """Hang it on the function that it had."""
        yield from self._replaced(self.back)

    def _replaced(self, definition: str) -> Iterator[str]:
        yield definition.replace("CREATE TRIGGER", "create or replace trigger", 1)
        if enable := enable_trigger(self.trigger, self.table):
            yield enable


def called(trigger: Trigger) -> str:
    """The function of a trigger, as its definition spells it."""
    match = _CALL.search(trigger.definition)
    return match["name"] if match else ""


def calling(definition: str, function: Name) -> str:
    """The definition of a trigger with another function."""
    return _CALL.sub(lambda _: f" EXECUTE FUNCTION {qualified(function)}(", definition, count=1)


def rehung(
    table: Table, moved: Name, successors: Mapping[str, Name], places: Mapping[str, Name]
) -> Iterator[Rehung]:
    """The triggers of a legacy table that get another function when it becomes ``moved``.

    ``successors``: by legacy function, as it is spelt; ``places``: where legacy functions stand
    after the switch, if that is not where they were.
    """
    old, new = f" ON {qualified(table.name)} ", f" ON {qualified(moved)} "
    for trigger in table.triggers:
        function = called(trigger)
        if function in successors:
            here = trigger.definition.replace(old, new, 1)
            back = calling(here, places[function]) if function in places else here
            yield Rehung(trigger, moved, calling(here, successors[function]), back)
