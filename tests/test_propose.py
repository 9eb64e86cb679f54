"""Groups and drafts for databases that nobody described, from survey to a run there and back.

``tests/workshop/legacy.sql`` is a small database with what the proposals are about, and with
tables that only look alike.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_project import call

from integrity.catalog.equality import snapshot
from integrity.config import load_project
from integrity.config.coverage import coverage, unexplained
from integrity.database.connect import connect
from integrity.errors import Exit
from integrity.model import Name
from integrity.propose.proposal import Proposal, propose

WORKSHOP = (Path(__file__).parent / "workshop" / "legacy.sql").read_text(encoding="utf-8")
HAZARDS = (
    "legacy-read-only",
    "lossy-rollback",
    "one-way-column",
    "redirected-view",
    "table-parked",
    "unexplained-dependent",
    "unmanaged-object",
    "writes-blocked",
)
ALLOWED = [word for code in HAZARDS for word in ("--allow", code)]


@pytest.fixture
def workshop(database: str) -> str:
    return _filled(database, WORKSHOP)


def _filled(url: str, sql: str) -> str:
    with connect(url) as conn:
        conn.execute(sql.encode())
    return url


def proposed(url: str) -> Proposal:
    with connect(url) as conn:
        return propose(conn, database="workshop")


def kinds(proposal: Proposal) -> dict[str, dict[str, str]]:
    """Group -> table -> what it is there."""
    return {
        group.name: {str(member.table): member.kind.value for member in group.members}
        for group in proposal.groups
    }


def written(proposal: Proposal, folder: Path) -> Path:
    """The configuration of the draft."""
    for name, text in proposal.files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "configs"


# --- groups -----------------------------------------------------------------------------------


@pytest.mark.both_servers
def test_groups_and_what_their_members_are(workshop: str) -> None:
    assert kinds(proposed(workshop)) == {
        "customer": {
            "crm.customers": "leads the group",
            "stg.stg_customers_raw": "landing copy",
            "web.customer_accounts": "same entity",
            "crm.customers_backup": "backup copy",
        },
        "order": {"shop.orders": "leads the group", "web.orders_v2": "same entity"},
    }


def test_evidence_names_what_was_seen(workshop: str) -> None:
    proposal = proposed(workshop)
    (customers,) = [group for group in proposal.groups if group.name == "customer"]
    evidence = {str(member.table): member.evidence for member in customers.members}
    assert evidence["crm.customers"] == ()
    assert evidence["web.customer_accounts"] == (
        "1 of 7 columns shared: phone",
        "value overlap 73% of email and email_address",
        "value overlap 73% of full_name and name",
        "value overlap 65% of phone",
    )
    assert evidence["stg.stg_customers_raw"] == (
        "same name: customer",
        "3 of 5 columns shared: email, full_name, phone",
        "value overlap 100% of email",
        "value overlap 100% of full_name",
        "its name says landing",
        "holds documents: payload",
    )
    assert evidence["crm.customers_backup"][-2:] == ("its name says copy", "no keys")
    assert [str(view.name) for view in customers.views] == ["crm.club"]
    assert all(0 <= member.confidence <= 1 for member in customers.members)


def test_the_same_database_gives_the_same_bytes(workshop: str) -> None:
    assert proposed(workshop).files() == proposed(workshop).files()


def test_a_proposal_changes_nothing(workshop: str) -> None:
    def state() -> Any:
        with connect(workshop) as conn:
            return snapshot(conn, toolkit_schema="operational")

    before = state()
    proposed(workshop)
    assert before.differences(state()) == []


def test_an_empty_database_has_no_groups(database: str, tmp_path: Path) -> None:
    proposal = proposed(database)
    assert proposal.groups == ()
    assert "report.html" in proposal.files()


def test_a_table_that_cannot_be_read_in_time_is_said(
    workshop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrity.propose.survey.SECONDS", 0.0)
    proposal = proposed(workshop)
    facts = proposal.survey.facts[Name("crm", "customers")]
    assert facts.note == "no time left to sample it"
    assert proposal.fates.merges == ()


def test_a_table_that_may_not_be_read_is_said(workshop: str) -> None:
    role = "integrity_test_reader"
    with connect(workshop) as conn:
        conn.execute(f"drop role if exists {role}".encode())
        conn.execute(f"create role {role}".encode())
        try:
            for schema in ("crm", "web"):
                conn.execute(f"grant usage on schema {schema} to {role}".encode())
                conn.execute(f"grant select on all tables in schema {schema} to {role}".encode())
            conn.execute(f"revoke select on web.visits from {role}".encode())
            conn.execute(f"set role {role}".encode())
            found = propose(conn, database="workshop")
        finally:
            conn.execute("reset role")
            conn.execute(f"drop owned by {role}; drop role {role}".encode())
    notes = {str(name): facts.note for name, facts in found.survey.facts.items() if facts.note}
    assert notes["web.visits"] == "not sampled: permission denied for table visits"
    assert notes["hr.shifts"] == "not sampled: permission denied for schema hr"
    assert "crm.customers" not in notes


def test_what_contracts_do_not_hold_is_listed(workshop: str) -> None:
    _filled(workshop, "create table hr.days (day date) partition by range (day)")
    files = proposed(workshop).files()
    assert any("hr.days" in line for line in json.loads(files["report.json"])["unmanaged"])
    assert "hr.days" in files["report.html"]


def test_a_large_table_is_sampled(workshop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample of pages is the same each time, and its size bounded."""
    monkeypatch.setattr("integrity.propose.survey.ROWS", 500)
    _filled(
        workshop,
        "create table web.hits as select 'path ' || n as path from generate_series(1, 9000) n;"
        " analyze web.hits",
    )
    first, second = (proposed(workshop).survey.facts[Name("web", "hits")] for _ in range(2))
    assert first == second
    assert first.rows == 9_000
    assert 0 < first.columns["path"].filled <= 500


# --- drafts -----------------------------------------------------------------------------------


def test_every_column_of_every_table_is_explained(workshop: str, tmp_path: Path) -> None:
    project = load_project(written(proposed(workshop), tmp_path))
    assert list(unexplained(coverage(project), project)) == []


def test_what_becomes_of_each_table(workshop: str) -> None:
    fates = proposed(workshop).fates
    (merge,) = fates.merges
    assert [str(name) for name in merge.tables] == [
        "crm.customers",
        "stg.stg_customers_raw",
        "web.customer_accounts",
    ]
    assert merge.key.folded
    assert {str(name) for name in fates.followers} == {
        "crm.customer_notes",
        "crm.loyalty",
        "shop.order_lines",
        "shop.orders",
        "web.orders_v2",
    }
    assert {str(copy): str(of) for copy, of in fates.archived.items()} == {
        "crm.customers_backup": "crm.customers"
    }
    assert fates.reasons == {"order": "no declared key of one column holds in all of the tables"}


def test_a_copy_with_rows_of_its_own_is_moved(workshop: str) -> None:
    _filled(workshop, "update crm.customers_backup set phone = '7' where customer_id = 5")
    fates = proposed(workshop).fates
    assert fates.archived == {}
    assert Name("crm", "customers_backup") in fates.moved


PARTITIONED = """
create schema shop;
create table shop.orders (order_id bigint, day date, total numeric, primary key (order_id, day))
    partition by range (day);
create table shop.orders_2024 partition of shop.orders
    for values from ('2024-01-01') to ('2025-01-01');
create table shop.items (
    order_id bigint, day date, line int, primary key (order_id, day, line),
    foreign key (order_id, day) references shop.orders
);
create table shop.parcels (
    order_id bigint, day date, line int, foreign key (order_id, day, line) references shop.items
);
create table shop.colours (name text primary key);
insert into shop.orders select n, '2024-02-01', n from generate_series(1, 9) as n;
insert into shop.items select order_id, day, 1 from shop.orders;
insert into shop.parcels select * from shop.items;
"""


def test_what_refers_to_a_partitioned_table_stays_with_it(
    database: str, server: str, tmp_path: Path
) -> None:
    proposal = proposed(_filled(database, PARTITIONED))
    assert {str(name): str(to) for name, to in proposal.fates.foreign.items()} == {
        "shop.items": "shop.orders",
        "shop.parcels": "shop.items",
    }
    assert proposal.fates.moved == (Name("shop", "colours"),)
    configs = written(proposal, tmp_path)
    options = ["--config", str(configs), "--database", database, "--scratch", server, "--quiet"]
    checked = call("--config", str(configs), "validate")
    assert checked.code == 0, checked.err
    rest = configs / "mappings" / "_rest.yaml"
    rest.write_text(
        "".join(t for t in rest.read_text().splitlines(True) if "from: shop.orders," not in t)
    )
    unsaid = call("--config", str(configs), "validate")
    assert unsaid.code == Exit.CONFIG
    assert "shop.orders is of a kind that cannot be a source (partitioned table)" in unsaid.err
    written(proposal, tmp_path)
    ended = call(*options, "apply", "--yes", *ALLOWED, "--allow", "unmanaged-object")
    assert ended.code == 0, ended.err


def test_the_draft_applies_with_balanced_ledgers_and_rolls_back(
    workshop: str, server: str, tmp_path: Path
) -> None:
    configs = written(proposed(workshop), tmp_path)
    options = ["--config", str(configs), "--database", workshop, "--scratch", server, "--quiet"]
    with connect(workshop) as conn:
        before = snapshot(conn, toolkit_schema="operational")
        old = conn.execute(_WHO_ORDERED).fetchall()
    ended = call(*options, "apply", "--yes", *ALLOWED)
    assert ended.code == 0, ended.err
    with connect(workshop) as conn:
        total = conn.execute(
            "select sum(candidates), sum(inserted), sum(quarantined), sum(open)"
            " from operational.integrity_ledger where mapping in"
            " ('crm.customers', 'crm.customer_notes', 'crm.loyalty', 'shop.orders',"
            " 'shop.order_lines', 'web.orders_v2')"
        ).fetchone()
        assert total == (145 + 25 + 12 + 113 + 226 + 80, 75 + 25 + 12 + 113 + 226 + 80, 0, 0)
        new = conn.execute(_WHO_ORDERED_AFTER).fetchall()
        rest = conn.execute(
            "select legacy_attributes ->> 'newsletter', legacy_attributes ->> 'joined'"
            " from crm.customers where email_folded = 'rider70@example.org'"
        ).fetchone()
        referred = conn.execute(
            "select c.email, r.email from crm.customers as c"
            " join crm.customers as r on r.customer_id = c.referred_by order by c.customer_id"
        ).fetchall()
    assert sorted(new) == sorted(old)
    assert rest == ("true", "2021-03-04T08:00:00")
    assert len(referred) == 15
    assert ("rider8@example.org", "rider7@example.org") in referred
    ended = call(*options, "rollback", "--all", "--yes")
    assert ended.code == 0, ended.err
    with connect(workshop) as conn:
        after = snapshot(conn, toolkit_schema="operational")
    assert before.differences(after) == []


_WHO_ORDERED = """
select 'shop', o.id, lower(c.email) from shop.orders as o
join crm.customers as c on c.customer_id = o.customer_id
union all
select 'web', o.id, lower(a.email_address) from web.orders_v2 as o
join web.customer_accounts as a on a.id = o.account_id
"""
_WHO_ORDERED_AFTER = """
select 'shop', o.id, c.email_folded from shop.orders as o
join crm.customers as c on c.customer_id = o.customer_id
union all
select 'web', o.id, c.email_folded from web.orders_v2 as o
join crm.customers as c on c.customer_id = o.account_id
"""


def test_a_check_that_rows_may_break_is_left_to_a_person(workshop: str, tmp_path: Path) -> None:
    text = (written(proposed(workshop), tmp_path) / "unified" / "crm.yaml").read_text()
    note = (
        "  # Draft: loaded because of what it refers to; its key changes with it.\n"
        "  # Decide: checks over the clock, over new numbers, or never validated, may refuse old"
        " rows and\n"
        "  # are not carried over: loyalty_points, loyalty_since_check\n"
        "  loyalty:\n"
        '    description:  "Points of the club\'s members."\n'
    )
    assert note in text


# --- what is not safe is not drafted ----------------------------------------------------------

TWINS = """
create schema one;
create schema two;
create table one.parts (id integer primary key, code text not null unique, price numeric(8,2));
create table two.parts (id integer primary key, code text not null, price numeric(10,1));
insert into one.parts select n, 'P' || n, n from generate_series(1, 20) as n;
insert into two.parts select 100 + n, 'P' || n, n from generate_series(11, 30) as n;
"""


def _merged(url: str) -> list[str]:
    return [str(name) for merge in proposed(url).fates.merges for name in merge.tables]


def _reason(url: str) -> str:
    found = proposed(url)
    assert found.fates.merges == ()
    return found.fates.reasons["part"]


def test_twins_are_merged(database: str) -> None:
    assert _merged(_filled(database, TWINS)) == ["one.parts", "two.parts"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            "insert into two.parts values (200, 'p11 ', 1)",
            "no declared key of one column holds in all of the tables",
        ),
        (
            "update two.parts set code = 'Q' || id",
            "no declared key of one column holds in all of the tables",
        ),
        (
            "create table one.uses (part integer references one.parts, times integer)",
            "one.uses refers to it and has no primary key",
        ),
        (
            "create table one.uses (id integer primary key, part integer);"
            " insert into one.uses values (1, 999);"
            " alter table one.uses add constraint no_part foreign key (part)"
            " references one.parts not valid",
            "foreign key no_part of one.uses was never validated",
        ),
        (
            "alter table two.parts rename to wares",
            "two.wares does not say that it is about a part",
        ),
        (
            "alter table one.parts add unique (code);"
            " create table one.uses (id integer primary key, part integer references one.parts,"
            " code text references one.parts (code))",
            "foreign keys refer to one.parts by different columns",
        ),
        (
            "delete from two.parts",
            "fewer than two of the tables have rows, so nothing shows what matches",
        ),
        (
            "alter table two.parts alter code drop not null;"
            " insert into two.parts values (200, null, 1)",
            "two.parts.code is empty in 1 of 21 rows",
        ),
    ],
)
def test_what_stands_against_a_merge(database: str, more: str, reason: str) -> None:
    assert _reason(_filled(_filled(database, TWINS), more)) == reason


def test_columns_of_other_meaning_go_to_the_rest(
    database: str, server: str, tmp_path: Path
) -> None:
    """Foreign keys to different tables, times of unknown zone: nothing is lost."""
    url = _filled(
        database,
        TWINS
        + """
        create table one.makers (id integer primary key, town text);
        create table two.makers_of_parts (id integer primary key, phone text);
        insert into one.makers values (1, 'Ghent'); insert into two.makers_of_parts values (1, '9');
        alter table one.parts add maker_id integer references one.makers, add seen timestamptz;
        alter table two.parts add maker_id integer references two.makers_of_parts,
            add seen timestamp, add shelf text;
        create table one.uses (id integer primary key, part_id integer references one.parts);
        update one.parts set maker_id = 1, seen = '2024-01-01 00:00+00';
        update two.parts set maker_id = 1, seen = '2024-01-01 00:00', shelf = 'A' || id;
        """,
    )
    configs = written(proposed(url), tmp_path)
    text = (configs / "mappings" / "part.yaml").read_text()
    assert "maker_id refers to two.makers_of_parts, unlike maker_id of one.parts" in text.replace(
        "\n      # ", " "
    )
    options = ["--config", str(configs), "--database", url, "--scratch", server, "--quiet"]
    ended = call(*options, "apply", "--yes", *ALLOWED)
    assert ended.code == 0, ended.err
    with connect(url) as conn:
        found = conn.execute(
            "select code, maker_id, seen::text, legacy_attributes from one.parts"
            " where code in ('P1', 'P11', 'P30') order by id"
        ).fetchall()
    own = {"maker_id": 1, "seen": "2024-01-01T00:00:00"}
    assert found == [
        ("P1", 1, "2024-01-01 00:00:00+00", None),
        ("P11", 1, "2024-01-01 00:00:00+00", own | {"shelf": "A111"}),
        ("P30", None, None, own | {"shelf": "A130"}),
    ]


TANGLED = """
create schema north;
create schema "South Side";
create table north.cities (id serial primary key, code varchar(9) not null unique, mayor integer);
create table "South Side".city (
    "No" integer primary key, code text not null unique, note text
);
create table north.members (
    id integer primary key, card text not null unique,
    city_id integer not null references north.cities, friend integer references north.members,
    city_code varchar(9) references north.cities (code)
);
create table "South Side"."Members" (
    member_no integer primary key, "Card" text not null unique, "city id" integer
        references "South Side".city, friend integer references "South Side"."Members"
);
create table north.trips (
    member_id integer references north.members, day date,
    city_id integer references north.cities check (city_id < 10),
    primary key (member_id, day)
);
create table north.stops (
    member_id integer, day date, stop smallint, primary key (member_id, day, stop),
    foreign key (member_id, day) references north.trips on delete cascade
);
create table "South Side".visits (
    id serial primary key, member integer references "South Side"."Members" on delete set null
);
insert into north.cities (code) select 'K' || n from generate_series(1, 9) n;
insert into "South Side".city select 50 + n, 'k' || n, 'n' from generate_series(4, 12) n;
alter table north.cities add foreign key (mayor) references north.members;
insert into north.members
select n, 'A' || n, 1 + n % 9, null, 'K' || (1 + n % 9) from generate_series(1, 30) n;
update north.members set friend = 1 + id % 30;
update north.cities set mayor = id;
insert into "South Side"."Members"
select 100 + n, 'a' || n, 54 + n % 9, null from generate_series(15, 40) n;
update "South Side"."Members" set friend = 115 + member_no % 20;
insert into north.trips select n, date '2024-01-01' + n, 1 + n % 9 from generate_series(1, 30) n;
insert into north.stops select member_id, day, 1 from north.trips;
insert into "South Side".visits (member) select 120 + n % 20 from generate_series(1, 40) n;
"""


def test_groups_that_refer_to_each_other(database: str, server: str, tmp_path: Path) -> None:
    """Foreign keys by two columns of one table are refused; without them all goes through."""
    url = _filled(database, TANGLED)
    found = proposed(url).fates
    assert found.reasons["city"] == "foreign keys refer to north.cities by different columns"
    assert [str(merge.tables[0]) for merge in found.merges] == ["north.members"]
    _filled(url, "alter table north.members drop city_code")
    proposal = proposed(url)
    assert sorted(str(merge.tables[0]) for merge in proposal.fates.merges) == [
        "north.cities",
        "north.members",
    ]
    configs = written(proposal, tmp_path)
    options = ["--config", str(configs), "--database", url, "--scratch", server, "--quiet"]
    with connect(url) as conn:
        before = snapshot(conn, toolkit_schema="operational")
    ended = call(*options, "apply", "--yes", *ALLOWED)
    assert ended.code == 0, ended.err
    with connect(url) as conn:
        ledger = conn.execute(
            "select sum(candidates), sum(inserted), sum(merged), sum(open)"
            " from operational.integrity_ledger"
        ).fetchone()
        friends = conn.execute(
            "select count(*) from north.members as m join north.members as f on f.id = m.friend"
        ).fetchone()
        mayors = conn.execute(
            "select lower(c.code), m.card from north.cities as c"
            " join north.members as m on m.id = c.mayor order by c.id limit 2"
        ).fetchall()
    assert ledger == (18 + 56 + 30 + 30 + 40, 12 + 40 + 30 + 30 + 40, 6 + 16, 0)
    assert friends == (40,)
    assert mayors == [("k1", "A1"), ("k2", "A2")]
    assert call(*options, "rollback", "--all", "--yes").code == 0
    with connect(url) as conn:
        assert before.differences(snapshot(conn, toolkit_schema="operational")) == []


VALUES = {
    "smallint": "7::smallint",
    "integer": "70000",
    "bigint": "7000000000",
    "numeric": "1.5",
    "numeric(8,3)": "12345.678",
    "real": "1.5::real",
    "double precision": "0.1::float8",
    "text": "'a'",
    "character varying(9)": "'b '",
    "character(4)": "'c'",
    "boolean": "true",
    "date": "date '2024-02-29'",
    "time without time zone": "time '23:59:59.5'",
    "timestamp without time zone": "timestamp '2024-02-29 01:02:03.4'",
    "timestamp with time zone": "timestamptz '2024-02-29 01:02:03.4+02'",
    "interval": "interval '1 month 2 days'",
    "uuid": "'00000000-0000-0000-0000-0000000000a1'::uuid",
    "json": "json '{\"a\": [1, 2]}'",
    "jsonb": "jsonb '{\"a\": null}'",
    "bytea": "'\\x00ff'::bytea",
    "inet": "'10.0.0.1/8'::inet",
    "bit(3)": "B'101'",
    "integer[]": "array[1, null, 3]",
    "text[]": "array['x', '{}']",
    "int4range": "int4range(1, 5)",
    "one.mood": "'glad'::one.mood",
    "one.small": "5::one.small",
    "point": "point(1, 2)",
    "tsvector": "to_tsvector('simple', 'a b')",
}


@pytest.mark.both_servers
def test_a_column_of_any_type_reaches_the_draft(database: str, server: str, tmp_path: Path) -> None:
    """Once as it is in both tables, once beside a text, once in one table alone."""
    types = list(VALUES)
    same = [f'"same {at}" {name}' for at, name in enumerate(types)]
    mixed = [f"mixed_{at} {name}" for at, name in enumerate(types)]
    texts = [f"mixed_{at} text" for at, _ in enumerate(types)]
    alone = [f"alone_{at} {name}" for at, name in enumerate(types)]
    values = ", ".join(VALUES.values())
    as_text = ", ".join(f"({one})::text" for one in VALUES.values())
    url = _filled(
        database,
        f"""
        create schema one;
        create schema two;
        create type one.mood as enum ('glad', 'sad');
        create domain one.small as integer check (value < 10);
        create table one.things (
            id serial primary key, code text not null unique, {", ".join(same + mixed)}
        );
        create table one.uses (
            thing integer references one.things, "time" timestamptz default now(),
            primary key (thing, "time")
        );
        create table two.things (code text primary key, {", ".join(same + texts + alone)});
        insert into one.things select n, 'C' || n, {values}, {values} from generate_series(1, 9) n;
        insert into one.uses select n from generate_series(1, 9) n;
        insert into two.things
        select 'c' || n, {values}, {as_text}, {values}
        from generate_series(5, 12) n;
        """,
    )
    assert _merged(url) == ["one.things", "two.things"]
    configs = written(proposed(url), tmp_path)
    project = load_project(configs)
    assert list(unexplained(coverage(project), project)) == []
    options = ["--config", str(configs), "--database", url, "--scratch", server, "--quiet"]
    ended = call(*options, "apply", "--yes", *ALLOWED)
    assert ended.code == 0, ended.err
    with connect(url) as conn:
        ledger = conn.execute(
            "select sum(candidates), sum(inserted), sum(merged), sum(open)"
            " from operational.integrity_ledger"
        ).fetchone()
        found = conn.execute(
            "select legacy_attributes from one.things where code = 'c12'"
        ).fetchone()
    assert ledger == (9 + 8 + 9, 12 + 9, 5, 0)
    assert found is not None
    kept = {name for name in found[0] if name.startswith("alone_")}
    assert kept == {f"alone_{at}" for at, _ in enumerate(types)}


# --- the command ------------------------------------------------------------------------------


def test_the_command_writes_report_and_draft(workshop: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = call("inspect", "--propose", "--database", workshop, "--out", str(out))
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].split() == ["group", "confidence", "tables", "rows", "draft"]
    assert "3 tables merged by email; 5 more loaded along" in lines[2]
    assert f"map and evidence: {out / 'report.html'}" in lines
    report = json.loads((out / "report.json").read_text())
    assert [group["name"] for group in report["groups"]] == ["customer", "order"]
    assert len(report["tables"]) == 14
    ended = call("--config", str(out / "configs"), "validate")
    assert ended.code == 0, ended.err
    again = call("inspect", "--propose", "--database", workshop, "--out", str(out))
    assert again.code == 6
    assert "a draft never overwrites what a person edited" in again.err


def test_the_command_as_json(workshop: str, tmp_path: Path) -> None:
    ended = call(
        "--json", "--database", workshop, "inspect", "--propose", "--out", str(tmp_path / "out")
    )
    assert ended.code == 0, ended.err
    assert ended.json["files"][-2:] == ["report.html", "report.json"]
    assert ended.json["groups"][0]["natural_key"] == "email"


def test_the_command_needs_a_folder(workshop: str) -> None:
    ended = call("inspect", "--propose", "--database", workshop)
    assert ended.code == 2
    assert "--propose needs --out DIRECTORY" in ended.err
