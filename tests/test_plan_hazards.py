"""The catalogue of hazards, its page, and what a run refuses."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TypeGuard

import pytest

from integrity.errors import Exit, RefusedFailure
from integrity.model import Hazard, Migration, Stage, StageKind, Statement, Step
from integrity.plan.hazards import (
    CATALOGUE,
    collect,
    kind_of,
    of_redirected,
    of_unmanaged,
    refused,
)
from integrity.plan.model import Redirected, StepHazard

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "hazards.md").read_text()


def test_each_code_has_its_section_and_each_section_its_code() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == list(CATALOGUE)


def test_each_section_says_what_to_do() -> None:
    for section in PAGE.split("\n## ")[1:]:
        assert "What to do: " in section, section.splitlines()[0]


@pytest.mark.parametrize("code", CATALOGUE)
def test_codes_are_kebab_case_and_meanings_one_line(code: str) -> None:
    kind = kind_of(code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code)
    assert kind.page == f"docs/hazards.md#{code}"
    assert kind.meaning and "\n" not in kind.meaning and not kind.meaning.endswith(".")


def test_every_code_in_the_package_is_in_the_catalogue() -> None:
    used = {
        code
        for path in (ROOT / "integrity").rglob("*.py")
        for code in re.findall(r'\bHazard\(\s*"([^"]+)"', path.read_text())
    }
    assert used and used <= CATALOGUE.keys()


def test_every_code_of_the_catalogue_is_raised_somewhere() -> None:
    found: set[str] = set()
    for path in (ROOT / "integrity").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        listed = {id(n.args[0]) for n in nodes if _calls(n, "HazardKind")}
        found |= {
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in listed
        }
    assert [code for code in CATALOGUE if code not in found] == []


def _calls(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _migration(number: int, *hazards: Hazard, loses: str = "") -> Migration:
    statements = tuple(Statement(sql="select 1", hazards=(one,)) for one in hazards)
    step = Step(id="s", title="S", why="W", statements=statements, loses=loses)
    return Migration(
        number=number,
        name="m",
        stages=(Stage(kind=StageKind.LOAD, steps=(step,)),),
        rollback=(),
    )


PARKED = Hazard("table-parked", "a.b")


def test_hazards_come_in_the_order_of_the_steps_once_each() -> None:
    found = collect([_migration(14, PARKED, PARKED), _migration(13, PARKED)])
    assert found == (
        StepHazard(step="014/s", hazard=PARKED),
        StepHazard(step="013/s", hazard=PARKED),
    )


def test_what_undoing_loses_is_a_hazard_unless_told_already() -> None:
    (one,) = collect([_migration(1, loses="all")])
    assert one.hazard == Hazard("lossy-rollback", "all")
    told = Hazard("lossy-rollback", "some")
    (one,) = collect([_migration(1, told, loses="all")])
    assert one.hazard == told


def test_an_unknown_code_in_a_step_is_a_defect() -> None:
    with pytest.raises(LookupError, match="did you mean 'table-parked'"):
        collect([_migration(1, Hazard("table-parkd", ""))])


def test_hazards_that_only_the_plan_knows() -> None:
    found = of_redirected(
        [
            Redirected(kind="function", name="f()", names=(), effect="x"),
            Redirected(kind="materialized view", name="v", names=(), effect="y"),
        ],
        step="013/switch",
    )
    assert [one.hazard for one in found] == [
        Hazard("redirected-function", "f(): x"),
        Hazard("redirected-view", "v: y"),
    ]
    (one,) = of_unmanaged(["policy p"], step="013/switch")
    assert one == StepHazard(step="013/switch", hazard=Hazard("unmanaged-object", "policy p"))


def test_refused_is_what_was_not_allowed() -> None:
    blocked = Hazard("writes-blocked", "t")
    hazards = [StepHazard(step="s", hazard=one) for one in (PARKED, blocked, PARKED)]
    assert [one.hazard for one in refused(hazards, ["table-parked"])] == [blocked]
    assert refused(hazards, ["table-parked", "writes-blocked", "drops-table"]) == []


def test_a_misspelt_code_is_refused() -> None:
    with pytest.raises(RefusedFailure) as caught:
        refused([], ["table-parkd"])
    assert caught.value.message == "unknown hazard code 'table-parkd' in --allow"
    assert caught.value.hint == "did you mean 'table-parked'?"
    assert caught.value.exit_code is Exit.REFUSED
