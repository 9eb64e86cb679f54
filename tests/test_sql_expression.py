import pytest
from hypothesis import given
from hypothesis import strategies as st
from sql_expressions import COLUMNS, EXPRESSIONS, ROWS

from integrity.model import Macro
from integrity.sql.expression import (
    Cast,
    SqlProblem,
    at_time_zone_operands,
    expand,
    names_volatile,
    parse,
    substitute,
)
from integrity.sql.functions import AGGREGATES, SET_RETURNING, WINDOW, is_volatile
from integrity.sql.quote import ident

PROBLEMS = {
    "": (0, "the expression is empty"),
    "  ": (0, "the expression is empty"),
    "a, b": (None, "one expression is expected, this is a list"),
    "a b": (None, "unexpected 'b' behind an expression"),
    "a as b": (None, "unexpected 'b' behind an expression"),
    "a; drop table t": (1, "';' is not allowed, an expression is not a statement"),
    "a -- b": (2, "a comment is not allowed in an expression"),
    "a /* b */": (2, "a comment is not allowed in an expression"),
    "a) from t where (b": (1, "')' closes nothing"),
    "(a": (0, "'(' is not closed"),
    "a]": (1, "']' closes nothing"),
    "case when a then b": (0, "'case' is not closed"),
    "end": (0, "'end' closes nothing"),
    "'a": (0, "unterminated string"),
    '"a': (0, "unterminated quoted identifier"),
    "E'a\\'": (0, "unterminated string"),
    "$x$a": (0, "unterminated string"),
    'u&"a': (0, "unterminated quoted identifier"),
    "a \\ b": (2, "unexpected character '\\\\'"),
    "select 1": (None, "a subquery is not allowed"),
    "(select 1)": (None, "a subquery is not allowed"),
    "a in (select 1)": (None, "a subquery is not allowed"),
    "exists (select 1)": (None, "a subquery is not allowed"),
    "array(select 1)": (None, "a subquery is not allowed"),
    "count(*)": (None, "the aggregate count is not allowed, an expression sees one row"),
    "max(a) + 1": (None, "the aggregate max is not allowed, an expression sees one row"),
    "public.jsonb_agg(a)": (None, "the aggregate jsonb_agg is not allowed"),
    "row_number() over (order by a)": (None, "the window function row_number is not allowed"),
    "f(a) over (partition by b)": (None, "aggregates and window functions are not allowed"),
    "f(distinct a)": (None, "aggregates and window functions are not allowed"),
    "unnest(a)": (None, "unnest is not allowed, it returns several rows"),
    "$1": (0, "'$1': parameters are not allowed"),
    ":name": (0, "':name' is a variable of psql"),
    ":'name'": (0, "':'name'' is a variable of psql"),
    "a[1:k]": (3, "':k' is a variable of psql"),
    "@ a": (None, "parameters are not allowed"),
    "t.a": (None, "t.a: qualified names are not allowed"),
    "t.*": (None, "'*' is not allowed, name the column"),
    "*": (None, "'*' is not allowed, name the column"),
    "a +": (3, "the expression ends too early"),
    "a + * b": (None, ""),
    "a::": (1, "no type follows '::'"),
    "cast(a)": (0, "cast needs (value as type)"),
    "prior a": (None, "unexpected 'a' behind an expression"),
}


@pytest.mark.parametrize("text", PROBLEMS)
def test_refused(text: str) -> None:
    offset, message = PROBLEMS[text]
    with pytest.raises(SqlProblem) as caught:
        parse(text)
    assert caught.value.message.startswith(message)
    if offset is not None:
        assert caught.value.offset == offset


def test_syntax_error_has_its_place_on_a_later_line() -> None:
    with pytest.raises(SqlProblem) as caught:
        parse("a +\n  b over (c)")
    assert (caught.value.offset, caught.value.message) == (13, "syntax error at or near '('")


@given(st.text(alphabet="ab '\"()[];:-/*$\\,.1E&U%\n", max_size=14))
def test_any_text_parses_or_is_refused_and_stays_inside_its_brackets(text: str) -> None:
    try:
        parse(text)
    except SqlProblem:
        return
    assert parse(f"({text})").columns == parse(text).columns


def test_columns_are_folded_as_the_server_does() -> None:
    parsed = parse('Home + "Home" + hOME + "a ""b"""')
    assert parsed.columns == {"home", "Home", 'a "b"'}
    assert [r.column for r in parsed.references] == ["home", "Home", "home", 'a "b"']
    assert parse("1 + 2").constant
    assert not parsed.constant


def test_functions_are_named_in_lower_case() -> None:
    parsed = parse("Coalesce(UPPER(a), public.Fix(b)) = any(c) and (d) in (e) or current_date > f")
    assert parsed.functions == {"coalesce", "upper", "public.fix", "current_date"}


def test_casts_come_innermost_first_with_their_texts() -> None:
    parsed = parse("cast(upper(a)::text as numeric(3, 1)) + (-b)::int4[] - x[1]::double precision")
    assert parsed.casts == (
        Cast("upper(a)", "text"),
        Cast("upper(a)::text", "numeric(3, 1)"),
        Cast("(-b)", "int4[]"),
        Cast("x[1]", "double precision"),
    )


@pytest.mark.parametrize(
    ("text", "operand", "type_"),
    [
        ("a + b::int", "b", "int"),
        ("-a::int", "a", "int"),
        ("case when a then b end::text", "case when a then b end", "text"),
        ("date '2024-01-01'::text", "date '2024-01-01'", "text"),
        ("a at time zone 'UTC'::text", "'UTC'", "text"),
        ("a::timestamp (3) with time zone at time zone 'UTC'", "a", "timestamp (3) with time zone"),
        ("a::interval day to second + b", "a", "interval day to second"),
        ("(r).x::character varying(3)", "(r).x", "character varying(3)"),
        ('pg_catalog.lower(a)::public."My Enum"', "pg_catalog.lower(a)", 'public."My Enum"'),
        ("array[a]::text[][]", "array[a]", "text[][]"),
        ("not (a)::bool", "(a)", "bool"),
        ("a in (b)", "", ""),
    ],
)
def test_operands_and_types_of_casts(text: str, operand: str, type_: str) -> None:
    expected = (Cast(operand, type_),) if operand else ()
    assert parse(text).casts == expected


def test_a_cast_under_case_is_reached_only_sometimes() -> None:
    casts = parse("case when a ~ 'x' then a::int when b then c::int else d::int end").casts
    assert [cast.when for cast in casts] == [
        "case when a ~ 'x' then true else false end",
        "case when a ~ 'x' then false when b then true else false end",
        "case when a ~ 'x' then false when b then false else true end",
    ]


def test_a_cast_under_nested_case_and_coalesce() -> None:
    (cast,) = parse("coalesce(x, case k when 1 then y::int end)").casts
    assert cast.when == (
        "case when coalesce(x) is null then case k when 1 then true else false end else false end"
    )


def test_what_differs_between_runs_is_named() -> None:
    text = "now() + random() + current_date + 'today'::date + age(a) + date ' NOW ' + pg_sleep(1)"
    assert names_volatile(parse(text)) == (
        "' NOW '", "'today'", "age", "current_date", "now", "pg_sleep", "random",
    )  # fmt: skip
    assert names_volatile(parse("age(a, b) + to_char(c, 'now') || 'today' || pg_typeof(a)")) == ()
    assert names_volatile(parse('"user" || "now"')) == ()


def test_operands_of_at_time_zone() -> None:
    text = "a + -b at time zone 'UTC' at time zone z, timezone('UTC', c + d)"
    parsed = parse(f"f({text})")
    assert at_time_zone_operands(parsed) == ("-b", "-b at time zone 'UTC'", "c + d")


MACROS = (
    Macro(name="code", arguments=("c",), text="case upper(c) when 'X' then 'Y' else upper(c) end"),
    Macro(name="twice", arguments=("x",), text="x * 2"),
    Macro(name="pair", arguments=("x", "y"), text="twice(x) + twice(y)"),
    Macro(name="one", arguments=(), text="1"),
    Macro(name="loop", arguments=("x",), text="loop_again(x)"),
    Macro(name="loop_again", arguments=("x",), text="loop(x)"),
    Macro(name="leaky", arguments=("x",), text="x + other"),
)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("a  +lower( B )", "a  +lower( B )"),
        ("twice(a)", "(a * 2)"),
        ("TWICE(a + 1) - 1", "((a + 1) * 2) - 1"),
        ("twice(twice(a))", "((a * 2) * 2)"),
        ("pair(x, y + 1)", "((x * 2) + ((y + 1) * 2))"),
        ("pair(y, x)", "((y * 2) + (x * 2))"),
        ("code( a || b )", "case upper((a || b)) when 'X' then 'Y' else upper((a || b)) end"),
        ("one() + 'twice(a)'", "1 + 'twice(a)'"),
        ('"twice" + public.twice(a)', '"twice" + public.twice(a)'),
    ],
)
def test_macros_are_expanded_in_place(text: str, expanded: str) -> None:
    assert expand(text, MACROS) == expanded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + twice(a, b)", "twice(x) takes 1 arguments, not 2"),
        ("1 + pair(a)", "pair(x, y) takes 2 arguments, not 1"),
        ("1 + loop(a)", "the macro loop calls itself: loop -> loop_again -> loop"),
        ("1 + leaky(a)", "the macro leaky reads other, which is not one of its arguments"),
    ],
)
def test_macros_refused(text: str, message: str) -> None:
    with pytest.raises(SqlProblem) as caught:
        expand(text, MACROS)
    assert (caught.value.message, caught.value.offset) == (message, 4)


def test_substitute_puts_parentheses_where_they_are_needed() -> None:
    snippets = {"a": "s.x", "b": "p + q", "c": "'t'", "d": "e::int"}
    text = "a * b - upper(c) || c[1] || d[1] || d || 'a b' || keep"
    assert substitute(text, snippets) == (
        "s.x * (p + q) - upper('t') || ('t')[1] || (e::int)[1] || (e::int) || 'a b' || keep"
    )


def test_substitute_refuses_what_would_escape() -> None:
    with pytest.raises(SqlProblem):
        substitute("a", {"a": "1) or (1"})
    with pytest.raises(SqlProblem):
        substitute("a", {"a": "1 --"})


@pytest.fixture
def table(connection):
    columns = ", ".join(f"{ident(name)} {type_}" for name, type_ in COLUMNS.items())
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"create table public.t ({columns})")
    marks = ", ".join(["%s"] * len(COLUMNS))
    for row in ROWS:
        connection.execute(f"insert into public.t values ({marks})", row)
    return connection


def values(connection, expression: str) -> list[tuple[str | None, str]]:
    shown = f"({expression})::text as shown, pg_typeof(({expression}))::text as type"
    sql = f"select {shown} from public.t order by t.i"
    return connection.cursor().execute(sql).fetchall()


def values_of(connection, expressions: list[str]) -> dict[str, object]:
    found = {}
    for text in expressions:
        try:
            found[text] = values(connection, text)
        except Exception as error:
            raise AssertionError(f"{text}: {error}") from error
    return found


@pytest.mark.both_servers
def test_texts_put_together_mean_what_the_parts_mean(table) -> None:
    as_written = values_of(table, EXPRESSIONS)
    others = {name: f"coalesce(t.{ident(name)}, null)" for name in COLUMNS}
    operators = {name: f"case when true then t.{ident(name)} end" for name in COLUMNS}
    casts = {name: f"t.{ident(name)}::{type_}" for name, type_ in COLUMNS.items()}
    for text, expected in as_written.items():
        for snippets in (others, operators, casts):
            assert values(table, substitute(text, snippets)) == expected, text


@pytest.mark.both_servers
def test_a_macro_means_what_its_body_means(table) -> None:
    for text, expected in values_of(table, EXPRESSIONS).items():
        names = sorted(parse(text).columns)
        macro = Macro(name="m", arguments=tuple(names), text=text)
        call = f"m({', '.join(f'(({ident(n)}))' for n in names)})"
        assert values(table, f"({expand(call, (macro,))})") == expected, text


@pytest.mark.both_servers
def test_columns_are_those_that_the_server_finds(table) -> None:
    query = """
        select coalesce(array_agg(distinct a.attname order by a.attname), '{}')
        from pg_depend d join pg_attribute a
          on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and d.refobjsubid > 0
        where d.classid = 'pg_rewrite'::regclass and d.refobjid = 'public.t'::regclass
    """
    for text in EXPRESSIONS:
        table.execute(f"create view public.v as select {text} as x from public.t")
        (found,) = table.execute(query).fetchone()
        table.execute("drop view public.v")
        assert set(found) == parse(text).columns, text


def test_casts_are_those_that_were_written(table) -> None:
    for text in EXPRESSIONS:
        for cast in parse(text).casts:
            again = f"({cast.operand})::{cast.type}"
            table.execute(f"select {again}, {cast.when or 'true'} from public.t where i > 0")
        # every cast replaced by itself in brackets: nothing but the casts may change
        written = text.count("::") + text.lower().count("cast(")
        assert len(parse(text).casts) == written, text


def test_conditions_say_when_a_cast_is_reached(table) -> None:
    text = "case when a ~ '^[a-z]' then 0 when a is null then null else (n::int / k)::int end"
    last = parse(text).casts[-1]
    rows = table.execute(f"select a, {last.when} from public.t order by i").fetchall()
    assert rows == [("abc-12", False), ("  NYY ", True), (None, False)]


@pytest.mark.both_servers
def test_function_lists_are_the_servers(connection) -> None:
    def names(condition: str) -> set[str]:
        sql = f"select distinct proname from pg_proc where pronamespace = 11 and {condition}"
        return {name for (name,) in connection.execute(sql)}

    assert names("prokind = 'a'") <= AGGREGATES
    assert names("prokind = 'w'") <= WINDOW | AGGREGATES
    sets = names("proretset and proname !~ '^_?pg_|^ts_'")
    assert sets <= SET_RETURNING
    internal = """prorettype in ('trigger'::regtype, 'internal'::regtype) or proname ~
        '^(brin|gin|am)|handler$|^binary_|validator$|^(currtid2|system|bernoulli)$'"""
    volatile = names(f"provolatile = 'v' and not ({internal})")
    assert {name for name in volatile if not is_volatile(name)} == set()
    immutable = names("provolatile = 'i' and proname !~ '^_?pg_'")
    assert {name for name in immutable if is_volatile(name)} <= {"ts_rewrite"}
