"""``integrity load``: files into a real table, every row accounted for."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_project import Result, call

from integrity.database.connect import Connection
from integrity.errors import DriftFailure, Failure, LockedFailure, UnprovenFailure
from integrity.loading import Figures, Options, Outcome, list_loads, load
from integrity.loading.run import refuse_rejects

SCHEMA = "toolkit"
PEOPLE = """
create schema shop;
create table shop.towns (code text primary key);
insert into shop.towns values ('A'), ('B');
create table shop.people (
    id integer primary key,
    name varchar(5) not null,
    town text references shop.towns,
    age smallint check (age >= 0),
    born date,
    note text default 'none'
);
"""
Load = Callable[..., Outcome]


@pytest.fixture
def people(connection: Connection[Any]) -> Connection[Any]:
    connection.execute(PEOPLE)
    return connection


@pytest.fixture
def loads(people: Connection[Any], database: str) -> Load:
    def run(*paths: Path, into: str = "shop.people", **given: Any) -> Outcome:
        return load(database, SCHEMA, paths, into=into, options=Options(**given))

    return run


def rows(conn: Connection[Any], text: str) -> list[tuple[Any, ...]]:
    return conn.execute(text).fetchall()


def rejected(conn: Connection[Any]) -> list[tuple[Any, ...]]:
    return rows(
        conn,
        'select line, reason, "column", detail from toolkit.integrity_load_quarantine'
        " order by load, line",
    )


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# --- CSV ----------------------------------------------------------------------------------------

DIRTY = """\
id,name,town,age,born
1,Ann,A,10,2020-01-02
x,Bob,A,10,2020-01-02
3,Christine,A,10,2020-01-02
4,,A,10,2020-01-02
5,Eve,Z,10,2020-01-02
6,Fay,B,-1,2020-01-02
1,Ann,A,10,2020-01-02
1,Ann,B,10,2020-01-02
9,Hal,B,10,today
10,Ida,B
11,"I
J",,,
12,Kim,A,40000,2020-02-30
13,"bad"quote,A,1,2020-01-01
14,Lea,A,1,
"""


@pytest.mark.both_servers
def test_each_bad_row_costs_itself(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    outcome = loads(write(tmp_path / "people.csv", DIRTY))
    assert outcome.figures == Figures(read=14, loaded=3, quarantined=10, repeated=1)
    assert rows(people, "select id, name, town, age, note from shop.people order by id") == [
        (1, "Ann", "A", 10, "none"),
        (11, "I\nJ", None, None, "none"),
        (14, "Lea", "A", 1, "none"),
    ]
    assert rejected(people) == [
        (3, "cast", "id", "x is no integer"),
        (4, "cast", "name", "Christine is no character varying(5)"),
        (5, "null", "name", "no value"),
        (6, "reference", "people_town_fkey", "town names no row of shop.towns"),
        (7, "check", "people_age_check", "not true: (age >= 0)"),
        (9, "unique", "people_pkey", "another row has id = 1 and differs"),
        (10, "cast", "born", "today is no date"),
        (11, "fields", "", "3 fields, the header has 5"),
        (14, "cast", "age", "40000 is no smallint"),
        (15, "csv", "", "',' expected after '\"'"),
    ]
    whole = rows(
        people,
        "select row from toolkit.integrity_load_quarantine where line in (3, 11, 15) order by line",
    )
    assert [one for (one,) in whole] == [
        {"id": "x", "name": "Bob", "town": "A", "age": "10", "born": "2020-01-02"},
        ["10", "Ida", "B"],
        '13,"bad"quote,A,1,2020-01-01\n',
    ]


def test_clean_rows_need_one_statement(
    loads: Load, people: Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrity.loading.place import Placing

    monkeypatch.setattr(Placing, "_closely", lambda _: pytest.fail("looked closely"))
    text = "id,name\n" + "".join(f"{n},n{n % 100}\n" for n in range(5_000))
    outcome = loads(write(tmp_path / "people.csv", text), chunk=2_000)
    assert outcome.figures == Figures(5_000, 5_000, 0, 0)
    assert rows(people, "select count(*), sum(id) from shop.people") == [(5_000, 12_497_500)]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "people.csv is empty"),
        ("id,name,\n", {}, "people.csv:1: field 3 of the header is blank"),
        ("id,name,id\n", {}, "people.csv:1: field 3 of the header is 'id' once more"),
        ("id,nam\n", {}, "people.csv:1: table shop.people has no column for column 'nam'"),
        ("id\n1\n", {}, "people.csv:1: no column 'name', which shop.people requires"),
        ("id,name\n", {"mapped": {"nme": "name"}}, "--map: table shop.people has no column 'nme'"),
        ("id,name\n", {"mapped": {"town": "x"}}, "--map: people.csv has no column 'x'"),
        ("id,name\n", {"rest": "age"}, "--rest: column age is smallint"),
        ('id,name\n1,"A\n2,B\n', {}, "people.csv:2: a quote is opened in this record and never"),
    ],
)
def test_a_file_that_cannot_be_used(
    loads: Load, people: Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    text: str, options: dict[str, Any], message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "people.csv", text)
    with pytest.raises(Failure) as caught:
        loads(Path("people.csv"), **options)
    assert caught.value.message.startswith(message)
    assert caught.value.hint
    assert int(caught.value.exit_code) == 2
    assert rows(people, "select count(*) from shop.people") == [(0,)]


def test_the_nearest_name(loads: Load, tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        loads(write(tmp_path / "p.csv", "id,nam\n"))
    assert caught.value.hint.startswith("did you mean 'name'?; or --map COLUMN=NAME")
    with pytest.raises(DriftFailure) as missing:
        loads(write(tmp_path / "p.csv", "id,name\n"), into="shop.poeple")
    assert missing.value.message == "there is no table shop.poeple"
    assert missing.value.hint == "did you mean 'shop.people'?"


def test_bom_renames_rest_null_and_delimiter(
    loads: Load, people: Connection[Any], tmp_path: Path
) -> None:
    people.execute("alter table shop.people add more jsonb, add origin text")
    text = 'id;"Full.""Name";x;y;junk\n1;Ann;\\N;2;j\n'
    outcome = loads(
        write(tmp_path / "p.csv", text, "utf-8-sig"),
        delimiter=";", null="\\N", rest="more", skipped=("junk",),
        mapped={"name": 'Full."Name',  "origin": "$line"},
    )  # fmt: skip
    assert outcome.figures == Figures(1, 1, 0, 0)
    write(tmp_path / "q.csv", "id,a\n2,b\n")
    loads(tmp_path / "q.csv", mapped={"name": "a", "more": "$", "origin": "$file"})
    assert rows(people, "select more, name from shop.people where id = 2") == [
        ({"id": "2", "a": "b"}, "b")
    ]
    found = rows(people, "select id, name, more, origin from shop.people where id = 1")
    assert found == [(1, "Ann", {"x": None, "y": "2"}, "2")]


def test_what_no_text_can_hold(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"id,name\n1,a\0b\n2,\xffc\n3,ok\n")
    assert loads(path, max_rejects=100).figures == Figures(3, 1, 2, 0)
    assert rejected(people) == [
        (2, "text", "name", "holds a NUL character"),
        (3, "text", "name", "is not UTF-8 text: byte 0xff"),
    ]
    found = rows(people, "select row ->> 'name' from toolkit.integrity_load_quarantine")
    assert found == [("a\\u0000b",), ("\\udcffc",)]


# --- JSON ---------------------------------------------------------------------------------------

OBJECTS = [
    {"id": 1, "name": "Ann", "note": None},
    {"id": 2, "name": "Bob"},
    {"id": 3, "name": "Cyd", "note": "n"},
    {"id": "four", "name": "Dee"},
    {"name": "Eve"},
]


@pytest.mark.parametrize("form", ["array", "lines", "values", "array.gz", "folder", "pretty"])
def test_json_in_every_form(
    loads: Load, people: Connection[Any], tmp_path: Path, form: str
) -> None:
    given = {"max_rejects": 100}
    texts = [json.dumps(one) for one in OBJECTS]
    if form == "lines":
        path = write(tmp_path / "p.jsonl", "\ufeff" + "\n".join(texts))
    elif form == "values":
        path = write(tmp_path / "p.json", " ".join(texts))
    elif form == "folder":
        path = tmp_path / "payloads"
        (path / "day").mkdir(parents=True)
        for number, text in enumerate(texts):
            write(path / "day" / f"{number}.json", text)
    elif form == "array.gz":
        path = tmp_path / "p.json.gz"
        path.write_bytes(gzip.compress(json.dumps(OBJECTS).encode()))
    else:
        path = write(
            tmp_path / "p.json", json.dumps(OBJECTS, indent=2 if form == "pretty" else None)
        )
    assert loads(path, **given).figures == Figures(5, 3, 2, 0)
    found = rows(people, "select id, name, note from shop.people order by id")
    assert found == [(1, "Ann", None), (2, "Bob", "none"), (3, "Cyd", "n")]
    reasons = [(reason, column) for _, reason, column, _ in rejected(people)]
    assert reasons == [("cast", "id"), ("null", "id")]
    again = loads(path, **given)
    assert (again.files, again.figures) == (0, Figures(5, 3, 2, 0))
    assert rows(people, "select count(*) from shop.people") == [(3,)]


def test_paths_rest_and_exact_numbers(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    people.execute(
        "create table shop.games (id bigint generated always as identity, home text, odds numeric,"
        " tags text[], payload jsonb, more jsonb)"
    )
    text = """{"data": [
      {"game": {"home": {"name": "H", "id": 7}, "x.y": [1.10, 2.50]}, "tags": ["a,\\"b", null],
       "payload": {"n": 1.000000000000000000001}, "new": true},
      {"game": {}, "tags": []}]}"""
    given: dict[str, Any] = {
        "rows": "data", "mapped": {"home": "game.home.name", "odds": 'game."x.y".1'},
    }  # fmt: skip
    path = write(tmp_path / "g.json", text)
    with pytest.raises(Failure) as caught:
        loads(path, into="shop.games", **given)
    assert caught.value.message.endswith("has no column for name 'game.home.id'")
    outcome = loads(path, into="shop.games", rest="more", **given)
    assert outcome.figures == Figures(2, 2, 0, 0)
    assert rows(
        people, "select home, odds::text, tags, payload::text, more from shop.games order by id"
    ) == [
        ("H", "2.50", ['a,"b', None], '{"n": 1.000000000000000000001}',
         {"game": {"home": {"id": 7}, "x.y": [1.1, 2.5]}, "new": True}),
        (None, None, [], None, {"game": {}}),
    ]  # fmt: skip


def test_lines_that_are_not_json_cost_themselves(
    loads: Load, people: Connection[Any], tmp_path: Path
) -> None:
    text = r"""{"id": 1, "name": "A"}
{"id": 2,

{"id": 3, "id": 4}
[5]
{"id": NaN}
{"id": 6, "name": "\ud800"}
"""
    outcome = loads(write(tmp_path / "p.ndjson", text), max_rejects=100)
    assert outcome.figures == Figures(6, 1, 5, 0)
    assert [(line, reason) for line, reason, _, _ in rejected(people)] == [
        (2, "json"), (4, "json"), (5, "json"), (6, "json"), (7, "text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": 1, "name": "A"}\n, {"id": 2', "p.json:2: not JSON: "),
        ('[{"id": 1, "name": "A"}\n {"id": 2}]', "p.json:2: not JSON: expected , or ]"),
        ('[{"id": 1, "name": "A"}', "p.json:1: not JSON: the list is not closed"),
        ('[{"id": 1,\n "id": 2}]', "p.json:1: not JSON: name 'id' stands twice in an object"),
        ('[{"id": 1, "nope": 1}]', "p.json:1: table shop.people has no column for name 'nope'"),
    ],
)  # fmt: skip
def test_broken_json_says_where(
    loads: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "p.json", text)
    with pytest.raises(Failure) as caught:
        loads(Path("p.json"))
    assert caught.value.message.startswith(message)


# --- the target ---------------------------------------------------------------------------------


def test_hostile_names(people: Connection[Any], loads: Load, tmp_path: Path) -> None:
    people.execute('create schema "S.c%s""h"')
    people.execute(
        'create table "S.c%s""h"."ta\'b%(x)s;--" ("a%b" integer, "sel""ect" text unique,'
        ' "{{ x }}" varchar(2) default \'%s\', "x;drop" text, check ("a%b" % 2 <> 1))'
    )
    path = tmp_path / "p.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["a%b", 'sel"ect', "{{ x }}", "x;drop"])
        writer.writerows(
            [
                [2, "'; --", "%s", "\\"],
                [3, "b", "x", "y"],
                [4, "b", "xyz", "y"],
                [6, "'; --", "", ""],
            ]
        )
    outcome = loads(path, into='"S.c%s""h"."ta\'b%(x)s;--"', max_rejects=100)
    assert outcome.figures == Figures(4, 1, 3, 0)
    assert [one[1:3] for one in rejected(people)] == [
        ("check", "ta'b%(x)s;--_a%b_check"),
        ("cast", "{{ x }}"),
        ("unique", "ta'b%(x)s;--_sel\"ect_key"),
    ]


def test_what_only_the_server_can_judge(
    people: Connection[Any], loads: Load, tmp_path: Path
) -> None:
    people.execute("""
        create table shop.stays (
            n integer, room integer, during int4range, parent integer,
            exclude using gist (during with &&),
            check (10 / n > 0)
        );
        create unique index stays_even on shop.stays (room) where n % 2 = 0;
        create function shop.judge() returns trigger language plpgsql as $$
        begin
            if new.room = 66 then raise exception 'room 66 is closed'; end if;
            if new.room = 77 then return null; end if;
            return new;
        end $$;
        create trigger judge before insert on shop.stays for each row execute function shop.judge();
    """)
    text = """n,room,during
1,1,"[1,3)"
2,1,"[2,4)"
0,1,"[10,11)"
2,5,"[20,21)"
4,5,"[30,31)"
5,66,"[40,41)"
5,77,"[50,51)"
5,8,"[60,61)"
"""
    outcome = loads(write(tmp_path / "s.csv", text), into="shop.stays", max_rejects=100)
    assert outcome.figures == Figures(8, 3, 5, 0)
    assert [one[:3] for one in rejected(people)] == [
        (3, "exclusion", "stays_during_excl"), (4, "cast", ""), (6, "unique", "stays_even"),
        (7, "refused", ""), (8, "refused", ""),
    ]  # fmt: skip


def test_columns_that_the_server_fills(
    people: Connection[Any], loads: Load, tmp_path: Path
) -> None:
    people.execute(
        "create table shop.made (id integer generated always as identity, a integer,"
        " twice integer generated always as (a * 2) stored)"
    )
    with pytest.raises(Failure) as caught:
        loads(write(tmp_path / "m.csv", "a,twice\n1,2\n"), into="shop.made")
    assert caught.value.message.endswith("column twice of shop.made is generated")
    assert caught.value.hint == "leave it out with --skip twice"
    assert loads(tmp_path / "m.csv", into="shop.made", skipped=("twice",)).figures.loaded == 1
    assert rows(people, "select * from shop.made") == [(1, 1, 2)]


def test_deferred_constraints_and_rows_that_refer_to_each_other(
    people: Connection[Any], loads: Load, tmp_path: Path
) -> None:
    people.execute(
        "create table shop.parts (id integer primary key, whole integer references shop.parts"
        " deferrable initially deferred)"
    )
    text = "id,whole\n1,2\n2,\n3,9\n"
    outcome = loads(write(tmp_path / "p.csv", text), into="shop.parts", max_rejects=100)
    assert outcome.figures.balanced and outcome.figures.read == 3
    assert rejected(people)[-1][:3] == (4, "reference", "parts_whole_fkey")
    assert rows(people, "select id from shop.parts where id = 2") == [(2,)]


# --- again and again ----------------------------------------------------------------------------


def test_a_dry_run_gives_the_figures_and_leaves_nothing(
    loads: Load, people: Connection[Any], tmp_path: Path
) -> None:
    people.execute("create sequence shop.s owned by shop.people.age")
    people.execute("alter table shop.people alter age set default nextval('shop.s')")
    path = write(tmp_path / "p.csv", "id,name\n1,a\n2,toolong\n1,a\n1,b\n5,e\n")
    tried = loads(path, dry_run=True)
    assert rows(people, "select count(*) from shop.people") == [(0,)]
    assert rows(people, "select to_regnamespace('toolkit')") == [(None,)]
    assert list_loads(people, SCHEMA) == ()
    done = loads(path)
    assert (done.figures, done.reasons) == (tried.figures, tried.reasons)
    assert done.figures == Figures(5, 2, 2, 1)
    assert loads(write(tmp_path / "q.csv", "id,name\n7,a\n"), dry_run=True).figures.loaded == 1
    people.execute("select nextval('shop.s')")
    assert len(list_loads(people, SCHEMA)) == 1


def test_changed_files_and_copies(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "id,name\n1,a\n")
    loads(path)
    write(path, "id,name\n1,a\n2,b\n")
    with pytest.raises(Failure, match="changed since it was loaded") as caught:
        loads(path)
    assert "--changed" in caught.value.hint
    assert loads(path, changed=True).figures == Figures(2, 1, 0, 1)
    copy = write(tmp_path / "copy.csv", path.read_text())
    with pytest.raises(Failure, match="has the content of"):
        loads(copy)
    assert loads(copy, copies="skip").copies == 1
    assert loads(copy, copies="load").figures == Figures(2, 0, 0, 2)
    people.execute("create table shop.log (id integer, name text)")
    loads(path, into="shop.log")
    write(path, "id,name\n1,a\n2,b\n3,c\n")
    with pytest.raises(Failure, match="no unique key"):
        loads(path, into="shop.log", changed=True)


def test_too_many_rejects(loads: Load, tmp_path: Path) -> None:
    options = Options(max_rejects=49.0)
    outcome = loads(write(tmp_path / "p.csv", "id,name\n1,a\nx,b\n"))
    with pytest.raises(UnprovenFailure) as caught:
        refuse_rejects(outcome, options)
    assert caught.value.message == "1 of 2 rows are in quarantine, 50 %; allowed are 49 %"
    refuse_rejects(outcome, Options(max_rejects=50.0))


def test_one_load_at_a_time(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "id,name\n1,a\n")
    oid = rows(people, "select 'shop.people'::regclass::oid::bigint")[0][0]
    people.execute("select pg_advisory_lock(%s)", [0x696C6F61 << 32 | oid])
    with pytest.raises(LockedFailure, match=r"another load into shop\.people is in progress"):
        loads(path)
    people.execute("select pg_advisory_unlock_all()")
    assert loads(path).figures.loaded == 1


def test_a_stopped_load_goes_on(loads: Load, people: Connection[Any], tmp_path: Path) -> None:
    text = "".join(f'{{"id": {n}, "name": "n"}}\n' for n in range(10))
    path = write(tmp_path / "p.jsonl", text + '{"id": 10, "name": "n", "more": 1}\n')
    with pytest.raises(Failure, match="no column for name 'more'"):
        loads(path, chunk=4)
    (entry,) = list_loads(people, SCHEMA)
    assert (entry.state, entry.read, entry.loaded) == ("running", 8, 8)
    people.execute("alter table shop.people add more jsonb")
    with pytest.raises(Failure, match="begun with another --chunk"):
        loads(path, chunk=5, rest="more")
    assert loads(path, chunk=4, rest="more").figures == Figures(11, 11, 0, 0)
    assert list_loads(people, SCHEMA)[0].state == "done"


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def command(
    people: Connection[Any], database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    (tmp_path / "configs").mkdir()
    write(tmp_path / "configs" / "project.yaml", "project: shop\ntoolkit_schema: toolkit\n")
    monkeypatch.chdir(tmp_path)
    return lambda *args: call("--database", database, *args)


def test_the_command(command: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "p.csv", "id,name\n" + "".join(f"{n},n\n" for n in range(20)) + "x,y\n")
    tried = command("load", "p.csv", "--into", "shop.people", "--dry-run")
    assert (tried.code, tried.err.splitlines()[0]) == (0, "load shop.people: 1 steps")
    lines = tried.out.splitlines()
    assert lines[0].startswith(
        "shop.people: 1 file: 21 rows read, 20 would be loaded, 1 quarantined, 0 repeated, "
    )
    assert lines[-1].split("  ")[-1].strip() == "p.csv:22: x is no integer"
    done = command("--quiet", "--json", "load", "p.csv", "--into", "shop.people")
    assert (done.code, done.err) == (0, "")
    assert done.json["figures"] == {"read": 21, "loaded": 20, "quarantined": 1, "repeated": 0}
    assert done.json["reasons"] == [
        {"reason": "cast", "column": "id", "rows": 1, "example": "p.csv:22: x is no integer"}
    ]
    again = command("load", "p.csv", "--into", "shop.people")
    assert (again.code, again.out.split(":")[1]) == (0, " 1 file, 1 finished before")


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["none.csv", "--into", "shop.people"], 2, "none.csv does not exist"),
        (["p.csv", "--into", "people"], 2, "'people' is no table"),
        (["p.csv", "--into", "shop.none"], 5, "there is no table shop.none"),
        (["p.csv", "--into", "shop.people", "--map", "x"], 2, "'x': write COLUMN=PATH"),
        (["p.txt", "--into", "shop.people"], 2, "p.txt: the name says no format"),
        (["p.csv", "--into", "shop.people", "--max-rejects", "1"], 9, "1 of 2 rows are in"),
    ],
)
def test_exit_codes(
    command: Callable[..., Result], tmp_path: Path, args: list[str], code: int, message: str
) -> None:
    write(tmp_path / "p.csv", "id,name\n1,a\nx,b\n")
    write(tmp_path / "p.txt", "id,name\n1,a\nx,b\n")
    ended = command("load", *args)
    assert ended.code == code
    assert message in ended.err
    assert "\nhint: " in ended.err
