"""Why a candidate was rejected, in words: the expression at fault and the columns it reads."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.mapping.candidates import NO_ARM, checks
from integrity.mapping.resolved import ResolvedArm, ResolvedMapping, ResolvedSource
from integrity.sql.expression import parse


def reasons(mapping: ResolvedMapping, source: ResolvedSource) -> list[dict[str, object]]:
    """Per reject code the expression at fault and the columns it reads.

    ``arm`` is None when the reason is the same on all arms.
    """
    by_arm = {arm.number: list(_reasons(mapping, arm)) for arm in source.arms}
    everywhere = [
        reason
        for reason in by_arm[source.arms[0].number]
        if all(reason in found for found in by_arm.values())
    ]
    listed: list[dict[str, object]] = [{"arm": None, **reason} for reason in everywhere]
    if source.unfilled and source.carried:
        lost = {"code": NO_ARM, "expression": "no arm is filled", "reads": source.carried}
        listed.append({"arm": None, **lost})
    for number, found in by_arm.items():
        listed += [{"arm": number, **reason} for reason in found if reason not in everywhere]
    return listed


def _reasons(mapping: ResolvedMapping, arm: ResolvedArm) -> Iterator[dict[str, object]]:
    required = {column.name for column in mapping.required()}
    for value in arm.values:
        codes = ["cast"] if value.guarded or value.has_guards else []
        codes += ["lookup-none", "lookup-many"] if value.ways else []
        codes += ["null"] if value.column.name in required else []
        for code in codes:
            yield {
                "code": f"{code} {value.column.name}",
                "expression": value.written,
                "reads": value.reads,
            }
    for check in checks(mapping):
        columns = _read_by(check.expression)
        read = [value for value in arm.values if value.column.name in columns]
        yield {
            "code": f"check {check.name}",
            "expression": check.expression,
            "reads": tuple(dict.fromkeys(name for value in read for name in value.reads)),
        }
    if not mapping.direct:
        yield from _match_reasons(mapping, arm)


def _match_reasons(mapping: ResolvedMapping, arm: ResolvedArm) -> Iterator[dict[str, object]]:
    """Candidates that agree with two rows, with none, or whose key another row has taken."""
    rungs = [rung.columns for rung in mapping.ladder]
    codes = [("match-many " + ", ".join(columns), columns) for columns in rungs]
    codes += [("unique " + ", ".join(key.columns), key.columns) for key in mapping.later_keys]
    codes.append(("no-key", tuple(dict.fromkeys(name for rung in rungs for name in rung))))
    for code, columns in codes:
        values = [value for name in columns if (value := arm.value(name))]
        yield {
            "code": code,
            "expression": "match: " + ", ".join(columns),
            "reads": tuple(dict.fromkeys(name for value in values for name in value.reads)),
        }


def _read_by(expression: str) -> frozenset[str]:
    return parse(expression).columns
