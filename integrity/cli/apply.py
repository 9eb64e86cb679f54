"""``integrity apply``: run what the plan shows, once its hazards are allowed and it is approved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.cli.approval import approve
from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.errors import DatabaseFailure
    from integrity.model import Settings
    from integrity.plan.compile import Compiled
    from integrity.plan.compile_all import Generated
    from integrity.plan.model import Plan
    from integrity.plan.state import State
    from integrity.run.executor import RunResult
    from integrity.run.status import Status


@click.command()
@click.option(
    "--plan",
    "saved",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A plan saved by `plan --out FILE.json`; refused when anything has changed since.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", "approved", metavar="HASH", help="Approve the plan that has this hash.")
@click.option("--allow", metavar="CODE", multiple=True, help="Allow a hazard; may be repeated.")
@click.pass_obj
def apply(
    session: Session, *, saved: Path | None, yes: bool, approved: str | None, allow: tuple[str, ...]
) -> None:
    """Run what the plan shows, after approval.

    Each kind of hazard that the plan names must be allowed by its code (docs/hazards.md). On a
    terminal the command asks; elsewhere it needs --yes, or --approve with the hash of the plan.
    A run that was interrupted is resumed by the same command.
    """
    from integrity.cli.plan import generated_for, state_of
    from integrity.plan.planner import make_plan

    with session.target() as url:
        generated = generated_for(session, url)
        settings = generated.compiled.project.settings
        current = make_plan(generated, url, data=False)
        state = state_of(url, settings.toolkit_schema)
        made = _confirmed(saved, current, state) if saved else current
        if not made.migrations:
            _nothing(session, current)
            return
        refuse(made, allow)
        _refuse_stale(generated, made)
        approve(session, made.hash, yes=yes, approved=approved, question=_question(made))
        results = run(session, generated.compiled, made, url)
        report(session, made, results, url, settings)


def _confirmed(path: Path, current: Plan, state: State) -> Plan:
    from integrity.plan.saved import confirmed
    from integrity.plan.serialize import PlanFileFailure, plan_from_json

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise PlanFileFailure(f"{path}: {reason.lower()}") from None
    return confirmed(plan_from_json(text), current, state)


def _nothing(session: Session, made: Plan) -> None:
    """Nothing is pending; drift is said all the same."""
    _refuse_drift(made)
    if session.as_json:
        session.emit({"hash": made.hash, "migrations": []})
    else:
        print("nothing to do: the database is in the state that the YAML describes")


def refuse(made: Plan, allow: tuple[str, ...]) -> None:
    """Raise DriftFailure or RefusedFailure for what stands in the way of the plan."""
    from integrity.errors import RefusedFailure
    from integrity.plan.hazards import kind_of, refused

    _refuse_drift(made)
    codes = dict.fromkeys(one.hazard.code for one in refused(made.hazards, allow))
    if codes:
        listed = "; ".join(f"{code} ({kind_of(code).meaning})" for code in codes)
        raise RefusedFailure(
            f"the plan has hazards that were not allowed: {listed}",
            hint="read docs/hazards.md and the plan, then add "
            + " ".join(f"--allow {code}" for code in codes),
        )


def _refuse_drift(made: Plan) -> None:
    from integrity.errors import DriftFailure

    if made.drift:
        more = f"; {len(made.drift) - 5} more" if len(made.drift) > 5 else ""
        raise DriftFailure(
            f"the database is not what was expected: {'; '.join(made.drift[:5])}{more}",
            hint="see `integrity plan`; `integrity inspect` writes the contracts anew",
        )


def _refuse_stale(generated: Generated, made: Plan) -> None:
    """What runs must be what was committed for review, where something was."""
    from integrity.errors import StaleFailure
    from integrity.plan.compile_all import compile_anew
    from integrity.plan.sql_file import file_name

    pending = {file_name(m, way) for m in made.migrations for way in ("migrate", "rollback")}
    if stale := sorted(pending & set(generated.foreign)):
        raise StaleFailure(
            f"this version of the toolkit would run something else than {stale[0]}",
            hint=compile_anew(generated, stale[0]),
        )


def _question(made: Plan) -> str:
    from integrity.plan.verdict import judge

    return f"{judge(made).paragraph}\nplan {made.hash}\nApply it?"


def run(session: Session, compiled: Compiled, made: Plan, url: str) -> list[RunResult]:
    """Run the migrations of the plan, in order; a failed verification is explained."""
    from integrity.errors import DatabaseFailure, UnprovenFailure
    from integrity.run.executor import execute
    from integrity.run.verify import explain_difference

    try:
        return [
            execute(
                migration,
                direction="apply",
                url=url,
                settings=compiled.project.settings,
                plan_hash=made.hash,
                progress=session.progress(),
            )
            for migration in made.migrations
        ]
    except UnprovenFailure as failure:
        if "verify " in failure.message:
            session.tell(explain_difference(compiled, url))
        raise
    except DatabaseFailure as failure:
        _tell_row(session, compiled, url, failure)
        raise


def _tell_row(session: Session, compiled: Compiled, url: str, failure: DatabaseFailure) -> None:
    """Name the expression and the row behind a load that an expression broke."""
    from integrity.run.blame import blame

    for mapping in compiled.mappings:
        if f"load {mapping.name}: candidates" in failure.message:
            for problem in blame(compiled, url, mapping.name):
                session.tell(str(problem))


def report(
    session: Session, made: Plan, results: list[RunResult], url: str, settings: Settings
) -> None:
    """What was done, and where every candidate went."""
    from integrity.cli.status import ledger_grid, read
    from integrity.plan.shown import plural

    if session.as_json:
        session.emit({"hash": made.hash, "migrations": [as_json(one) for one in results]})
        return
    for one in results:
        before = f", {one.skipped} done before" if one.skipped else ""
        steps = plural(len(one.steps), "step")
        print(f"{one.migration}: {steps}{before}, {one.rows:,} rows written, {one.seconds:.1f} s")
    found = read(url, settings.toolkit_schema)
    if found.ledger:
        print(f"\n{ledger_grid(found)}")
        print(f"\n{kept_line(found)}")
    if any(one.number == settings.first_migration for one in made.migrations):
        print("legacy is read-only now; undo it all with `integrity rollback --all`")
    else:
        print("undo it with `integrity rollback`")


def kept_line(found: Status) -> str:
    """How many rows were kept aside."""
    return (
        f"kept aside: {found.count('quarantine'):,} in quarantine,"
        f" {found.count('conflict'):,} conflicts, {found.count('retained'):,} retained"
    )


def as_json(result: RunResult) -> dict[str, object]:
    """A run as JSON values."""
    return {
        "migration": result.migration,
        "direction": result.direction,
        "run_id": result.run_id,
        "steps": len(result.steps),
        "skipped": result.skipped,
        "rows": result.rows,
        "seconds": round(result.seconds, 3),
    }
