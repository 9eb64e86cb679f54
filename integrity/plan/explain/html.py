"""The plan as one HTML page that needs nothing else: no request, no script to be read.

The content security policy allows the page's own style and script by their hashes and nothing
more, so even a value that slipped through the escaping could neither run nor load anything.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from integrity.model import Migration, Stage, Statement, Step
from integrity.plan.explain.document import dependents_by_rule, facts, version
from integrity.plan.explain.flow_map import Picture, picture
from integrity.plan.hazards import kind_of, step_reference
from integrity.plan.model import (
    ColumnLabel,
    LedgerLine,
    MappingProfile,
    MappingSummary,
    Plan,
    RejectGroup,
)
from integrity.plan.shown import number, plural, shown
from integrity.plan.verdict import OUTCOMES, Verdict, by_source, hazard_groups, judge, total
from integrity.sql.scan import Kind, SqlProblem, tokens
from integrity.sql.template import directory, render_page

_FEW = 8  # groups of rejects that are shown at once
_LABELS = ("one-way", "lossy", "exact")


@dataclass(frozen=True, slots=True)
class _Account:
    """A source's ledger line, with one for each of its arms when it has several."""

    whole: LedgerLine
    arms: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class _MappingView:
    anchor: str
    summary: MappingSummary
    facts: tuple[str, ...]
    profile: MappingProfile | None
    sums: LedgerLine | None
    accounts: tuple[_Account, ...]
    used: tuple[str, ...]  # outcomes that occur
    rejects: tuple[RejectGroup, ...]  # the largest first
    labels: tuple[ColumnLabel, ...]
    label_counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _StepView:
    anchor: str
    reference: str
    step: Step
    after: tuple[tuple[str, str], ...]  # id and anchor; no anchor for a step of elsewhere
    locks: tuple[str, ...]
    hazards: tuple[tuple[str, tuple[str, ...]], ...]  # code and details
    alone: bool  # a statement runs outside a transaction
    sliced: bool
    statements: tuple[tuple[tuple[tuple[str, str], ...], ...], ...]  # lines of (class, text)


@dataclass(frozen=True, slots=True)
class _StageView:
    kind: str
    steps: tuple[_StepView, ...]


@dataclass(frozen=True, slots=True)
class _MigrationView:
    stem: str
    stages: tuple[_StageView, ...]
    way_back: tuple[_StageView, ...]


def render_html(plan: Plan) -> str:
    """The page, ending with a newline. The same plan gives the same bytes."""
    style = (directory() / "plan.css").read_text(encoding="utf-8")
    script = (directory() / "plan.js").read_text(encoding="utf-8")
    verdict, drawn = judge(plan), picture(plan)
    text = render_page(
        "plan.html",
        show=shown,
        filters={"number": number, "plural": plural, "share": _share, "short": _short},
        policy=content_policy(style, script),
        style=style,
        script=script,
        plan=plan,
        version=version(plan.target.server_version),
        verdict=verdict,
        command=_command(plan, verdict),
        hazards=[(group, kind_of(group.code)) for group in hazard_groups(plan.hazards)],
        picture=drawn,
        outcomes=OUTCOMES,
        legend=_legend(drawn),
        few=_FEW,
        sums=_sums(plan),
        mappings=_mapping_views(plan),
        dependents=dependents_by_rule(plan),
        migrations=[_migration_view(one) for one in plan.migrations],
    )
    return text.rstrip("\n") + "\n"


def content_policy(style: str, script: str) -> str:
    """A content security policy that allows one style and one script, by their hashes."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _command(plan: Plan, verdict: Verdict) -> str:
    """How this plan is applied; nothing while something stands in its way."""
    if verdict.state not in {"clear", "hazardous"}:
        return ""
    codes = sorted({one.hazard.code for one in plan.hazards})
    allowed = "".join(f" --allow {code}" for code in codes)
    return f"integrity apply --approve {plan.hash}{allowed}"


def _sums(plan: Plan) -> LedgerLine | None:
    if plan.profiles is None:
        return None
    return total(line for profile in plan.profiles for line in profile.ledger)


def _legend(drawn: Picture | None) -> tuple[str, ...]:
    if drawn is None or not drawn.counted:
        return ()
    seen = {ribbon.flow.outcome for ribbon in drawn.ribbons}
    return tuple(outcome for outcome in OUTCOMES if outcome in seen)


# --- mappings --------------------------------------------------------------------------------


def _mapping_views(plan: Plan) -> tuple[_MappingView, ...]:
    profiles = {profile.table: profile for profile in plan.profiles or ()}
    return tuple(
        _mapping_view(f"mapping-{at}", mapping, profiles.get(mapping.table))
        for at, mapping in enumerate(plan.mappings, start=1)
    )


def _mapping_view(
    anchor: str, mapping: MappingSummary, profile: MappingProfile | None
) -> _MappingView:
    ledger = profile.ledger if profile else ()
    counts = Counter(one.label for one in mapping.labels)
    return _MappingView(
        anchor=anchor,
        summary=mapping,
        facts=tuple(facts(mapping)),
        profile=profile,
        sums=total(ledger) if profile else None,
        accounts=tuple(_accounts(ledger)),
        used=tuple(name for name in OUTCOMES if any(getattr(line, name) for line in ledger)),
        rejects=tuple(sorted(profile.rejects, key=lambda one: -one.count)) if profile else (),
        labels=tuple(sorted(mapping.labels, key=_label_rank)),
        label_counts=tuple((label, counts[label]) for label in _LABELS if counts[label]),
    )


def _accounts(ledger: tuple[LedgerLine, ...]) -> Iterator[_Account]:
    for whole in by_source(ledger):
        arms = tuple(line for line in ledger if line.source == whole.source)
        yield _Account(whole, arms if len(arms) > 1 or arms[0].arm else ())


def _label_rank(label: ColumnLabel) -> int:
    return _LABELS.index(label.label) if label.label in _LABELS else len(_LABELS)


# --- steps -----------------------------------------------------------------------------------


def _migration_view(migration: Migration) -> _MigrationView:
    return _MigrationView(
        stem=migration.stem,
        stages=tuple(_stage_views(migration, migration.stages, "there")),
        way_back=tuple(_stage_views(migration, migration.rollback, "back")),
    )


def _stage_views(migration: Migration, stages: tuple[Stage, ...], way: str) -> Iterator[_StageView]:
    steps = [step for stage in stages for step in stage.steps]
    anchors = {
        step.id: f"step-{migration.number:03d}-{way}-{at}" for at, step in enumerate(steps, start=1)
    }
    for stage in stages:
        views = tuple(_step_view(migration, step, anchors) for step in stage.steps)
        yield _StageView(stage.kind.value, views)


def _step_view(migration: Migration, step: Step, anchors: dict[str, str]) -> _StepView:
    locks = dict.fromkeys(one.lock for one in step.statements if one.lock)
    hazards: dict[str, list[str]] = {}
    for statement in step.statements:
        for one in statement.hazards:
            hazards.setdefault(one.code, []).append(one.detail)
    return _StepView(
        anchor=anchors[step.id],
        reference=step_reference(migration, step),
        step=step,
        after=tuple((name, anchors.get(name, "")) for name in step.after),
        locks=tuple(lock for lock in locks if lock),
        hazards=tuple((code, tuple(details)) for code, details in hazards.items()),
        alone=not all(one.transactional for one in step.statements),
        sliced=any(one.slices for one in step.statements),
        statements=tuple(map(_highlighted, step.statements)),
    )


_KEY_WORD_TEXT = """
    add after all alter always and as asc before begin between by cascade case check collate
    column comment commit concurrently conflict constraint create cross declare default deferrable
    delete desc distinct do drop each else elsif end except execute exists false for foreign
    from full function generated group having identity if in include index inner insert intersect
    into is join key lateral left like limit materialized not null nulls on only or order outer
    over partition perform primary raise references rename replace returning returns row schema
    select sequence set statement table temporary then to trigger true truncate union unique
    unlogged update using validate values view when where window with
"""
_KEY_WORDS = frozenset(_KEY_WORD_TEXT.split())
_CLASSES = {Kind.COMMENT: "c", Kind.STRING: "s", Kind.NUMBER: "n"}


def _highlighted(statement: Statement) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Lines of pieces, each with the class of its colour; a piece is never more than one line."""
    lines: list[list[tuple[str, str]]] = [[]]
    for kind, text in _pieces(statement.sql.expandtabs(4).strip("\n")):
        first, *others = text.split("\n")
        _append(lines[-1], kind, first)
        for other in others:
            lines.append([])
            _append(lines[-1], kind, other)
    return tuple(map(tuple, lines))


def _pieces(sql: str) -> Iterable[tuple[str, str]]:
    try:
        found = list(tokens(sql))
    except SqlProblem:
        return [("", sql)]
    return [
        (
            "k"
            if one.kind is Kind.WORD and one.text.lower() in _KEY_WORDS
            else _CLASSES.get(one.kind, ""),
            one.text,
        )
        for one in found
    ]


def _append(line: list[tuple[str, str]], kind: str, text: str) -> None:
    if line and line[-1][0] == kind:
        line[-1] = (kind, line[-1][1] + text)
    elif text:
        line.append((kind, text))


# --- filters ---------------------------------------------------------------------------------


def _share(part: float, whole: float) -> str:
    """A part of a whole in per cent; never 0 or 100 for what is not."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "< 0.1 %"
    if 99.9 < share < 100:
        return "> 99.9 %"
    return f"{share:.1f} %"


def _short(text: str, most: int = 46) -> str:
    """At most that many characters, the middle left out."""
    text = shown(text)
    head = (most - 1) // 2
    return text if len(text) <= most else f"{text[:head]}…{text[head + 1 - most :]}"
