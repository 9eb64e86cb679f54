"""A saved plan is read back as it was, or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from plan_fixture import example_plan, hostile_plan

from integrity.errors import Exit
from integrity.plan.model import Plan
from integrity.plan.serialize import (
    PlanFileFailure,
    plan_from_dict,
    plan_from_json,
    plan_to_dict,
    plan_to_json,
)


@pytest.mark.parametrize("plan", [example_plan(), hostile_plan()], ids=["example", "hostile"])
def test_there_and_back(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan
    assert plan_to_json(plan_from_json(plan_to_json(plan))) == plan_to_json(plan)


def test_a_plan_without_data() -> None:
    plan = replace(example_plan(), profiles=None)
    assert plan_from_json(plan_to_json(plan)) == plan


def _with(path: str, value: Any) -> dict[str, Any]:
    data = json.loads(plan_to_json(example_plan()))
    *way, last = path.split(".")
    place: Any = data
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("format", "other", 'the file does not say "format": "integrity-plan"'),
        ("version", 2, "version 2 is not 1, the one known here"),
        ("version", True, "version True is not 1, the one known here"),
        ("version", ..., "version None is not 1, the one known here"),
        ("plan", [], "plan: input should be an object"),
        ("plan.hash", 5, "plan.hash: input should be a valid string"),
        ("plan.hash", ..., "plan.hash: field required"),
        ("plan.extra", 1, "plan.extra: unexpected keyword argument"),
        (
            "plan.target.server_version",
            True,
            "plan.target.server_version: input should be a valid integer",
        ),
        ("plan.drift", "x", "plan.drift: input should be a valid array"),
        ("plan.parts", [["yaml"]], "plan.parts.0.1: field required"),
        (
            "plan.migrations.0.stages.0.kind",
            "dance",
            "plan.migrations.0.stages.0.kind: input should be "
            "'prepare', 'create', 'load', 'constrain', 'verify' or 'switch'",
        ),
    ],
)
def test_what_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PlanFileFailure) as caught:
        plan_from_dict(_with(path, value))
    assert caught.value.message == f"not a usable plan: {message}"
    assert caught.value.exit_code is Exit.USAGE


def test_text_that_is_not_json() -> None:
    with pytest.raises(PlanFileFailure, match="not a usable plan: it is not JSON"):
        plan_from_json("{")


def test_the_document_says_what_it_is() -> None:
    data = plan_to_dict(example_plan())
    assert (data["format"], data["version"]) == ("integrity-plan", 1)
    assert set(data) == {"format", "version", "plan"}
