"""A plan as JSON and back: what ``plan --out`` writes and ``apply --plan`` reads.

The shape follows the dataclasses: an object per value, a list per tuple, and a number for the
version of the format. A reader refuses any other version and any unknown or missing key, so a plan
is understood in full or not at all. Nothing in a plan is secret: a target is named by system
identifier and database, never by URL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from integrity.errors import Exit, Failure
from integrity.plan.model import Plan

FORMAT = "integrity-plan"
VERSION = 1


class PlanFileFailure(Failure):
    """A saved plan cannot be read."""

    exit_code = Exit.USAGE

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"not a usable plan: {problem}", hint="run `integrity plan --out FILE` again"
        )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """The plan as plain dicts, lists, strings and numbers, with format and version."""
    return {"format": FORMAT, "version": VERSION, "plan": _plain(plan)}


def plan_from_dict(data: object) -> Plan:
    """The reverse of ``plan_to_dict``; raises PlanFileFailure and says where."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise PlanFileFailure(f'the file does not say "format": "{FORMAT}"')
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        raise PlanFileFailure(f"version {version!r} is not {VERSION}, the one known here")
    if extra := sorted(data.keys() - {"format", "version", "plan"}):
        raise PlanFileFailure(f"{extra[0]} is not known")
    plan = _value(Plan, data.get("plan"), "plan")
    assert isinstance(plan, Plan)
    return plan


def plan_to_json(plan: Plan) -> str:
    """The plan as indented JSON that ends with a newline; the same plan gives the same bytes."""
    return json.dumps(plan_to_dict(plan), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plan_from_json(text: str) -> Plan:
    """The reverse of ``plan_to_json``; raises PlanFileFailure."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise PlanFileFailure(f"it is not JSON ({error})") from None
    return plan_from_dict(data)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a plan cannot hold a {type(value).__name__}")


def _value(kind: Any, data: object, place: str) -> object:
    """``data`` as a value of the annotated type ``kind``."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind, data, place)
    if origin is tuple:
        return _tuple(get_args(kind), data, place)
    if is_dataclass(kind):
        return _record(kind, data, place)
    return _scalar(kind, data, place)


def _optional(kind: Any, data: object, place: str) -> object:
    (inner,) = (one for one in get_args(kind) if one is not NoneType)
    return None if data is None else _value(inner, data, place)


def _tuple(kinds: tuple[Any, ...], data: object, place: str) -> tuple[object, ...]:
    if not isinstance(data, list):
        raise PlanFileFailure(f"{place} is not a list")
    wanted = kinds[:1] * len(data) if kinds[-1] is Ellipsis else kinds
    if len(wanted) != len(data):
        raise PlanFileFailure(f"{place} has {len(data)} items, not {len(wanted)}")
    pairs = zip(wanted, data, strict=True)
    return tuple(_value(kind, item, f"{place}[{at}]") for at, (kind, item) in enumerate(pairs))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: Any, data: object, place: str) -> object:
    hints = _hints(kind)
    if not isinstance(data, dict):
        raise PlanFileFailure(f"{place} is not an object")
    if wrong := sorted(data.keys() ^ hints.keys()):
        how = "is missing" if wrong[0] in hints else "is not known"
        raise PlanFileFailure(f"{place}.{wrong[0]} {how}")
    return kind(**{name: _value(hints[name], data[name], f"{place}.{name}") for name in hints})


def _scalar(kind: Any, data: object, place: str) -> object:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if data not in set(kind):
            raise PlanFileFailure(f"{place} is {data!r}, not one of {', '.join(kind)}")
        return kind(str(data))
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise PlanFileFailure(f"{place} is not of type {kind.__name__}")
    return data
