"""What is read from a server, and what is said about things the model cannot express."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from integrity.catalog.read import bare, read_catalog
from integrity.database.connect import Connection, connect
from integrity.model import Column, ForeignKey, Index, Key, Name

SAMPLES = Path(__file__).parent / "samples"
ODD = 'Odd "schema"'
SELECT = Name(ODD, "Select")


def load(conn: Connection[Any], sample: str) -> None:
    conn.execute((SAMPLES / f"{sample}.sql").read_text())


@pytest.mark.both_servers
def test_a_table_with_all_its_parts(connection: Connection[Any]) -> None:
    load(connection, "every_kind")
    catalog = read_catalog(connection)
    table = catalog.table(SELECT)
    assert table is not None
    assert catalog.schemas == (ODD, "public", "shop")
    assert table.columns[:4] == (
        Column(
            name="Key",
            type="integer",
            nullable=False,
            default='nextval(\'"Odd ""schema"""."Select_Key_seq"\'::regclass)',
        ),
        Column(name="order", type="integer", nullable=False, default="(1 + 2)"),
        Column(name="a.b", type="numeric(10,2)"),
        Column(name="doubled", type="integer", generated='shop.twice("order")'),
    )
    assert table.primary_key == Key(name="Select_pkey", columns=("Key",))
    assert table.natural_key is None
    assert table.foreign_keys == (
        ForeignKey(
            name="Fk",
            columns=("parent_id",),
            references=Name("shop", "parent"),
            to=("id",),
            on_delete="SET NULL",
            on_update="CASCADE",
            deferrable=True,
        ),
        ForeignKey(name="Select_own_fkey", columns=("own",), references=SELECT, to=("Key",)),
    )
    assert [(c.name, c.expression) for c in table.checks] == [
        ("Check 2", """("order" > 0) AND (((note)::text <> ')'::text) OR ("order" < 3))"""),
        ("Select_a.b_check", '("a.b" > (0)::numeric) AND ("a.b" < (100)::numeric)'),
    ]
    assert table.indexes == (
        Index(
            name="Ix",
            columns=('"order" desc', '"a.b" nulls first', "own desc nulls last"),
            include=("note",),
            where='(note IS NOT NULL) AND ("order" > 0)',
        ),
        Index(name="ix_gin", columns=("payload jsonb_path_ops", "tags"), method="gin"),
        Index(
            name="ix_lower",
            columns=(
                "lower((note)::text)",
                '("order" + own)',
                "note text_pattern_ops",
                'note collate pg_catalog."POSIX"',
            ),
        ),
    )
    assert [(t.name, t.enabled) for t in table.triggers] == [
        ("Touch it", "always"),
        ("touch_off", "disabled"),
    ]
    assert catalog.unmanaged == ()


@pytest.mark.both_servers
def test_the_other_kinds(connection: Connection[Any]) -> None:
    load(connection, "every_kind")
    catalog = read_catalog(connection, ["shop"])
    assert catalog.schemas == ("shop",)
    assert [(e.name.name, e.labels) for e in catalog.enums] == [
        ("mood", ("sad", "it's ok", "Ünïcode"))
    ]
    assert [(s.name.name, s.type, s.owned_by) for s in catalog.sequences] == [
        ("free_seq", "smallint", None)
    ]
    assert [(v.name.name, v.materialized, [str(n) for n in v.reads]) for v in catalog.views] == [
        ("a_second", False, ['Odd "schema".Select', "shop.z_first"]),
        ("calls", False, []),
        ("counted", True, ["shop.parent"]),
        ("mat", False, ["shop.counted"]),
        ("z_first", False, ["shop.parent"]),
    ]
    assert [f"{f.name.name}({f.arguments})" for f in catalog.functions] == [
        "atomic(x integer)",
        "proceed(INOUT n integer)",
        "some_rows()",
        "touch()",
        "twice(n integer)",
    ]
    parent = catalog.table(Name("shop", "parent"))
    assert parent is not None
    assert parent.description == 'What\'s "this"?'
    assert parent.columns[0].identity == "by default"
    assert parent.columns[1].collation == "C"
    assert [k.nulls_not_distinct for k in parent.uniques] == [False, True]
    assert [(i.name, i.unique, i.nulls_not_distinct) for i in parent.indexes] == [
        ("ix_hash", False, False),
        ("ix_unique", True, True),
    ]


@pytest.mark.both_servers
def test_a_serial_is_a_default_and_an_owned_sequence(connection: Connection[Any]) -> None:
    load(connection, "every_kind")
    (sequence,) = read_catalog(connection, [ODD]).sequences
    assert sequence.name == Name(ODD, "Select_Key_seq")
    assert (sequence.type, sequence.owned_by) == ("integer", '"Select"."Key"')


@pytest.mark.both_servers
def test_nothing_is_ignored(connection: Connection[Any]) -> None:
    load(connection, "unmanaged")
    catalog = read_catalog(connection)
    (domain,) = catalog.domains
    assert (str(domain.name), domain.type) == ("u.positive", "integer")
    assert domain.constraints == "constraint positive_check CHECK ((VALUE > 0))"
    assert catalog.unmanaged == (
        "aggregate u.total",
        "composite type u.pair",
        "covering key u.t.t_cover",
        "deferrable key u.t.t_key",
        "event trigger ev",
        "exclusion constraint u.t.t_excl",
        "foreign key with a column list on delete u.child.child_nv",
        "identity options u.t.big",
        "index u.m_ix",
        "inheritance u.base",
        "inheritance u.derived",
        "initially deferred constraint u.child.child_fk",
        "match full foreign key u.child.child_fk",
        "not valid constraint u.child.child_nv",
        "partition u.parted_2024",
        "partitioned table u.parted",
        "policy u.t.mine",
        "privileges u.v",
        "publication pub",
        "range type u.span",
        "row security u.t",
        "rule u.t.quiet",
        "sequence options u.odd",
        "statistics u.st",
        "storage parameters u.fast",
        "trigger u.v.instead",
        "unlogged table u.fast",
    )
    assert [t.name.name for t in catalog.tables] == ["child", "fast", "t"]
    alone = read_catalog(connection, ["u"]).unmanaged
    assert set(catalog.unmanaged) - set(alone) == {"event trigger ev", "publication pub"}


def test_postgresql_18_only(connection: Connection[Any]) -> None:
    if connection.info.server_version < 180000:
        pytest.skip("needs PostgreSQL 18")
    connection.execute("""
        create table public.p (id integer, constraint pk primary key (id));
        create table public.t (
            id integer,
            twice integer generated always as (id * 2) virtual,
            constraint odd check (id > 0) not enforced,
            constraint fk foreign key (id) references public.p not enforced
        );
        alter table public.t add constraint nn not null id not valid;
    """)
    assert read_catalog(connection, ["public"]).unmanaged == (
        "not valid constraint public.t.fk",
        "not valid constraint public.t.nn",
        "not valid constraint public.t.odd",
        "temporal or not enforced constraint public.t.fk",
        "temporal or not enforced constraint public.t.odd",
        "virtual generated column public.t.twice",
    )


def test_what_belongs_to_an_extension_is_left_out(connection: Connection[Any]) -> None:
    found = connection.execute(
        "select name from pg_available_extensions where name in ('vector', 'citext', 'hstore')"
    ).fetchone()
    if found is None:
        pytest.skip("the server has no extension to create")
    before = read_catalog(connection)
    connection.execute("create schema ext")
    connection.execute(f"create extension {found[0]} schema ext")
    after = read_catalog(connection)
    assert after.schemas == ("ext", "public")
    assert (after.functions, after.unmanaged) == (before.functions, before.unmanaged)


@pytest.mark.both_servers
def test_search_path_and_transaction_make_no_difference(database: str) -> None:
    with connect(database) as conn:
        load(conn, "every_kind")
        expected = read_catalog(conn)
        conn.execute("set search_path = shop, public")
        assert read_catalog(conn) == expected
        assert conn.execute("show search_path").fetchone() == ("shop, public",)
    with connect(database, autocommit=False) as conn:
        conn.execute("set local search_path = shop")
        conn.execute("create table shop.mine ()")
        catalog = read_catalog(conn)
        assert catalog.table(Name("shop", "mine"))
        assert conn.execute("show search_path").fetchone() == ("shop",)
        conn.rollback()


def test_schemas_that_do_not_exist_are_left_out(connection: Connection[Any]) -> None:
    assert read_catalog(connection, ["nowhere", "public"]).schemas == ("public",)
    assert read_catalog(connection, []).schemas == ()


def test_three_hundred_tables_take_a_moment(connection: Connection[Any]) -> None:
    connection.execute("""
        do $$ begin
            for n in 1..300 loop
                execute format(
                    'create table public.t%s (id bigserial primary key, a text, b integer
                        check (b > 0), c integer references public.t%s, unique (a, b))',
                    n, greatest(n - 1, 1));
                execute format('create index on public.t%s (b desc, a)', n);
            end loop;
        end $$
    """)
    started = time.monotonic()
    catalog = read_catalog(connection)
    assert len(catalog.tables) == len(catalog.sequences) == 300
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("(a > 0)", "a > 0"),
        ("((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
        ("(a > 0) AND (b > 0)", "(a > 0) AND (b > 0)"),
        ("(a = ')'::text)", "a = ')'::text"),
        ("""(")" = E'(\\\\')""", """")" = E'(\\\\'"""),
        ("lower(a)", "lower(a)"),
        ("(a)::text", "(a)::text"),
    ],
)
def test_bare(given: str, expected: str) -> None:
    assert bare(given) == expected
