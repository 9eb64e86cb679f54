"""The toolkit's own tables and functions, on the newest and the oldest server."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrity.database.connect import Connection, Error, errors
from integrity.operations.toolkit_tables import toolkit_statements

SCHEMA = 'tool" $body$ kit'
QUOTED = '"tool"" $body$ kit"'
TYPES = (
    "smallint", "integer", "bigint", "numeric", "numeric(5,2)", "real", "double precision",
    "boolean", "date", "timestamp without time zone", "timestamp with time zone",
    "timestamp(0) without time zone", "time without time zone", "interval", "text",
    "character varying(5)", "character(3)", "uuid", "json", "jsonb", "integer[]",
    "character varying(3)[]", "inet", "bit(2)", "bit varying(3)", "bytea",
    "public.mood", "public.positive",
)  # fmt: skip
PIECES = st.sampled_from(
    """
    0 1 12 -7 1.5 1e3 1e400 99999 32768 2147483648 NaN Infinity true f yes 2024-02-30 2024-02-29
    24:00 25:00 infinity epoch now today {1,2} {1} {a,bcde} {abcd} [1] {} null \\x00ff \\ ' " % $1
    sad happy ::1 10.0.0.0/8 101 é 𝄞 a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 day 3 mons
    """.split()  # noqa: SIM905
)
TEXTS = st.one_of(
    PIECES,
    st.lists(PIECES, max_size=3).map(" ".join),
    st.lists(PIECES, max_size=2).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.integers().map(str),
    st.floats().map(str),
)


@pytest.fixture
def toolkit(connection: Connection[Any]) -> Connection[Any]:
    for _ in range(2):  # idempotent
        for statement in toolkit_statements(SCHEMA):
            connection.execute(statement)
    return connection


@pytest.mark.both_servers
def test_every_table_and_column_has_a_comment(toolkit: Connection[Any]) -> None:
    undescribed = toolkit.execute(
        "select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid"
        " where relnamespace = %s::regnamespace and relkind = 'r' and attnum > 0"
        " and (col_description(pg_class.oid, attnum) is null"
        "  or obj_description(pg_class.oid, 'pg_class') is null)",
        [QUOTED],
    ).fetchall()
    # The one generated column is described with the others.
    assert undescribed == []


def test_statements_stand_alone() -> None:
    statements = toolkit_statements("operational")
    assert not [one for one in statements if one.endswith(";") or not one]
    assert statements[0] == "create schema if not exists operational"


def test_open_is_what_no_term_accounts_for(toolkit: Connection[Any]) -> None:
    row = toolkit.execute(
        f"insert into {QUOTED}.integrity_ledger (migration, mapping, source, arm, candidates,"
        " inserted, merged, quarantined, dropped, empty, moved)"
        " values ('m', 'u', 's', '', 100, 1, 2, 4, 8, 16, 32) returning open"
    ).fetchone()
    assert row == (37,)


@pytest.mark.both_servers
def test_a_frozen_source_refuses_writes(toolkit: Connection[Any]) -> None:
    toolkit.execute("create table public.source (a integer)")
    toolkit.execute(
        "create trigger integrity_freeze before insert or update or delete or truncate"
        f" on public.source execute function {QUOTED}.integrity_refuse_write('013_all')"
    )
    with pytest.raises(errors.ObjectInUse) as refused:
        toolkit.execute("truncate public.source")
    assert refused.value.diag.message_primary == (
        "public.source is read-only: migration 013_all took it as a source"
    )
    assert refused.value.diag.message_hint


@pytest.fixture
def typed(toolkit: Connection[Any]) -> Connection[Any]:
    toolkit.execute("create type public.mood as enum ('sad', 'happy')")
    toolkit.execute("create domain public.positive as integer check (value > 0)")
    columns = ", ".join(f"c{n} {name}" for n, name in enumerate(TYPES))
    toolkit.execute(f"create temporary table target ({columns})")
    return toolkit


def assigns(conn: Connection[Any], number: int, text: str) -> bool:
    try:
        with conn.transaction():
            conn.execute(f"insert into pg_temp.target (c{number}) values (%s)", [text])
    except Error:
        return False
    return True


@pytest.mark.both_servers
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS)
@example(text="1E200000")  # JSON, but no number that jsonb can hold
def test_is_valid_agrees_with_the_server(typed: Connection[Any], text: str) -> None:
    with typed.transaction(force_rollback=True):
        for number, name in enumerate(TYPES):
            (found,) = typed.execute(
                f"select {QUOTED}.integrity_is_valid(%s, %s)", [text, name]
            ).fetchone() or ("nothing",)
            assert found == (assigns(typed, number, text) and not changes(text, name)), (text, name)


def changes(text: str, type_name: str) -> bool:
    """Whether the value would be another one on every run."""
    words = re.findall(r"\w+", text.lower())
    moment = type_name.startswith(("date", "time"))
    return moment and not {"now", "today", "tomorrow", "yesterday"}.isdisjoint(words)


@pytest.mark.both_servers
@pytest.mark.parametrize(
    ("text", "type_name", "valid"),
    [
        ("now", "timestamp with time zone", False),
        (" Today", "date", False),
        ("tomorrow 10:00", "timestamp(0) without time zone", False),
        ("now", "text", True),
        ("infinity", "date", True),
        ("epoch", "timestamp without time zone", True),
        ("{2024-01-01,yesterday}", "date[]", False),
        ("[today,]", "daterange", False),
    ],
)
def test_a_value_that_another_run_would_read_otherwise_is_not_valid(
    toolkit: Connection[Any], text: str, type_name: str, valid: bool
) -> None:
    ask = f"select {QUOTED}.integrity_is_valid(%s, %s)"
    assert toolkit.execute(ask, [text, type_name]).fetchone() == (valid,)


@pytest.mark.both_servers
def test_is_valid_of_null_and_of_an_unknown_type(typed: Connection[Any]) -> None:
    ask = f"select {QUOTED}.integrity_is_valid(%s, %s)"
    assert typed.execute(ask, [None, "integer"]).fetchone() == (None,)
    with pytest.raises(errors.UndefinedObject):
        typed.execute(ask, ["1", "public.nothing"])


@pytest.mark.both_servers
def test_an_older_ledger_gets_the_term_archived(toolkit: Connection[Any]) -> None:
    ledger = f"{QUOTED}.integrity_ledger"
    old = "candidates - (inserted + merged + quarantined + dropped + empty + moved)"
    toolkit.execute(f"alter table {ledger} drop column open, drop column archived")
    toolkit.execute(
        f"alter table {ledger} add column open bigint generated always as ({old}) stored"
    )
    toolkit.execute(
        f"insert into {ledger} (migration, mapping, source, arm, candidates, inserted)"
        " values ('m', 'a.b', 'c.d', '', 3, 2)"
    )
    for statement in toolkit_statements(SCHEMA):
        toolkit.execute(statement)
    toolkit.execute(f"update {ledger} set archived = 1")
    assert toolkit.execute(f"select archived, open from {ledger}").fetchall() == [(1, 0)]
