"""Views, functions and the rest that hang on legacy tables: found, explained, recreated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dependents_case import DEPENDENTS, FILES, LEGACY, READER
from small_project import KIT, Case, compiled

from integrity.catalog.equality import snapshot
from integrity.database.connect import connect, create_database, drop_database
from integrity.errors import DatabaseFailure
from integrity.finalize.run import finalize, restore_legacy
from integrity.plan.compile import Compiled
from integrity.plan.dependents import unexplained_dependents
from integrity.plan.explain.html import render_html
from integrity.plan.explain.markdown import render_markdown
from integrity.plan.explain.text import render_text
from integrity.plan.judge import judge_migrations
from integrity.plan.model import Plan
from integrity.plan.planner import make_plan
from integrity.plan.serialize import plan_from_json, plan_to_json
from integrity.run.verify import verify


@pytest.fixture(scope="module")
def role(server: str) -> Iterator[str]:
    with connect(server) as conn:
        conn.execute(f"drop role if exists {READER}".encode())
        conn.execute(f"create role {READER}".encode())
    yield READER
    with connect(server) as conn:
        conn.execute(f"drop role {READER}".encode())


@pytest.fixture(scope="module")
def made(server: str, role: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    names: list[str] = []

    def make() -> str:
        names.append(f"integrity_test_dependents_{len(names)}")
        return create_database(server, names[-1])

    yield compiled(tmp_path_factory.mktemp("dependents"), LEGACY, FILES, make)
    for name in names:
        drop_database(server, name)


@pytest.fixture
def case(made: Compiled, database: str) -> Case:
    found = Case(made, database)
    found.execute(LEGACY)
    return found


def rules(plan: Plan) -> dict[str, tuple[str, str]]:
    return {f"{one.kind} {one.name}": (one.rule, one.detail) for one in plan.dependents}


@pytest.mark.both_servers
def test_there_and_back(case: Case, made: Compiled) -> None:
    before = case.state()
    case.apply()
    plan = make_plan(made, case.url, data=False)
    assert (plan.migrations, plan.drift) == ((), ())
    assert case.rows("select * from care.v_dear order by 1") == [(1, "p", 12), (3, "r", 20)]
    assert case.rows("select * from report.monthly") == [(3, 2)]
    assert case.value("select care.total('p')") == 12
    assert case.value(f"select has_table_privilege('{READER}', 'care.v_patients', 'select')")
    case.roll_back()
    assert before.differences(case.state()) == []
    assert make_plan(made, case.url, data=False).drift == ()
    case.apply()
    case.roll_back()
    assert before.differences(case.state()) == []


def test_the_plan_says_what_becomes_of_each(case: Case, made: Compiled) -> None:
    plan = make_plan(made, case.url, data=False)
    theirs, gone = "nobody reads them any more", "it goes with {}"
    follows, moves = "it stays, bound to {}", "it moves with the table, to {}"
    users = "care.login_users"
    assert rules(plan) == {
        "comments ward.visits": ("go", gone.format("ward.visits")),
        "function care.total(which text)": ("recreate", "care.total(which text) stands for it"),
        "function login.count_users()": ("archive", "the application counts them itself"),
        "function login.lowered()": ("follow", follows.format(users)),
        "function login.stamped()": ("recreate", "login.stamped() stands for it"),
        "function report.ids()": ("archive", "they list the old rows"),
        "function report.users()": ("follow", follows.format(users)),
        "function ward.half(n numeric)": ("recreate", "care.half(n numeric) stands for it"),
        "function ward.touched()": ("archive", theirs),
        "materialized view report.monthly": ("recreate", "report.monthly stands for it"),
        "privileges care.visits": ("go", gone.format("care.visits")),
        "privileges ward.visits": ("go", gone.format("ward.visits")),
        "procedure report.clean()": ("archive", "they list the old rows"),
        "rule ward.leftovers.quiet": ("go", gone.format("ward.leftovers")),
        "sequence login.users_id_seq": ("move", moves.format(users)),
        "sequence ward.tickets": ("go", gone.format("ward.visits")),
        "trigger login.users.lowered": ("move", moves.format(users)),
        "trigger login.users.stamped": ("move", moves.format(users)),
        "trigger ward.visits.touched": ("go", gone.format("ward.visits")),
        "type ward.level": ("go", "it goes when nothing uses it"),
        "view guests.v_theirs": ("keep", "they belong to the guests"),
        "view care.v_patients": ("recreate", "care.v_patients stands for it"),
        "view login.v_names": ("follow", follows.format(users)),
        "view ward.v_dear": ("recreate", "care.v_dear stands for it"),
        "view ward.v_visits": ("recreate", "care.v_dear stands for it"),
    }
    assert plan.grants_lost == (
        f"{READER}: update (price) on care.visits, not on care.visits",
        "everybody may call care.half(n numeric), which takes the place of ward.half(n numeric):"
        " not so before",
    )
    listed = {(one.verb, f"{one.kind} {one.name}", one.detail) for one in plan.changes}
    assert {
        ("park", "view care.v_patients", "to care__legacy"),
        ("park", "materialized view report.monthly", "to report__legacy"),
        ("park", "function care.total(which text)", "to care__legacy"),
        ("create", "view care.v_dear", "reads care.v_patients, care.visits"),
        (
            "create",
            "materialized view report.monthly",
            "reads care.login_users, care.visits; filled after the switch",
        ),
    } <= listed
    assert "unexplained-dependent" not in {one.hazard.code for one in plan.hazards}


def test_what_nobody_explained_is_a_hazard(case: Case, made: Compiled) -> None:
    case.execute("create view report.v_new as select * from ward.v_dear")
    found = {one.hazard.code: one for one in make_plan(made, case.url, data=False).hazards}
    hazard = found["unexplained-dependent"]
    detail = "no rule says what becomes of it, which hangs on ward.visits"
    assert (hazard.step, hazard.hazard.detail) == ("001/switch", f"view report.v_new: {detail}")


def test_the_plan_is_shown_in_every_form(case: Case, made: Compiled) -> None:
    case.execute("create view report.v_new as select * from ward.v_dear")
    plan = make_plan(made, case.url, data=False)
    for text in (render_text(plan, terminal=False), render_markdown(plan), render_html(plan)):
        for word in (
            "report.v_new",
            "unexplained",
            "login.count_users()",
            "archived",
            "update (price)",
        ):
            assert word in text
    assert plan_from_json(plan_to_json(plan)) == plan


def test_nothing_is_hidden_from_the_scan(case: Case, made: Compiled) -> None:
    """Every view that pg_depend knows to read a legacy table, through others too, is listed."""
    found = case.rows("""
        with recursive hanging (oid) as (
            select 'ward.visits'::regclass::oid union select 'care.visits'::regclass
            union select 'login.users'::regclass union select 'ward.leftovers'::regclass
            union
            select r.ev_class from hanging as h
            join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = h.oid
                and d.classid = 'pg_rewrite'::regclass
            join pg_rewrite as r on r.oid = d.objid and r.ev_class <> h.oid
        )
        select oid::regclass::text from hanging join pg_class using (oid)
        where relkind in ('v', 'm')
    """)
    listed = {one.name for one in make_plan(made, case.url, data=False).dependents}
    assert {name for (name,) in found} <= listed and len(found) == 5


def test_triggers_of_moved_tables_call_what_is_recreated(case: Case) -> None:
    case.apply()
    case.execute("update care.login_users set name = 'Eve' where id = 1")
    assert case.value("select name from care.login_users where id = 1") == "EVE2"
    fires = "select tgenabled::text from pg_trigger where tgname = 'stamped'"
    assert case.value(fires) == "A"
    case.roll_back()
    case.execute("update login.users set name = 'Ann' where id = 1")
    assert case.value("select name from login.users where id = 1") == "ANN2"


def test_grants_reach_the_schemas(case: Case) -> None:
    case.execute(f"revoke usage on schema care from {READER}")
    before = case.state()
    case.apply()
    usage = f"select has_schema_privilege('{READER}', 'care', 'usage')"
    assert case.value(usage)
    rights = [
        case.value(f"select has_table_privilege('{READER}', 'care.visits', '{right}')")
        for right in ("select", "insert", "update")
    ]
    assert rights == [True, True, False]
    assert case.value(f"select has_function_privilege('{READER}', 'care.total(text)', 'execute')")
    assert not case.value("select has_function_privilege('public', 'care.total(text)', 'execute')")
    assert case.value("select has_function_privilege('public', 'care.half(numeric)', 'execute')")
    case.roll_back()
    assert before.differences(case.state()) == []
    assert not case.value(usage)


def test_owners_of_sources_keep_their_rights(case: Case, made: Compiled) -> None:
    case.execute(f"alter table ward.visits owner to {READER}")
    lost = make_plan(made, case.url, data=False).grants_lost
    assert [line for line in lost if "ward.visits" in line] == []
    case.apply()
    assert case.value(f"select has_table_privilege('{READER}', 'care.visits', 'delete')")
    case.roll_back()


def test_a_materialized_view_that_cannot_be_filled(
    tmp_path: Path, make_database: Callable[[], str], role: str
) -> None:
    text = DEPENDENTS.replace(
        "select count(*) as visits, (", "select 1 / (count(*) - 3) as visits, ("
    )
    files = {**FILES, "dependents/all.yaml": text}
    case = Case(compiled(tmp_path, LEGACY, files, make_database), make_database())
    case.execute(LEGACY)
    before = case.state()
    with pytest.raises(DatabaseFailure, match=r"refresh report\.monthly: division by zero"):
        case.apply()
    assert case.value("select count(*) from care.visits") == 3  # the switch has happened
    case.roll_back()
    assert before.differences(case.state()) == []


HOSTILE = """\
recreate:
  - view: '"Out Look"."V %s; "'
    description: It's "hostile"; -- $$ %s
    definition: select patient as "select" from care.visits where patient <> 'a;b' -- the end
    grants: {public: [select]}
  - function: '"Out Look"."F()"("A b" text default ''x, (y'', n integer = 1)'
    description: $body$
    definition: |
      returns text language plpgsql as $x$
      begin
          return (select count(*) from "Out Look"."V %s; ") || "A b";
      end $x$;
    grants: {}
  - materialized_view: '"Out Look"."M"'
    definition: select "select" from "Out Look"."V %s; " union all select "Out Look"."F()"()
archive:
  - {name: [ward.*, report.*, login.*, care.*], because: enough}
"""


@pytest.mark.both_servers
def test_hostile_names_in_a_schema_of_their_own(
    tmp_path: Path, make_database: Callable[[], str], role: str
) -> None:
    files = {**FILES, "dependents/all.yaml": HOSTILE}
    case = Case(compiled(tmp_path, LEGACY, files, make_database), make_database())
    case.execute(LEGACY)
    before = case.state()
    case.apply()
    assert make_plan(case.made, case.url, data=False).drift == ()
    assert case.value('select count(*) from "Out Look"."M"') == 4
    assert case.value("select has_schema_privilege('public', 'Out Look', 'usage')")
    case.roll_back()
    assert before.differences(case.state()) == []
    case.by_psql(tmp_path, "migrate")
    assert case.value('select max("select") from "Out Look"."M"') == "r"
    case.by_psql(tmp_path, "rollback")
    assert before.differences(case.state()) == []


COMPATIBLE = """
  - view: ward.visits
    description: The name that programs know, over the unified table.
    definition: select number as id, patient, price, null::ward.level as level from care.visits
archive:
"""


def test_a_view_may_take_the_name_of_a_legacy_table(
    tmp_path: Path, make_database: Callable[[], str], role: str
) -> None:
    text = DEPENDENTS.replace("archive:\n", COMPATIBLE.lstrip("\n"), 1)
    files = {**FILES, "dependents/all.yaml": text}
    case = Case(compiled(tmp_path, LEGACY, files, make_database), make_database())
    case.execute(LEGACY)
    before = case.state()
    case.apply()
    assert make_plan(case.made, case.url, data=False).drift == ()
    assert verify(case.made, case.url).ok
    assert case.rows("select id, patient from ward.visits order by 1") == [
        (1, "p"), (2, "q"), (3, "r")
    ]  # fmt: skip
    assert case.value("select count(*) from ward__legacy.visits") == 2
    case.roll_back()
    assert before.differences(case.state()) == []
    case.apply()
    case.execute("update ward.visits set price = 13 where id = 1")
    case.roll_back()
    assert case.value("select price from ward.visits where id = 1") == 13


def test_a_role_that_the_server_lacks_stops_the_plan(
    tmp_path: Path, make_database: Callable[[], str], role: str
) -> None:
    files = {**FILES, "dependents/all.yaml": DEPENDENTS.replace(READER, "integrity_test_nobody")}
    lacking = compiled(tmp_path, LEGACY, files, make_database)
    url = make_database()
    Case(lacking, url).execute(LEGACY)
    assert make_plan(lacking, url, data=False).drift == (
        "the YAML grants privileges to role integrity_test_nobody, which the server does not have",
    )


@pytest.mark.both_servers
def test_psql_does_the_same(
    case: Case, make_database: Callable[[], str], made: Compiled, tmp_path: Path
) -> None:
    other = Case(made, make_database())
    other.execute(LEGACY)
    before = other.state()
    case.apply()
    other.by_psql(tmp_path, "migrate")
    with connect(case.url) as one, connect(other.url) as two:
        states = [snapshot(conn, toolkit_schema=KIT, accounts=True) for conn in (one, two)]
    assert states[0].differences(states[1]) == []
    other.by_psql(tmp_path, "rollback")
    assert before.differences(other.state()) == []


def test_the_judge_accepts_it(made: Compiled, server: str) -> None:
    judge_migrations(made.project, made.migrations, server)


def test_unexplained(case: Case, made: Compiled) -> None:
    with connect(case.url) as conn:
        assert unexplained_dependents(conn, made.project) == ()
    case.apply()
    with connect(case.url) as conn:
        assert unexplained_dependents(conn, made.project) == ()
    case.execute(
        "create view guests.v_new as select * from care.visits",
        "create view guests.v_old as select * from ward.v_visits",
        "create view guests.v_parked as select * from care__legacy.visits",
        "create function guests.names() returns bigint language sql as"
        " 'select count(*) from care.visits'",
        "create function guests.old_names() returns bigint language sql as"
        " 'select count(*) from ward.visits'",
        "create table guests.notes (visit integer references ward.visits)",
    )
    with connect(case.url) as conn:
        found = unexplained_dependents(conn, made.project)
    assert [f"{one.kind} {one.name}: {one.detail}" for one in found] == [
        "foreign key guests.notes.notes_visit_fkey: a table of others refers to ward.visits,"
        " which finalize drops",
        "view guests.v_old: it cannot be kept: it reads ward.visits, which finalize drops",
        "view guests.v_parked: it cannot be kept: it reads care.visits, which finalize drops",
    ]


def test_what_others_built_on_it_stops_the_rollback(case: Case) -> None:
    case.apply()
    case.execute("create view guests.v_mine as select * from care.v_patients")
    with pytest.raises(DatabaseFailure, match=r"others depend on: view guests\.v_mine"):
        case.roll_back()
    case.execute("drop view guests.v_mine")
    case.roll_back()


def test_finalize_takes_what_has_a_rule_and_gives_it_back(case: Case, tmp_path: Path) -> None:
    before = case.state()
    case.apply()
    applied = case.state()
    finalize(case.made, case.url, root=tmp_path)
    views = case.rows("""
        select oid::regclass::text from pg_class
        where relkind in ('v', 'm') and oid >= 16384 order by 1
    """)
    assert [name for (name,) in views] == [
        "care.v_dear", "care.v_patients", "guests.v_theirs", "login.v_names", "report.monthly"
    ]  # fmt: skip
    restore_legacy(case.made.project.settings, case.url)
    assert applied.differences(case.state()) == []
    case.roll_back()
    assert before.differences(case.state()) == []
