from itertools import product

import psycopg
import pytest

from integrity.sql.types import (
    CastKind,
    cast_kind,
    exact_equality,
    keeps_relfilenode,
    range_test,
    same_text,
)

TYPES = [
    "smallint", "integer", "bigint", "numeric", "numeric(3,1)", "numeric(4,1)", "numeric(4,2)",
    "numeric(12,0)", "numeric(40,20)", "real", "double precision", "text", "character varying",
    "character varying(5)", "character varying(9)", "character(3)", "character(5)", "boolean",
    "date", "timestamp without time zone", "timestamp(3) without time zone",
    "timestamp with time zone", "timestamp(3) with time zone", "timestamp(0) with time zone",
    "time without time zone", "time(0) without time zone", "time with time zone", "interval",
    "interval(3)", "uuid", "json", "jsonb", "inet", "cidr", "bytea", "xml", "bit(4)",
    "bit varying(4)", "bit varying(9)", "bit varying", "integer[]", "text[]",
    "character varying(5)[]", "character varying[]", "public.mood",
]  # fmt: skip

SAMPLES = {
    "smallint": ["-32768", "32767", "0"],
    "integer": ["-2147483648", "2147483647", "16777217"],
    "bigint": ["-9223372036854775808", "9223372036854775807", "9007199254740993"],
    "numeric": ["1.50", "-123456789012345678901234567890.5", "NaN"],
    "numeric(3,1)": ["99.9", "-0.1"],
    "numeric(4,1)": ["999.9"],
    "numeric(4,2)": ["99.99"],
    "numeric(12,0)": ["999999999999"],
    "numeric(40,20)": ["12345678901234567890.12345678901234567890"],
    "real": ["0.1", "3.4e38", "Infinity"],
    "double precision": ["0.1", "1e308", "-0"],
    "text": ["", " a ", "Ünï\\'"],
    "character varying": ["", " a "],
    "character varying(5)": ["abcde", "a   "],
    "character varying(9)": ["abcdefghi"],
    "boolean": ["t", "f"],
    "date": ["2024-02-29", "0001-01-01 BC", "infinity"],
    "timestamp without time zone": ["2024-03-10 02:30:00.123456", "infinity"],
    "timestamp(3) without time zone": ["2024-03-10 02:30:00.123"],
    "timestamp(3) with time zone": ["2024-03-10 02:30:00.123+00"],
    "timestamp(0) with time zone": ["2024-03-10 02:30:00+00"],
    "timestamp with time zone": ["2024-03-10 02:30:00.123456+00"],
    "time without time zone": ["23:59:59.999999", "24:00"],
    "time(0) without time zone": ["23:59:59"],
    "interval": ["1 mon 2 days 03:04:05.678901", "-1 year"],
    "interval(3)": ["00:00:01.234"],
    "uuid": ["00000000-0000-0000-0000-00000000000a"],
    "json": ['{"a": 1, "a": 2}', " null "],
    "jsonb": ['{"a": [1, null]}'],
    "inet": ["10.0.0.1/24", "::1"],
    "cidr": ["10.0.0.0/24"],
    "bytea": ["\\x00ff"],
    "bit(4)": ["0101"],
    "bit varying(4)": ["01", ""],
    "bit varying(9)": ["010101010"],
    "bit varying": ["0101010101"],
    "integer[]": ["{1,NULL}", "[2:3]={1,2}"],
    "text[]": ['{"a b",NULL}'],
    "character varying(5)[]": ["{abcde}"],
    "character varying[]": ["{abcdefg}"],
    "public.mood": ["sad", "It's"],
}


@pytest.fixture
def db(connection):
    connection.execute("create type public.mood as enum ('sad', 'It''s')")
    connection.execute("set timezone = 'UTC'; set datestyle = 'ISO'")
    return connection


def test_kinds_worth_reading() -> None:
    kinds = {
        ("varchar(5)", "text"): CastKind.WIDENING,
        ("text", "varchar(5)"): CastKind.GUARDED,
        ("int4", "integer"): CastKind.IDENTICAL,
        ("char", "character(1)"): CastKind.IDENTICAL,
        ("numeric(5)", "decimal(5,0)"): CastKind.IDENTICAL,
        ("smallint", "bigint"): CastKind.WIDENING,
        ("bigint", "smallint"): CastKind.GUARDED,
        ("integer", "numeric(10,0)"): CastKind.WIDENING,
        ("integer", "numeric(9,0)"): CastKind.GUARDED,
        ("numeric(3,1)", "numeric(4,2)"): CastKind.WIDENING,
        ("numeric(3,1)", "numeric(3,2)"): CastKind.GUARDED,
        ("bigint", "double precision"): CastKind.GUARDED,
        ("text", "timestamp with time zone"): CastKind.GUARDED,
        ("timestamp", "timestamptz"): CastKind.AMBIGUOUS,
        ("timestamptz", "timestamp(3)"): CastKind.AMBIGUOUS,
        ("timestamptz", "date"): CastKind.AMBIGUOUS,
        ("date", "timestamptz"): CastKind.AMBIGUOUS,
        ("timestamptz", "text"): CastKind.AMBIGUOUS,
        ("timestamptz(3)", "timestamptz"): CastKind.WIDENING,
        ("date", "timestamp"): CastKind.WIDENING,
        ("timestamp", "date"): CastKind.GUARDED,
        ("public.mood", "text"): CastKind.WIDENING,
        ("text", "public.mood"): CastKind.GUARDED,
        ("public.mood", 'public."Other mood"'): CastKind.IMPOSSIBLE,
        ("uuid", "integer"): CastKind.IMPOSSIBLE,
        ("varchar(5)[]", "text[]"): CastKind.WIDENING,
        ("text[]", "integer[]"): CastKind.GUARDED,
        ("integer[]", "integer"): CastKind.IMPOSSIBLE,
    }
    assert {pair: cast_kind(*pair) for pair in kinds} == kinds


@pytest.mark.both_servers
def test_widening_casts_lose_nothing_and_impossible_ones_do_not_exist(db) -> None:
    wrong = []
    for old, new in product(TYPES, TYPES):
        kind = cast_kind(old, new)
        try:
            db.execute(f"select null::{old}::{new}")
            exists = True
        except (psycopg.errors.CannotCoerce, psycopg.errors.UndefinedFunction):
            exists = False
        numbers_as_bytes = "bytea" in (old, new) and kind is CastKind.IMPOSSIBLE
        if exists == (kind is CastKind.IMPOSSIBLE) and not numbers_as_bytes:
            wrong.append((old, new, kind.value, exists))
        if kind in (CastKind.WIDENING, CastKind.IDENTICAL):
            for sample in SAMPLES.get(old, ()):
                sql = f"select %s::{old}::text, %s::{old}::{new}::{old}::text"
                row = db.execute(sql, (sample, sample)).fetchone()
                if row[0] != row[1]:
                    wrong.append((old, new, sample, row))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.both_servers
def test_ambiguous_casts_are_those_that_the_time_zone_changes(db) -> None:
    samples = {old: values for old, values in SAMPLES.items() if "time" in old or old == "date"}
    wrong = []
    for old, new in product(samples, TYPES):
        if cast_kind(old, new) is CastKind.IMPOSSIBLE or new.startswith("character"):
            continue
        seen = set()
        for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
            db.execute("set timezone = 'UTC'")
            db.execute("drop table if exists t")
            db.execute(f"create temp table t as select %s::{old} as x", (samples[old][0],))
            db.execute(f"set timezone = '{zone}'")
            db.execute(f"create temp table u as select x::{new} as x from t")
            db.execute("set timezone = 'UTC'")
            seen.add(db.execute("select x::text from u").fetchone())
            db.execute("drop table u")
        if (len(seen) > 1) != (cast_kind(old, new) is CastKind.AMBIGUOUS):
            wrong.append((old, new, cast_kind(old, new).value, seen))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.both_servers
def test_relfilenode_is_kept_where_the_server_keeps_it(db) -> None:
    node = "select relfilenode from pg_class where oid = 'public.f'::regclass"
    db.execute("set timezone = 'America/New_York'")
    wrong = []
    for old, new in product(TYPES, TYPES):
        if cast_kind(old, new) is CastKind.IMPOSSIBLE:
            continue
        db.execute(f"create table public.f (x {old})")
        before = db.execute(node).fetchone()
        db.execute(f"alter table public.f alter column x type {new} using x::{new}")
        kept = before == db.execute(node).fetchone()
        db.execute("drop table public.f")
        if kept != keeps_relfilenode(old, new):
            wrong.append((old, new, kept))
    assert wrong == [], "\n".join(map(str, wrong))


RANGED = {
    ("integer", "smallint"): ["32767", "32768", "-32768", "-32769"],
    ("bigint", "integer"): ["2147483647", "2147483648", "-2147483648", "-2147483649"],
    ("bigint", "smallint"): ["9223372036854775807", "-9223372036854775808", "7"],
    ("numeric", "numeric(4,2)"): ["99.994", "99.995", "-99.995", "NaN", "Infinity", "0"],
    ("numeric(12,4)", "numeric(3,0)"): ["999.4999", "999.5", "-999.5"],
    ("numeric", "numeric(3)"): ["999", "1000", "-Infinity"],
    ("numeric", "numeric(2,4)"): ["0.0099", "0.00995", "0.01"],
    ("numeric", "numeric(3,-2)"): ["99949", "99950", "-1"],
}


@pytest.mark.both_servers
@pytest.mark.parametrize("types", RANGED, ids=" to ".join)
def test_the_range_test_says_what_the_cast_does(db, types: tuple[str, str]) -> None:
    old, new = types
    for sample in [*RANGED[types], None]:
        literal = "null" if sample is None else f"'{sample}'"
        test = range_test("x", old, new)
        assert test is not None
        said = db.execute(f"select {test} from (values ({literal}::{old})) as v (x)").fetchone()
        try:
            db.execute(f"select ({literal}::{old})::{new}")
            casts = True
        except psycopg.errors.NumericValueOutOfRange:
            casts = False
        assert said == (None if sample is None else casts,), sample


def test_no_range_test_where_a_comparison_cannot_tell() -> None:
    assert range_test("x", "text", "integer") is None
    assert range_test("x", "numeric", "integer") is None
    assert range_test("x", "integer[]", "smallint[]") is None


@pytest.mark.parametrize(
    ("given", "key", "alone", "same"),
    [
        ("integer", "bigint", False, True),
        ("text", "character varying(20)", False, True),
        ("integer", "text", True, True),
        ("integer", "text", False, False),
        ("text", "integer", False, False),
        ("text", "character(4)", True, False),
        ("integer", "numeric(10,2)", True, False),
        ("numeric(10,2)", "numeric(10,2)", True, True),
        ("date", "timestamp without time zone", True, False),
        ("text", "shop.address", True, True),
        ("text[]", "text", True, False),
    ],
)
def test_keys_that_are_compared_as_text(given: str, key: str, alone: bool, same: bool) -> None:
    assert same_text(given, key, alone=alone) is same


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("integer", True), ("numeric(10,2)", True), ("numeric", False), ("interval", False),
        ("varchar(5)", True), ("text[]", True), ("jsonb", False), ("double precision", False),
        ("timestamptz", True), ("character(3)", False), ("shop.mood", False), ("tsvector", False),
    ],
)  # fmt: skip
def test_types_whose_equal_values_are_the_same(name: str, exact: bool) -> None:
    assert exact_equality(name) is exact
