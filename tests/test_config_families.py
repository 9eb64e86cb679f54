"""Family files: what they stand for, and every way in which they can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from config_files import FILES, edited, problems, write

from integrity.config import load_project
from integrity.model import Expression, ForeignKey, Name, Project, Retired
from integrity.operations.check_move import check_names
from integrity.operations.context import Context
from integrity.plan.compile import _moves, layout_of

MORE = """\
schema: web
sequences:
  users_id_seq: {type: integer, owned_by: users.id}
  tickets: {}
tables:
  users:
    columns:
      id:    {type: integer, default: "nextval('web.users_id_seq'::regclass)"}
      email: {type: text, null: false}
      boss:  {type: integer}
      no:    {type: bigint, default: "nextval('web.tickets'::regclass)"}
    primary_key: [id]
    unique: [[email]]
    checks: {users_email_check: "email <> ''"}
    foreign_keys:
      boss: web.users
    indexes:
      - {name: by_boss, columns: [boss]}
  visits:
    columns: {user_id: {type: integer}, at: {type: date}}
    foreign_keys: {user_id: {columns: [user_id], references: web.users, to: [id]}}
    indexes:
      - {name: by_boss, columns: [user_id]}
  visits_old:
    columns: {at: {type: date}}
""".replace("      no: ", "      'no':")
FAMILY = """\
description: What is left.
shared:
  anything: &why {because: nobody reads it}
moves:
  - {from: web.*, to: shop, name: "{schema}_{table}", except: [web.visits_*]}
drop:
  - from: [old.log, web.visits_old]
    <<: *why
foreign:
  - {from: theirs.runs, because: theirs}
"""
BASE: Mapping[str, str] = {**FILES, "legacy/web.yaml": MORE, "mappings/rest.yaml": FAMILY}


def project(directory: Path, **changes: str) -> Project:
    files = {**BASE, **{name.replace("__", "/") + ".yaml": text for name, text in changes.items()}}
    return load_project(write(directory, files))


def family(text: str) -> dict[str, str]:
    return {**BASE, "mappings/rest.yaml": text}


def test_a_moved_schema_is_its_contracts_under_new_names(tmp_path: Path) -> None:
    made = project(tmp_path)
    users, visits = made.table(Name("shop", "web_users")), made.table(Name("shop", "web_visits"))
    assert users is not None and visits is not None
    assert [column.default for column in users.columns] == [
        "nextval('shop.web_users_id_seq'::regclass)",
        None,
        None,
        "nextval('web.tickets'::regclass)",  # nobody owns it: it stays
    ]
    assert users.primary_key and users.primary_key.name == "web_users_pkey"
    assert [key.name for key in users.uniques] == ["web_users_email_key"]
    assert [check.name for check in users.checks] == ["web_users_email_check"]
    assert users.foreign_keys == (
        ForeignKey(
            name="web_users_boss_fkey",
            columns=("boss",),
            references=Name("shop", "web_users"),
            to=("id",),
        ),
    )
    assert [key.references for key in visits.foreign_keys] == [Name("shop", "web_users")]
    assert [index.name for index in users.indexes] == ["by_boss"]
    assert [index.name for index in visits.indexes] == ["web_visits_by_boss"]  # one space of names
    moves = {str(m.table): str(m.sources[0].table) for m in made.mappings if m.derived}
    assert moves == {"shop.web_users": "web.users", "shop.web_visits": "web.visits"}
    place = next(m.location for m in made.mappings if m.derived)
    assert (Path(place.file).name, place.line, place.column) == ("rest.yaml", 5, 12)


def test_retired_tables(tmp_path: Path) -> None:
    assert project(tmp_path).retired == (
        Retired(table=Name("old", "log"), kind="drop", because="nobody reads it"),
        Retired(table=Name("theirs", "runs"), kind="foreign", because="theirs"),
        Retired(table=Name("web", "visits_old"), kind="drop", because="nobody reads it"),
    )


def test_a_family_holds_mappings_too(tmp_path: Path) -> None:
    listed = "mappings:\n" + "".join(
        "  - " + text.rstrip("\n").replace("\n", "\n    ") + "\n"
        for text in (FILES["mappings/customers.yaml"], FILES["mappings/orders.yaml"])
    )
    single, whole = tmp_path / "single", tmp_path / "whole"
    alone = load_project(write(single, FILES))
    files = {n: t for n, t in FILES.items() if not n.startswith("mappings/")}
    together = load_project(write(whole, {**files, "mappings/all.yaml": listed}))
    assert together.mappings == alone.mappings


def test_a_declared_table_wins_over_the_contract(tmp_path: Path) -> None:
    text = "schema: shop2\ntables:\n  users:\n    columns:\n" + "".join(
        f"      {name}: {{type: {kind}}}\n"
        for name, kind in (
            ("id", "integer"), ("email", "text"), ("boss", "integer"), ("'no'", "bigint"),
        )
    ) + "    primary_key: {name: mine, columns: [id]}\n"  # fmt: skip
    moves = "moves:\n  - {from: web.users, to: shop2}\n  - {from: web.visits, to: shop2.seen}\n"
    made = project(
        tmp_path,
        unified__shop2=text,
        mappings__rest=moves + "drop:\n  - {from: [old.log, web.visits_old], because: x}\n",
    )
    mapping = made.mapping(Name("shop2", "users"))
    assert mapping is not None and mapping.moves and not mapping.derived
    table = made.table(Name("shop2", "users"))
    assert table is not None and table.primary_key and table.primary_key.name == "mine"
    seen = made.table(Name("shop2", "seen"))
    assert seen is not None and seen.foreign_keys[0].references == Name("shop2", "users")


def test_a_table_that_stays_keeps_its_names(tmp_path: Path) -> None:
    moves = "moves:\n  - {from: web.*, to: web}\ndrop:\n  - {from: old.log, because: x}\n"
    made = project(tmp_path, mappings__rest=moves)
    users, visits = made.table(Name("web", "users")), made.table(Name("web", "visits"))
    legacy = made.legacy.table(Name("web", "users"))
    assert users == legacy and users is not None
    assert visits is not None and visits.indexes[0].name == "visits_by_boss"


def test_the_rest_takes_what_nothing_reads(tmp_path: Path) -> None:
    files = {
        **FILES,
        "unified/shop.yaml": FILES["unified/shop.yaml"].replace(
            "      origin: ", "      more:        {type: jsonb}\n      origin: "
        ),
        "mappings/orders.yaml": FILES["mappings/orders.yaml"]
        .replace(
            "    write_back: true\n",
            "    write_back: true\n    rest: more\n    ignore: {client_id: known}\n",
        )
        .replace("{crosswalk: old.clients, key: client_id}", "1"),
    }
    mapping = load_project(write(tmp_path, files)).mapping(Name("shop", "orders"))
    assert mapping is not None
    source = mapping.sources[0]
    assert source.columns["more"] == Expression(
        "nullif(jsonb_strip_nulls(jsonb_build_object('note', note)), '{}'::jsonb)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "moves:\n  - {from: web.user, to: shop}\n",
            "configs/mappings/rest.yaml:2:12: from of entry of moves: there is no contract web.user"
            "\n  hint: did you mean 'web.users'?",
        ),
        (
            "moves:\n  - {from: wbe.*, to: shop}\n",
            "configs/mappings/rest.yaml:2:12: the pattern wbe.* takes nothing:"
            " no contract has such a table\n  hint: did you mean 'web'?",
        ),
        (
            "moves:\n  - {from: web.x_*, to: shop}\n",
            "configs/mappings/rest.yaml:2:12: the pattern web.x_* takes nothing:"
            " no contract has such a table\n  hint: known: web.users, web.visits, web.visits_old",
        ),
        (
            "drop:\n  - {from: [web.*, old.log], because: x}\narchive:\n"
            "  - {from: web.v*, because: y}\n",
            "configs/mappings/rest.yaml:2:13: web.visits cannot be dropped: it is archived by a"
            " pattern\n  hint: at configs/mappings/rest.yaml:4:12; keep one of the two",
        ),
        (
            "drop:\n  - {from: old.clients, because: x}\n",
            "configs/mappings/rest.yaml:2:12: old.clients cannot be dropped: it is a source of"
            " shop.customers\n  hint: at configs/mappings/customers.yaml:3:11; keep one of the two",
        ),
        (
            "drop:\n  - {from: old.log, because: x}\n  - {from: old.log, because: y}\n",
            "configs/mappings/rest.yaml:3:12: old.log cannot be dropped: it is dropped"
            "\n  hint: at configs/mappings/rest.yaml:2:12; keep one of the two",
        ),
        (
            "drop:\n  - {from: [old.log, old.log], because: x}\n",
            "configs/mappings/rest.yaml:2:22: 'old.log' stands twice in from of entry of drop",
        ),
        (
            "drop:\n  - {from: [old.*], because: x, except: [old.lgo]}\n",
            "configs/mappings/rest.yaml:2:42: except names old.lgo, which from does not take"
            "\n  hint: did you mean 'old.log'?",
        ),
        (
            "drop:\n  - {from: old.log}\n",
            "configs/mappings/rest.yaml:2:5: entry of drop has no because\n"
            "  hint: add because: ...",
        ),
        (
            "drop:\n  - {from: '*.log', because: x}\n",
            "configs/mappings/rest.yaml:2:12: from of entry of drop: expected a table or a pattern,"
            " found '*.log'\n  hint: write schema.table, schema.* or schema.prefix_*",
        ),
        (
            "moves:\n  - {from: web.users, to: shop, name: '{tabel}'}\n",
            "configs/mappings/rest.yaml:2:39: name of entry of moves has no placeholder {tabel}"
            "\n  hint: did you mean 'table'?",
        ),
        (
            "moves:\n  - {from: web.*, to: shop.users}\n",
            "configs/mappings/rest.yaml:2:23: to of entry of moves: one name cannot take several"
            ' tables\n  hint: write to: shop, and name: "{table}" with what the names become',
        ),
        (
            "moves:\n  - {from: web.visits, to: shop}\n",
            "configs/mappings/rest.yaml:2:12: web.visits is moved, but its foreign key on (user_id)"
            " refers to web.users, which is named in no mapping"
            "\n  hint: move web.users too, or load web.visits with sources",
        ),
        (
            "moves:\n  - {from: web.visits, to: shop}\ndrop:\n  - {from: web.users, because: x}\n",
            "configs/mappings/rest.yaml:2:12: web.visits is moved, but its foreign key on (user_id)"
            " refers to web.users, which is dropped"
            "\n  hint: move web.users too, or load web.visits with sources",
        ),
        (
            "moves:\n  - {from: [web.users, web.visits], to: shop, name: same}\n",
            "configs/mappings/rest.yaml:2:24: shop.same has two mappings"
            "\n  hint: first at configs/mappings/rest.yaml:2:13",
        ),
        (
            "move_s:\n  - {from: web.users, to: shop}\n",
            "configs/mappings/rest.yaml:1:1: family has no key 'move_s'"
            "\n  hint: did you mean 'moves'?",
        ),
        (
            "moves: []\n",
            "configs/mappings/rest.yaml:1:8: moves of family: expected at least one entry",
        ),
    ],
)
def test_what_can_be_wrong(
    text: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in problems(family(text))


def test_a_foreign_key_to_a_loaded_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        **FILES,
        "legacy/old.yaml": FILES["legacy/old.yaml"].replace(
            "      line: {type: text}",
            "      line: {type: integer}\n    foreign_keys: {line: old.clients}",
        ),
        "mappings/rest.yaml": "moves:\n  - {from: old.log, to: shop}\n",
    }
    assert problems(files) == (
        "configs/mappings/rest.yaml:2:12: old.log is moved, but its foreign key on (line) refers to"
        " old.clients, which is loaded into shop.customers\n  hint: load old.log with sources,"
        " and fill line by {crosswalk: old.clients, key: line}"
    )


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (
            "mroe",
            "configs/mappings/orders.yaml:6:11: shop.orders has no column 'mroe'"
            "\n  hint: add it, of type jsonb",
        ),
        (
            "number",
            "configs/mappings/orders.yaml:6:11: column 'number' is text, and the"
            " rest of a source is"
            " jsonb\n  hint: write type: jsonb",
        ),
    ],
)
def test_a_rest_that_has_no_place(
    rest: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = edited(
        "mappings/orders.yaml", "write_back: true\n", f"write_back: true\n    rest: {rest}\n"
    )
    assert expected in problems(files)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {
                "legacy/shop.yaml": "schema: shop\ntables:\n  old:\n"
                "    columns: {a: {type: text}}\n"
                "    indexes: [{name: orders_pkey, columns: [a]}]\n",
                "mappings/rest.yaml": FAMILY + "archive: [{from: shop.old, because: x}]\n",
            },
            "configs/unified/shop.yaml:18:18: 'orders_pkey' of shop.orders has the"
            " name of a relation"
            " of shop.old, which stays there until finalize\n  hint: give it a name: ...",
        ),
        (
            {
                "legacy/shop.yaml": "schema: shop\ntables:\n"
                "  orders: {columns: {a: {type: text}}}\n",
                "mappings/rest.yaml": FAMILY.replace("theirs.runs", "shop.orders"),
            },
            "configs/mappings/rest.yaml:10:12: shop.orders is foreign, and a"
            " unified table takes its"
            " name\n  hint: give the unified table another name",
        ),
    ],
)
def test_names_that_legacy_holds(
    changes: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**BASE, **changes}) == expected


TWO = """\
schema: {0}
tables:
  same: {{columns: {{a: {{type: text}}}}}}
  {1}: {{columns: {{a: {{type: text}}}}}}
"""


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        (
            "  - {from: one.same, to: two}\n  - {from: two.same, to: one}\n",
            "two.same cannot take the name one.same, which is passed on in a ring of moves",
        ),
        (
            "  - {from: one.same, to: two.other}\n  - {from: two.same, to: two}\n"
            "  - {from: one.other, to: one}\n",
            "one.same cannot become two.other: a name is taken in both schemas on the way",
        ),
        ("  - {from: one.same, to: one.x}\n  - {from: two.same, to: one.same}\n", ""),
    ],
)
def test_moves_in_each_other_s_way(moves: str, expected: str, tmp_path: Path) -> None:
    files = {
        "project.yaml": FILES["project.yaml"],
        "legacy/one.yaml": TWO.format("one", "other"),
        "legacy/two.yaml": TWO.format("two", "third"),
        "mappings/all.yaml": f"moves:\n{moves}",
    }
    made = load_project(write(tmp_path, files))
    found = check_names(_moves(made, Context("", layout_of(made))))
    assert [problem.message for problem in found] == ([expected] if expected else [])
