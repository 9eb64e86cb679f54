"""A plan as JSON and back: what ``plan --out`` writes and ``apply --plan`` reads.

The shape follows the dataclasses: an object per value, a list per tuple, and a number for the
version of the format. A reader refuses any other version and any unknown or missing key, so a plan
is understood in full or not at all. Nothing in a plan is secret: a target is named by system
identifier and database, never by URL. The door to pydantic, which is imported when it is needed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from integrity.errors import Exit, Failure
from integrity.plan.model import Plan

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

FORMAT = "integrity-plan"
VERSION = 1
_Value = TypeVar("_Value")


class PlanFileFailure(Failure):
    """A saved plan cannot be read."""

    exit_code = Exit.USAGE

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"not a usable plan: {problem}", hint="run `integrity plan --out FILE` again"
        )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """The plan as plain dicts, lists, strings and numbers, with format and version."""
    saved = _envelope().model_construct(plan=plan)
    return {"format": FORMAT, "version": VERSION, **saved.model_dump(mode="json")}


def plan_from_dict(data: object) -> Plan:
    """The reverse of ``plan_to_dict``; raises PlanFileFailure and says where."""
    from pydantic import ValidationError

    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise PlanFileFailure(f'the file does not say "format": "{FORMAT}"')
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        raise PlanFileFailure(f"version {version!r} is not {VERSION}, the one known here")
    saved = {name: value for name, value in data.items() if name not in ("format", "version")}
    try:
        # As JSON text, where a list stands for a tuple and nothing else is converted.
        read = _envelope().model_validate_json(json.dumps(saved))
    except ValidationError as error:
        raise PlanFileFailure(_first(error)) from None
    plan: Plan = read.plan  # type: ignore[attr-defined]
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


def to_json(kind: type[_Value], value: _Value) -> bytes:
    """A dataclass as JSON of the shape that its annotations say."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind).dump_json(value)


def from_json(kind: type[_Value], data: bytes) -> _Value:
    """The reverse of ``to_json``; raises ValueError for anything that is not of that shape."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_json(data, strict=True)


@cache
def _envelope() -> type[BaseModel]:
    from pydantic import ConfigDict, create_model

    config = ConfigDict(extra="forbid", strict=True)
    return create_model("SavedPlan", __config__=config, plan=(Plan, ...))


def _first(error: ValidationError) -> str:
    """Where the first thing is wrong, and what it is."""
    found = error.errors(include_url=False)[0]
    place = ".".join(f"{part}" for part in found["loc"])
    return f"{place}: {found['msg'][0].lower()}{found['msg'][1:]}"
