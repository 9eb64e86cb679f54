"""Every kind of change of a table, there and back, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from difference_cases import Case, clone, edited, started, whole_way

from integrity.database.connect import drop_database

LIB = "unified/lib.yaml"
MEMBERS = "mappings/members.yaml"
TOWN = "      town:      {type: text}\n"
NAME = "      name:      {type: text}\n"
SCORE = '      score:     {type: "numeric(8,2)"}\n'
DAYS = '      days:      {type: integer, check: "days >= 0"}\n'
KEY = "    natural_key: [email]\n"
INDEX = "      - {columns: [member_id, number desc]}\n"
REFERENCE = "    foreign_keys:\n      member_id: lib.members\n"
END = INDEX


@pytest.fixture(scope="module")
def template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield started(server, tmp_path_factory.mktemp("template"), name)
    drop_database(server, name)


@pytest.fixture
def case(template: Case, tmp_path: Path) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield clone(template, tmp_path, name)
    drop_database(template.server, name)


def after(line: str, *more: str) -> tuple[str, str, str]:
    return LIB, line, line + "".join(f"{one}\n" for one in more)


def instead(line: str, other: str) -> tuple[str, str, str]:
    return LIB, line, other


CHANGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "add a column": (after(SCORE, "      phone: {type: text, description: Home.}"),),
    "add a column with a default": (
        after(TOWN, "      active: {type: boolean, null: false, default: 'true'}"),
    ),
    "add a column with a value per row": (
        after(TOWN, "      code: {type: uuid, null: false, default: gen_random_uuid()}"),
    ),
    "add a generated column": (after(NAME, "      loud: {type: text, generated: upper(name)}"),),
    "add an identity column": (after(NAME, "      nth: {type: integer, identity: always}"),),
    "drop a column": (
        instead(SCORE, ""),
        (MEMBERS, "      score: score::numeric\n", ""),
    ),
    "drop the last column": (instead(TOWN, ""), (MEMBERS, "      town: town\n", "")),
    "rename a column": (
        instead(NAME, "      full_name: {type: text, renamed_from: name}\n"),
        (MEMBERS, "name: name", "full_name: name"),
    ),
    "rename a column in a key": (
        instead(
            "      email:     {type: text, null: false}\n",
            "      address: {type: text, null: false, renamed_from: email}\n",
        ),
        instead(KEY, "    natural_key: [address]\n"),
        (MEMBERS, "email: lower(email)", "address: lower(email)"),
    ),
    "a wider type": (instead(SCORE, '      score:     {type: "numeric(12,2)"}\n'),),
    "a type that rewrites": (instead(SCORE, "      score:     {type: double precision}\n"),),
    "a narrower type": (instead(SCORE, '      score:     {type: "numeric(8,1)"}\n'),),
    "text to integer and more": (
        instead(DAYS, '      days:      {type: text, check: "days <> \'\'", default: "\'0\'"}\n'),
    ),
    "another collation": (instead(NAME, "      name: {type: text, collation: C}\n"),),
    "allow null": (
        instead(
            "      member_id: {type: bigint, null: false}\n",
            "      member_id: {type: bigint}\n",
        ),
    ),
    "forbid null": (instead(NAME, "      name:      {type: text, null: false}\n"),),
    "set a default": (instead(NAME, "      name:      {type: text, default: \"'nobody'\"}\n"),),
    "describe": (
        instead("People who borrow.", "Whoever borrows."),
        instead(NAME, "      name:      {type: text, description: As it is written.}\n"),
    ),
    "add a unique key": (after(KEY, "    unique: [[member_id, town]]"),),
    "another natural key": (
        instead(
            "    natural_key: [number]\n",
            "    natural_key: {columns: [number], name: loans_by_number}\n",
        ),
    ),
    "add checks": (after(KEY, "    checks: {named: \"name <> ''\", scored: score > 0}"),),
    "change a check": (instead('check: "days >= 0"', 'check: "days between 0 and 400"'),),
    "drop a check": (instead(', check: "days >= 0"', ""),),
    "drop a foreign key": (instead(REFERENCE, ""),),
    "another foreign key": (
        instead(
            "      member_id: lib.members\n",
            "      borrower: {columns: [member_id], references: lib.members, to: [member_id],"
            " on_delete: cascade}\n",
        ),
    ),
    "add indexes": (
        after(
            INDEX,
            "      - {columns: [title]}",
            '      - {columns: [lower(title)], where: "days > 3", name: long_loans}',
        ),
    ),
    "drop an index": (instead(f"    indexes:\n{INDEX}", ""),),
    "change an index": (
        instead(INDEX, "      - {columns: [member_id, number desc], include: [title]}\n"),
    ),
    "rename an index": (
        instead(INDEX, "      - {columns: [member_id, number desc], name: by_member}\n"),
    ),
    "add a table": (
        after(
            END,
            "  branches:",
            "    description: Where books are.",
            "    columns:",
            "      branch_id: {type: bigint, key: assigned}",
            "      head:      {type: bigint}",
            "      name:      {type: text, null: false}",
            "    primary_key: [branch_id]",
            "    natural_key: [name]",
            "    foreign_keys:",
            "      head: lib.members",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_change(case: Case, change: str) -> None:
    whole_way(case, edited(*CHANGES[change]), repeatable="per row" not in change)
