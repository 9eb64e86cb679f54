"""Three legacy tables of lines into one, against a plain script and the best SQL by hand.

The best hand-written SQL does the same accounting: the same rows under the same keys, rejects with
their reasons, what merged into what, and counts per source. It does not verify, so the ratio that
counts against it leaves our verification out; another figure has it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from integrity.bench import place as at
from integrity.bench.figure import Figure, compared
from integrity.bench.place import Place
from integrity.errors import UnprovenFailure
from integrity.model import StageKind
from integrity.plan.compile import Compiled
from integrity.run.executor import execute

ROWS = 600_000
BEST, PLAIN = "consolidate/best", "consolidate/plain"

# What must be equal in the end. "{}" is ours or theirs.
_PLAIN_CHECKS = ("rows", "rejects.{}")
_CHECKS = (*_PLAIN_CHECKS, "numbers", "merged.{}", "account.{}")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one application of both migrations, and of its verify stage alone."""

    all: float
    verify: float


def consolidate(place: Place, rows: int = ROWS) -> list[Figure]:
    """The figures; ``rows`` in each of the three tables. All contestants run in every round.

    Raises UnprovenFailure when they do not end with the same rows.
    """
    given = at.project("consolidate")
    ours = at.compiled(given, place)
    took: list[Took] = []
    best: list[float] = []
    plain: list[float] = []
    with place.database() as template:
        at.fill(template, given, "consolidate/data.sql", rows)
        name = at.name_of(template)
        for _ in range(place.rounds):
            with place.database(name) as url:
                took.append(apply(ours, url))
                wanted = {check: _found(url, check, "ours") for check in _CHECKS}
            best.append(_rival(place, name, BEST, wanted))
            few = {check: wanted[check] for check in _PLAIN_CHECKS}
            plain.append(_rival(place, name, PLAIN, few))
    return _figures(took, best, plain, f"3 x {rows:,} rows", place.server)


def apply(ours: Compiled, url: str) -> Took:
    """Applies both migrations as the command does."""
    begun: dict[StageKind, float] = {}

    def gate(stage: StageKind) -> None:
        begun.setdefault(stage, monotonic())

    settings = ours.project.settings
    begin = monotonic()
    for migration in ours.migrations:
        execute(
            migration, direction="apply", url=url, settings=settings, plan_hash="bench", gate=gate
        )
    end = monotonic()
    return Took(end - begin, begun[StageKind.SWITCH] - begun[StageKind.VERIFY])


def _rival(place: Place, template: str, folder: str, wanted: dict[str, object]) -> float:
    """Seconds of the scripts of ``folder``, which must end with what is ``wanted``."""
    session = f"{folder}/session.sql" if folder == BEST else ""
    phases = [["consolidate/tables.sql"], *at.scripts_in(folder)]
    with place.database(template) as url:
        seconds = at.run_scripts(url, phases, session=session)
        for check, expected in wanted.items():
            found = _found(url, check, "theirs")
            if found != expected:
                raise UnprovenFailure(f"{check}: {folder} ends with {found}, ours with {expected}")
    return seconds


def _found(url: str, check: str, whose: str) -> object:
    return at.first_row(url, f"consolidate/check/{check.format(whose)}.sql")


def _figures(
    took: list[Took], best: list[float], plain: list[float], size: str, server: str
) -> list[Figure]:
    whole, without = [t.all for t in took], [t.all - t.verify for t in took]
    against, script = "best SQL by hand, same accounting", "plain script"
    return [
        compared(
            "consolidate, without verify",
            without,
            against,
            best,
            size=size,
            server=server,
            at_most=1.3,
        ),
        compared("consolidate, with verify", whole, against, best, size=size, server=server),
        compared(
            "consolidate, with verify", whole, script, plain, size=size, server=server, at_most=0.35
        ),
    ]
