"""One example of each operation, and the SQL that its page in docs/operations/ shows.

``python tests/operation_examples.py`` writes the examples into the pages; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from integrity.mapping.layout import Layout
from integrity.model import (
    Check,
    Column,
    Expression,
    ForeignKey,
    Grant,
    Index,
    Key,
    Mapping,
    Name,
    Recreated,
    Retired,
    Source,
    Table,
)
from integrity.operations.add_check import AddCheck
from integrity.operations.add_column import AddColumn
from integrity.operations.add_dependents import AddDependents
from integrity.operations.add_foreign_key import AddForeignKey
from integrity.operations.add_index import AddIndex
from integrity.operations.add_key import AddKey
from integrity.operations.add_table import AddTable
from integrity.operations.alter_column_type import AlterColumnType
from integrity.operations.analyze_table import AnalyzeTable
from integrity.operations.context import Context
from integrity.operations.create_table import CreateTable
from integrity.operations.drop_check import DropCheck
from integrity.operations.drop_column import DropColumn
from integrity.operations.drop_dependents import DropDependents
from integrity.operations.drop_expression import DropExpression
from integrity.operations.drop_foreign_key import DropForeignKey
from integrity.operations.drop_index import DropIndex
from integrity.operations.drop_key import DropKey
from integrity.operations.drop_table import DropTable
from integrity.operations.freeze_source import FreezeSource
from integrity.operations.grant_usage import GrantUsage
from integrity.operations.move_table import MoveTable
from integrity.operations.operation import Operation, Placed
from integrity.operations.recreate import Built
from integrity.operations.rename_column import RenameColumn
from integrity.operations.rename_part import RenamePart
from integrity.operations.rename_table import RenameTable
from integrity.operations.retire_table import RetireTable
from integrity.operations.set_default import SetDefault
from integrity.operations.set_description import SetDescription
from integrity.operations.set_grants import SetGrants
from integrity.operations.set_identity import SetIdentity
from integrity.operations.set_nullability import ForbidNull

PAGES = Path(__file__).parents[1] / "docs" / "operations"
LOANS, READERS, MEMBERS = (Name("lending", n) for n in ("loans", "readers", "members"))
KEY = ("loan_id",)
LONGEST = 40  # lines of an example; the rest is in generated_sql/

_ID = Column(name="loan_id", type="bigint", nullable=False)
_DAYS = Column(name="days", type="integer")
_TABLE = Table(
    name=LOANS,
    columns=(
        replace(_ID, identity="by default"),
        Column(name="reader_id", type="bigint", nullable=False),
        Column(name="copy", type="integer", nullable=False),
        _DAYS,
    ),
    description="Who has which book.",
    primary_key=Key(name="loans_pkey", columns=KEY),
    natural_key=Key(name="loans_copy_key", columns=("copy",)),
    foreign_keys=(
        ForeignKey(
            name="loans_reader_id_fkey",
            columns=("reader_id",),
            references=READERS,
            to=("reader_id",),
        ),
    ),
    checks=(Check(name="loans_days_check", expression="days > 0"),),
)
_INDEX = Index(name="loans_reader_id_idx", columns=("reader_id",))
_LEGACY = replace(
    _TABLE,
    name=Name("desk", "loans"),
    columns=(_ID, *_TABLE.columns[1:]),
    natural_key=None,
    uniques=(_TABLE.natural_key,) if _TABLE.natural_key else (),
    foreign_keys=(),
    description=None,
)

_layout = Layout.of(toolkit_schema="operational", unified=[LOANS, READERS], legacy=[])
_first = Context("001_consolidation", _layout)
_later = Context("003_change", _layout.after_switch())
_moves = Context(
    "001_consolidation",
    Layout.of(
        toolkit_schema="operational",
        unified=[LOANS],
        legacy=[_LEGACY.name],
        moved=[(LOANS, _LEGACY.name)],
    ),
)
_check, _fkey = _TABLE.checks[0], _TABLE.foreign_keys[0]
_computed = replace(_DAYS, generated="due_on - taken_on")

_OVERDUE = Built(
    Recreated(
        kind="view",
        name=Name("lending", "overdue"),
        definition=Expression("select loan_id from lending.loans where days > 28"),
    ),
    "lending.overdue",
)
_DESK = Grant(role="desk", privileges=("select", "insert"))

EXAMPLES: dict[str, Operation] = {
    "add_dependents": AddDependents(_later, (_OVERDUE,)),
    "drop_dependents": DropDependents(_later, (_OVERDUE,)),
    "grant_usage": GrantUsage(_first, (("lending", "desk"),)),
    "set_grants": SetGrants(_later, LOANS, "table lending.loans", (), (_DESK,)),
    "add_check": AddCheck(_later, LOANS, _check, "days", KEY),
    "add_column": AddColumn(_later, LOANS, _DAYS, KEY),
    "add_foreign_key": AddForeignKey(_later, LOANS, _fkey),
    "add_index": AddIndex(LOANS, _INDEX),
    "add_key": AddKey(_later, LOANS, Key(name="loans_copy_key", columns=("copy",)), False),
    "add_table": AddTable(_later, _TABLE),
    "alter_column_type": AlterColumnType(
        _later, LOANS, _DAYS, replace(_DAYS, type="smallint"), (_ID,), (LOANS, "days", KEY)
    ),
    "analyze_table": AnalyzeTable(LOANS),
    "create_table": CreateTable(_first, _TABLE, {}, (_LEGACY.name,)),
    "drop_check": DropCheck(_later, LOANS, _check),
    "drop_column": DropColumn(_later, LOANS, _DAYS, KEY),
    "drop_expression": DropExpression(_later, LOANS, _computed, KEY),
    "drop_foreign_key": DropForeignKey(_later, LOANS, _fkey),
    "drop_index": DropIndex(_later, LOANS, _INDEX),
    "drop_key": DropKey(_later, LOANS, Key(name="loans_copy_key", columns=("copy",)), False),
    "drop_table": DropTable(_later, LOANS),
    "freeze_source": FreezeSource(_first, Name("desk", "members")),
    "move_table": MoveTable(
        _moves,
        Mapping(
            table=LOANS, sources=(Source(table=_LEGACY.name, key=KEY, columns={}),), moves=True
        ),
        _LEGACY,
        _TABLE,
    ),
    "rename_column": RenameColumn(_later, LOANS, "days", "days_out"),
    "rename_part": RenamePart(_later, LOANS, "constraint", "days_positive", "loans_days_check"),
    "rename_table": RenameTable(_later, MEMBERS, READERS),
    "retire_table": RetireTable(
        _first, Retired(table=Name("desk", "slips_2019"), kind="archive", because="second copies")
    ),
    "set_default": SetDefault(_later, LOANS, "days", None, "14"),
    "set_description": SetDescription(_later, LOANS, "days", None, "How long it may be kept."),
    "set_identity": SetIdentity(_later, LOANS, "loan_id", "by default", "always"),
    "set_nullability": ForbidNull(_later, LOANS, "days", KEY, None),
}

_BLOCK = re.compile(r"(\n## (What runs|Undo)\n.*?```sql\n)(.*?)(```)", re.DOTALL)


def shown(placed: Iterable[Placed]) -> str:
    """The statements of the steps, one after the other, each under the name of its step."""
    lines = []
    for one in placed:
        lines.append(f"-- {one.stage}: {one.step.id}")
        for statement in one.step.statements:
            lines += f"{statement.sql.strip().removesuffix(';')};".splitlines()
    kept = lines[:LONGEST]
    return "\n".join([*kept, *(["-- ..."] if len(lines) > LONGEST else [])]) + "\n"


def page_with_example(text: str, stem: str) -> str:
    """The page with the SQL of its example, there and back."""
    operation = EXAMPLES[stem]
    ways = {"What runs": operation.migrate, "Undo": operation.rollback}

    def filled(match: re.Match[str]) -> str:
        return match[1] + shown(ways[match[2]]()) + match[4]

    return _BLOCK.sub(filled, text)


if __name__ == "__main__":
    for example in EXAMPLES:
        page = PAGES / f"{example}.md"
        page.write_text(page_with_example(page.read_text(encoding="utf-8"), example))
