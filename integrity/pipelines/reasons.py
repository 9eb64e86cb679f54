"""Why a row was rejected, in words: reason, what it is about, and the source columns at fault."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.mapping.reasons import reasons
from integrity.mapping.resolved import ResolvedArm
from integrity.pipelines.resolve import Ready
from integrity.sql.expression import SqlProblem, parse

_MATCH = ("match-none", "match-shared", "match-moved")


def worded_reasons(ready: Ready) -> list[dict[str, object]]:
    """Per code of the candidates: ``reason``, ``column`` (or rule, check, way) and ``reads``."""
    shown: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for code, reason, about, reads in _every(ready):
        shown[code] = (reason, about, reads)
    return [
        {"code": code, "reason": reason, "column": about, "reads": reads}
        for code, (reason, about, reads) in shown.items()
    ]


def _every(ready: Ready) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    arm = ready.resolved.arms[0]
    for one in reasons(ready.mapping, ready.resolved):
        code, reads = str(one["code"]), one["reads"]
        reason, _, about = code.partition(" ")
        yield code, reason, about, reads if isinstance(reads, tuple) else ()
    for value in arm.values:
        yield f"null {value.column.name}", "null", value.column.name, value.reads
    for check in ready.target.checks:
        yield f"check {check.name}", "check", check.name, _read(arm, _columns(check.expression))
    for rung in ready.match:
        reads = _read(arm, rung.columns)
        yield f"match-many {rung.name}", "match-many", rung.name, reads
        yield from ((f"cast {c}", "cast", f"match {rung.name}", reads) for c in rung.columns)
    every = _read(arm, tuple(name for rung in ready.match for name in rung.columns))
    yield from ((code, code, "", every) for code in _MATCH)
    for column, rule in ready.rules:
        reads = _read(arm, (column,))
        yield f"rule {rule.name}", "rule", rule.name, reads
        yield f"cast {column}", "cast", f"rule {rule.name}", reads


def _read(arm: ResolvedArm, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The source columns from which these columns of a candidate are made."""
    values = [value for name in columns if (value := arm.value(name))]
    return tuple(dict.fromkeys(name for value in values for name in value.reads))


def _columns(expression: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(parse(expression).columns))
    except SqlProblem:
        return ()
