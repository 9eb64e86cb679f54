"""Checks of the project's functions: their names, bodies and cycles."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from integrity.config.check import Checked
from integrity.config.expressions import calls, problems
from integrity.errors import Problem
from integrity.model import Expression, Macro


def macro_problems(
    macros: tuple[Macro, ...], checked: Checked
) -> tuple[list[Problem], tuple[Macro, ...]]:
    """What is wrong with the macros, and those that can be expanded, so no use is blamed twice."""
    called = _called(macros)
    found: list[Problem] = []
    sound: dict[str, Macro] = {}
    for macro in _callees_first(macros, called):
        own = list(_signature(macro))
        if not called[macro.name] <= sound.keys():
            own += _cycle_problem(macro, called, checked)
        else:
            place = checked.places.of(macro.location, "sql", "")
            body = Expression(macro.text, place)
            of = f"function {macro.name!r}"
            own += problems(body, macro.arguments, of, tuple(sound.values()))
            if not own and macro.text.strip():
                sound[macro.name] = macro
        found += own
    return found, tuple(sound.values())


def _called(macros: tuple[Macro, ...]) -> dict[str, frozenset[str]]:
    """Macro -> the macros that its body calls."""
    names = {macro.name for macro in macros}
    return {macro.name: calls(Expression(macro.text)) & names for macro in macros}


def _callees_first(
    macros: tuple[Macro, ...], called: MappingType[str, frozenset[str]]
) -> Iterator[Macro]:
    """Each macro after those it calls, as far as cycles allow."""
    by_name = {macro.name: macro for macro in macros}
    done: set[str] = set()

    def visit(name: str) -> Iterator[Macro]:
        if name not in done:
            done.add(name)
            for callee in sorted(called[name]):
                yield from visit(callee)
            yield by_name[name]

    for macro in macros:
        yield from visit(macro.name)


def _cycle_problem(
    macro: Macro, called: MappingType[str, frozenset[str]], checked: Checked
) -> Iterator[Problem]:
    """One problem per cycle, at its first macro by name."""
    path = _way_back(macro.name, called)
    if path and macro.name == min(path):
        place = checked.places.of(macro.location, "sql", "")
        yield Problem(place, f"function {macro.name!r} calls itself: {' -> '.join(path)}")


def _way_back(start: str, called: MappingType[str, frozenset[str]]) -> tuple[str, ...]:
    """The shortest way along calls from a macro back to itself; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for callee in sorted(called[way[-1]] - seen):
            if callee == start:
                return (*way, start)
            seen.add(callee)
            ways.append((*way, callee))
    return ()


def _signature(macro: Macro) -> Iterator[Problem]:
    words = [("name of a function", macro.name)]
    words += [(f"argument of function {macro.name!r}", word) for word in macro.arguments]
    for what, word in words:
        if not (word.isascii() and word.isidentifier() and word == word.lower()):
            message = f"{what}: expected small letters, digits and underscores, found {word!r}"
            yield Problem(macro.location, message)
