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


RICH = edited(
    after(
        TOWN,
        "      code:  {type: character varying(20), null: false, default: \"'none'\"}",
        "      loud:  {type: text, generated: upper(name)}",
        "      nth:   {type: integer, identity: by default}",
        "      badge: {type: integer}",
    ),
    after(
        KEY,
        "    unique: [[code, nth], {columns: [badge], nulls_not_distinct: false}]",
        '    checks: {coded: "code <> \'\'", shouted: "loud = upper(loud)"}',
        "    indexes:",
        '      - {columns: [loud], where: "score > 1"}',
    ),
    after(
        END,
        "  shelves:",
        "    columns:",
        "      shelf: {type: integer, null: false}",
        "      room:  {type: integer, null: false}",
        "      badge: {type: integer}",
        "      label: {type: text}",
        "    primary_key: [shelf]",
        "    unique: [[room]]",
        "    foreign_keys:",
        "      badge_fk: {columns: [badge], references: lib.members, to: [badge]}",
    ),
)
SHELF_ROWS = """
update lib.members set badge = member_id + 1000;
insert into lib.shelves select n, n + 100, n + 1000, 's' || n from generate_series(1, 9) as n;
"""

RICH_CHANGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "another expression": (instead("generated: upper(name)", "generated: upper(town)"),),
    "no expression": (instead("{type: text, generated: upper(name)}", "{type: text}"),),
    "an expression": (
        instead("      nth:   {type: integer, identity: by default}\n",
                "      nth:   {type: integer, generated: length(name)}\n"),
        instead("[[code, nth], ", "[[badge, nth], "),
    ),
    "type under an expression": (
        instead(NAME, "      name:      {type: character varying(80)}\n"),
    ),
    "identity always": (instead("identity: by default", "identity: always"),),
    "no identity, but a default": (
        instead("integer, identity: by default", "integer, null: false, default: '0'"),
    ),
    "no identity, and null": (instead("integer, identity: by default", "integer"),),
    "drop an identity": (
        instead("      nth:   {type: integer, identity: by default}\n", ""),
        instead("[[code, nth], ", "[[code, badge], "),
    ),
    "an identity": (
        instead("shelf: {type: integer, null: false}", "shelf: {type: integer, identity: always}"),
    ),
    "types of both ends": (
        instead("      badge: {type: integer}\n      label",
                "      badge: {type: bigint}\n      label"),
        instead("      badge: {type: integer}\n    primary_key: [member_id]",
                "      badge: {type: bigint}\n    primary_key: [member_id]"),
    ),
    "type with a default and a check": (
        instead("character varying(20), null: false, default: \"'none'\"",
                "text, null: false, default: \"'some'\""),
    ),
    "type of the primary key": (instead("shelf: {type: integer, null: false}",
                                        "shelf: {type: text, null: false}"),),
    "another primary key": (
        instead("    primary_key: [shelf]\n    unique: [[room]]\n",
                "    primary_key: [room]\n    unique: [[shelf]]\n"),
    ),
    "drop the primary key's column": (
        instead("      shelf: {type: integer, null: false}\n", ""),
        instead("    primary_key: [shelf]\n    unique: [[room]]\n", "    primary_key: [room]\n"),
    ),
    "nulls not distinct": (instead("nulls_not_distinct: false", "nulls_not_distinct: true"),),
    "rename a table": (
        instead("  shelves:\n", "  racks:\n    renamed_from: lib.shelves\n"),
    ),
    "drop a table": (
        (LIB, RICH[LIB][RICH[LIB].index("  shelves:"):], ""),
    ),
    "drop a column under everything": (
        instead("      badge: {type: integer}\n    primary_key: [member_id]",
                "    primary_key: [member_id]"),
        instead(", {columns: [badge], nulls_not_distinct: false}]", "]"),
        instead("    foreign_keys:\n      badge_fk: {columns: [badge], references: lib.members,"
                " to: [badge]}\n", ""),
    ),
    "everything at once": (
        instead("  shelves:\n",
                "  racks:\n    renamed_from: lib.shelves\n    description: Of wood.\n"),
        instead("      room:  {type: integer, null: false}\n",
                "      hall: {type: bigint, renamed_from: room, default: '7'}\n"
                "      width: {type: \"numeric(5,1)\", null: false, default: '1.5'}\n"),
        instead("unique: [[room]]", "unique: [[hall, label]]"),
        instead("generated: upper(name)", "generated: upper(town)"),
        instead(SCORE, "      score:     {type: double precision}\n"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def rich_template(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    made = started(server, tmp_path_factory.mktemp("rich"), name, RICH)
    made.execute(SHELF_ROWS)
    yield made
    drop_database(server, name)


@pytest.fixture
def rich(rich_template: Case, tmp_path: Path) -> Iterator[Case]:
    name = f"integrity_test_{uuid4().hex[:12]}"
    yield clone(rich_template, tmp_path, name)
    drop_database(rich_template.server, name)


@pytest.mark.parametrize("change", RICH_CHANGES)
def test_change_of_what_hangs_together(rich: Case, change: str) -> None:
    whole_way(rich, edited(*RICH_CHANGES[change], files=RICH))


@pytest.mark.parametrize("change", CHANGES)
def test_change(case: Case, change: str) -> None:
    whole_way(case, edited(*CHANGES[change]), repeatable="per row" not in change)
