"""A migration as a file for psql, laid out for the person who reviews it.

The file walks the same stages and steps as the runner, takes the same lock and writes the same
journal, so either can go on, or go back, from where the other stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Literal

from integrity import __version__
from integrity.database.connect import SESSION
from integrity.model import Migration, Settings, Stage, StageKind, Statement, Step
from integrity.operations import journal_sql as journal
from integrity.operations.prepare_change import FOLLOWS
from integrity.plan.shown import plural, shown
from integrity.sql.scan import Kind, tokens
from integrity.sql.template import render

Direction = Literal["migrate", "rollback"]

_MADE_BY = f"Made by integrity {__version__}"
_WIDTH = 100
_THICK = "-- " + "=" * (_WIDTH - 3)
_THIN = "-- " + "-" * (_WIDTH - 3)

# The end of the run is recorded by a synchronous commit, which flushes all commits before it.
_LOCAL = "set local synchronous_commit = off;"
_BULK = frozenset({StageKind.LOAD, StageKind.CONSTRAIN})

_STAGES = {
    StageKind.PREPARE: "The toolkit's own tables, the work schemas, and the freeze of the sources.",
    StageKind.CREATE: "The unified tables, beside legacy and still without keys and indexes.",
    StageKind.LOAD: "Candidates, match, merge and load: every source row is accounted for.",
    StageKind.CONSTRAIN: "Keys, checks, foreign keys and indexes, once the rows are there.",
    StageKind.VERIFY: "Ledgers balance, and the rows equal what the sources say they should be.",
    StageKind.SWITCH: "The unified tables take their names; legacy tables in the way are parked.",
}

_CHANGE_STAGES = {
    StageKind.PREPARE: "The state it follows, and looks at the rows before anything is changed.",
    StageKind.CREATE: "What goes, what is renamed, and the new shape of tables in use.",
    StageKind.LOAD: "Values that the changed mappings make, in rows nobody changed since.",
    StageKind.CONSTRAIN: "NOT NULL, keys, checks, indexes and foreign keys, while writers go on.",
    StageKind.VERIFY: "Rows of new tables equal what the sources say they should be.",
    StageKind.SWITCH: "Work tables go, and the planner learns what the rows are like.",
}


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A state in which the file does not start; ``unless`` turns the query round."""

    table: str
    query: str
    message: str
    hint: str
    unless: bool = False


def file_name(migration: Migration, direction: Direction) -> str:
    """``013_consolidation.migrate.sql`` or ``013_consolidation.rollback.sql``."""
    return f"{migration.stem}.{direction}.sql"


def is_by_this_version(text: str) -> bool:
    """Whether the toolkit as it is now says that it wrote the file."""
    return f"-- {_MADE_BY} " in text[:4000]


def migration_files(migrations: Iterable[Migration], settings: Settings) -> dict[str, str]:
    """Both files of each migration by file name: what generated_sql/ holds."""
    directions: tuple[Direction, ...] = ("migrate", "rollback")
    return {
        file_name(migration, direction): render_migration(
            migration, direction=direction, settings=settings
        )
        for migration in migrations
        for direction in directions
    }


def render_migration(migration: Migration, *, direction: Direction, settings: Settings) -> str:
    """The text of one file; ``settings`` gives the toolkit schema and the timeouts.

    Run it with ``psql -X -f``, never with ``-1``: it commits step by step, and a step together
    with its journal entry.
    """
    text = render(
        "psql_file.sql",
        header=_header(migration, direction),
        session=SESSION,
        lock_timeout=f"{settings.lock_timeout_ms}ms",
        statement_timeout=f"{settings.statement_timeout_ms}ms",
        guard=_guard(migration, direction, settings.toolkit_schema),
        sections=list(_sections(migration, direction, settings.toolkit_schema)),
        lock_key=journal.ADVISORY_LOCK_KEY,
    )
    return text.rstrip("\n") + "\n"


# --- the head --------------------------------------------------------------------------------


def _header(migration: Migration, direction: Direction) -> str:
    stages = _stages(migration, direction)
    other = file_name(migration, "rollback" if direction == "migrate" else "migrate")
    count = plural(sum(len(stage.steps) for stage in stages), "step")
    order = ", ".join(stage.kind for stage in stages) or "none"
    lines = [
        _THICK,
        f"-- {file_name(migration, direction)}",
        "--",
        *_comment(f"{_MADE_BY} from the YAML. Change the YAML, not this file."),
        "--",
        *_field("does", _purpose(direction, count)),
        *_field("run", f'psql -X -f {file_name(migration, direction)} "$DATABASE_URL"'),
        *_field("", "Never with -1: the file begins and commits by itself, step by step."),
        *_field("stages", order),
        *_field("undo" if direction == "migrate" else "redo", _other_way(direction, other)),
        _THICK,
    ]
    return "\n".join(lines)


def _purpose(direction: Direction, count: str) -> str:
    if direction == "migrate":
        return f"Applies the migration in {count}. No legacy row is changed or dropped."
    return f"Undoes the migration in {count}, from whatever point it had reached."


def _other_way(direction: Direction, other: str) -> str:
    if direction == "migrate":
        return f"psql -X -f {other}; after an error too, from whatever point was reached"
    return f"psql -X -f {other}"


def _guard(migration: Migration, direction: Direction, schema: str) -> str:
    refusals = _refusals(migration, direction, schema)
    return render(
        "psql_file.guard.sql", lock_key=journal.ADVISORY_LOCK_KEY, schema=schema, refusals=refusals
    )


def _refusals(migration: Migration, direction: Direction, schema: str) -> list[_Refusal]:
    begun = journal.is_begun_sql(migration, schema=schema)
    undo = f"undo it with {file_name(migration, 'rollback')}"
    if direction == "rollback":
        followed = journal.is_followed_sql(migration, schema=schema)
        later = _Refusal(
            "integrity_state",
            followed,
            f"a migration after {migration.stem} is applied or begun",
            "undo that one first",
        )
        nothing = f"{migration.stem} is not applied: there is nothing to undo"
        hint = f"apply it with {file_name(migration, 'migrate')}"
        return [later, _Refusal("integrity_journal", begun, nothing, hint, unless=True)]
    applied = journal.is_applied_sql(migration, schema=schema)
    return [
        _Refusal("integrity_state", applied, f"{migration.stem} is already applied", undo),
        _Refusal(
            "integrity_journal",
            begun,
            f"{migration.stem} was begun and has not ended",
            f"go on with integrity apply, or {undo}",
        ),
    ]


# --- stages and steps ------------------------------------------------------------------------


def _stages(migration: Migration, direction: Direction) -> tuple[Stage, ...]:
    return migration.stages if direction == "migrate" else migration.rollback


def _sections(migration: Migration, direction: Direction, schema: str) -> Iterator[str]:
    stages = _stages(migration, direction)
    writer = _Writer(migration, direction, schema)
    for at, stage in enumerate(stages, start=1):
        title = f"Stage {at} of {len(stages)}: {stage.kind}"
        forward = direction == "migrate"
        told = _told(migration, stage.kind) if forward else "Undoes what this stage did."
        yield "\n".join([_THICK, f"-- {title}", *_comment(told), _THICK, "", f"\\echo '{title}'"])
        for step in stage.steps:
            yield writer.step(step, stage.kind)
    yield writer.end()


def _told(migration: Migration, kind: StageKind) -> str:
    changes = any(step.id == FOLLOWS for step in migration.steps())
    return (_CHANGE_STAGES if changes else _STAGES)[kind]


@dataclass(frozen=True, slots=True)
class _Writer:
    migration: Migration
    direction: Direction
    schema: str

    def step(self, step: Step, kind: StageKind) -> str:
        """Comments, then the statements between begin and commit, with the journal entry."""
        blocks = [(inside, list(ones)) for inside, ones in groupby(step.statements, _inside)]
        whole = all(inside for inside, _ in blocks)
        parts = ["\n".join(_step_comment(step))]
        if step.only_if:
            parts.append(f"select (\n    {step.only_if}\n) is true as wanted \\gset")
        if not whole:
            parts.append(_ended(self._journal(step, "started")))
        for at, (inside, statements) in enumerate(blocks, start=1):
            texts = _wanted(step, [_ended(one.sql) for one in statements])
            if inside and at == len(blocks):
                texts.extend(self._closing(step, whole=whole))
            parts.extend(_transaction(texts, kind) if inside else texts)
        if not blocks or not blocks[-1][0]:
            parts.extend(_transaction(self._closing(step, whole=whole), kind))
        return "\n\n".join(parts)

    def end(self) -> str:
        """The record that the whole is applied, or undone."""
        if self.direction == "migrate":
            texts = [journal.applied_sql(self.migration, schema=self.schema)]
        else:
            texts = [*journal.undone_statements(self.migration, schema=self.schema)]
        done = "applied" if self.direction == "migrate" else "undone"
        head = "\n".join([_THICK, f"-- The end: record that all of it is {done}", _THICK])
        return "\n\n".join([head, *_transaction([_ended(text) for text in texts], None)])

    def _closing(self, step: Step, *, whole: bool) -> list[str]:
        texts = [_ended(self._journal(step, "done") if whole else self._finished(step))]
        if step.unlogged:
            texts.append(_ended(self._sentinel()))
        first = next(self.migration.steps(), None)
        if self.direction == "migrate" and first is not None and first.id == step.id:
            texts.append(_ended(journal.begun_sql(self.migration, schema=self.schema)))
        return texts

    @property
    def _way(self) -> str:
        return "apply" if self.direction == "migrate" else "rollback"

    def _journal(self, step: Step, outcome: str) -> str:
        return journal.journal_sql(
            self.migration, step, direction=self._way, outcome=outcome, schema=self.schema
        )

    def _sentinel(self) -> str:
        return journal.sentinel_sql(self.migration, direction=self._way, schema=self.schema)

    def _finished(self, step: Step) -> str:
        return journal.finished_sql(self.migration, step, direction=self._way, schema=self.schema)


def _inside(statement: Statement) -> bool:
    return statement.transactional


def _wanted(step: Step, texts: list[str]) -> list[str]:
    return ["\\if :wanted", *texts, "\\endif"] if step.only_if else texts


def _transaction(texts: list[str], kind: StageKind | None) -> list[str]:
    local = [_LOCAL] if kind in _BULK else []
    return ["\n".join(["begin;", *local]), *texts, "commit;"]


def _ended(sql: str) -> str:
    """``sql`` with one semicolon after its last token; a comment may follow that."""
    text = sql.strip()
    if "--" not in text[text.rfind("\n") + 1 :] and not text.endswith("*/"):  # no comment ends it
        return text.removesuffix(";") + ";"
    end, last = 0, ""
    for token in tokens(sql):
        if token.kind not in (Kind.SPACE, Kind.COMMENT):
            end, last = token.offset + len(token.text), token.text
    return (sql[:end] + ("" if last == ";" else ";") + sql[end:]).strip()


# --- comments --------------------------------------------------------------------------------


def _step_comment(step: Step) -> list[str]:
    locks = dict.fromkeys(one.lock for one in step.statements if one.lock)
    hazards = dict.fromkeys(hazard for one in step.statements for hazard in one.hazards)
    return [
        _THIN,
        *_comment(step.id if step.title == step.id else f"{step.id}: {step.title}"),
        "--",
        *_field("why", step.why),
        *_field("after", ", ".join(step.after)),
        *_field("if", step.only_if),
        *(line for lock in locks for line in _field("lock", lock or "")),
        *(line for one in hazards for line in _field("hazard", f"{one.code}: {one.detail}")),
        *_field("undo", step.undo),
        *_field("loses", step.loses),
        _THIN,
    ]


def _field(label: str, text: str) -> list[str]:
    """A labelled comment with its lines under each other; nothing for an empty text."""
    lines = _wrapped(text, _WIDTH - 11)
    return [f"--   {label if not at else '':<6} {line}" for at, line in enumerate(lines)]


def _comment(text: str) -> list[str]:
    return [f"-- {line}" for line in _wrapped(text, _WIDTH - 3)]


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width``. No control character is left, so no line ends the comment."""
    words = shown(" ".join(text.split()))
    return wrap(words, width, break_long_words=False, break_on_hyphens=False)
