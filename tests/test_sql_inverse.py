from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from integrity.sql.expression import SqlProblem
from integrity.sql.inverse import Inverse, Label, filled, invert

TYPES = {
    "i": "integer",
    "n": "numeric(10,2)",
    "f": "double precision",
    "t": "text",
    "ts": "timestamp without time zone",
    "tz": "timestamp with time zone",
    "d": "date",
}
NEW_YORK = "'America/New_York'"


def test_the_column_itself() -> None:
    assert invert("a") == Inverse(Label.EXACT, "a", "{value}", None, "the column itself")
    assert invert('("A b")').column == "A b"


def test_a_constant_is_exact_and_guarded() -> None:
    guard = "{value} is not distinct from ('home')"
    assert invert("'home'") == Inverse(Label.EXACT, None, None, guard, "a constant")


def test_two_columns_are_one_way() -> None:
    assert invert("a || b") == Inverse(Label.ONE_WAY, None, None, None, "reads 2 columns: a, b")
    assert invert("'{value}' || a").label is Label.ONE_WAY


def test_at_time_zone_is_guarded_where_clocks_change() -> None:
    inverse = invert(f"ts at time zone {NEW_YORK}")
    assert inverse.label is Label.EXACT
    assert inverse.expression == f"{{value}} at time zone {NEW_YORK}"
    assert inverse.guard == (
        f"(({{value}} at time zone {NEW_YORK}) at time zone {NEW_YORK}) "
        "is not distinct from {value}"
    )
    assert invert("ts at time zone 'UTC'").guard is None
    assert invert(f"tz at time zone {NEW_YORK}", TYPES).label is Label.LOSSY
    assert invert("tz at time zone 'UTC'", TYPES).label is Label.EXACT


def test_filled_leaves_other_braces_alone() -> None:
    inverse = invert("nullif(t, '{a}')")
    assert inverse.guard is not None
    assert filled(inverse.guard, "x.y") == "(nullif(x.y, '{a}')) is not distinct from x.y"


@pytest.mark.parametrize(
    ("text", "label", "expression"),
    [
        ("-i", Label.EXACT, "-{value}"),
        ("i + 5", Label.EXACT, "{value} - 5"),
        ("5 + i", Label.EXACT, "{value} - 5"),
        ("i - -5", Label.EXACT, "{value} + -5"),
        ("5 - i", Label.EXACT, "5 - {value}"),
        ("(i + 1) * 2", Label.EXACT, "({value} / 2) - 1"),
        ("-(n * 1.5)", Label.EXACT, "(-{value}) / 1.5"),
        ("f + 1", Label.LOSSY, "{value} - 1"),
        ("i / 2", Label.LOSSY, "{value} * 2"),
        ("i * 0", Label.LOSSY, None),
        ("2 / i", Label.LOSSY, None),
        ("i + 1 + 2", Label.LOSSY, None),
        ("ts + interval '1 hour'", Label.EXACT, "{value} - interval '1 hour'"),
        ("ts + interval '1 month'", Label.LOSSY, None),
        ("i::text", Label.EXACT, "{value}::integer"),
        ("cast(i as bigint)", Label.EXACT, "{value}::integer"),
        ("t::integer", Label.LOSSY, "{value}::text"),
        ("trim(t)::integer", Label.LOSSY, "{value}::text"),
        ("tz::date", Label.LOSSY, None),
        ("unknown_type::integer", Label.LOSSY, None),
        ("nullif(t, 'x')", Label.LOSSY, "{value}"),
        ("coalesce(i, 0)", Label.LOSSY, "{value}"),
        ("upper(trim(both 'x' from t))", Label.LOSSY, "{value}"),
        ("substring(t from 1 for 3)", Label.LOSSY, "{value}"),
        ("case upper(t) when 'A' then 'B' else upper(t) end", Label.LOSSY, "{value}"),
        ("case t when 'A' then 1 end", Label.LOSSY, None),
        ("length(t)", Label.LOSSY, None),
        ("t || t", Label.LOSSY, None),
        ("not flag", Label.LOSSY, None),
    ],
)
def test_labels_and_inverses(text: str, label: Label, expression: str | None) -> None:
    inverse = invert(text, TYPES)
    assert (inverse.label, inverse.expression) == (label, expression)


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(SqlProblem):
        invert("select 1")


INTEGERS = st.integers(-(10**6), 10**6)
NUMBERS = st.decimals(-(10**6), 10**6, places=2)
CLOCKS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1))
TEXT = st.text("aAbB xX12'-\\", max_size=6)
VALUES = {"i": INTEGERS, "n": NUMBERS, "ts": CLOCKS, "d": st.dates(date(1900, 1, 1)), "t": TEXT}

EXACT = [
    ("i", "i"), ("-i", "i"), ("i + 5", "i"), ("5 - i", "i"), ("i - -3", "i"), ("i * 7", "i"),
    ("(i + 1) * -2", "i"), ("i::text", "i"), ("i::bigint", "i"), ("(i::text)::text", "i"),
    ("n * 1.5", "n"), ("n * 0.3", "n"), ("-n + 0.05", "n"), ("n::text", "n"), ("n", "n"),
    ("ts at time zone 'UTC'", "ts"), (f"ts at time zone {NEW_YORK}", "ts"),
    ("ts + interval '90 minutes'", "ts"), ("ts::text", "ts"), ("d + 7", "d"), ("d::text", "d"),
]  # fmt: skip
LOSSY = [
    ("nullif(t, 'a')", "t"), ("coalesce(t, 'a')", "t"), ("upper(trim(t))", "t"),
    ("left(t, 2)", "t"),
    ("case upper(t) when 'A' then 'B' else upper(t) end", "t"), ("i / 2", "i"), ("abs(i)", "i"),
    ("round(n)", "n"), ("nullif(i, 0)", "i"), ("substring(t from 1 for 2)", "t"),
    ("trim(both 'x' from lower(t))", "t"), ("ts::date", "ts"), ("n::integer", "n"),
]  # fmt: skip


def there_and_back(connection, text: str, column: str, value: object) -> dict[str, object]:
    """The unified value, whether the guard holds, the way back, and there again."""
    inverse = invert(text, TYPES)
    assert inverse.column == column and inverse.expression is not None
    back = filled(inverse.expression, "u.value")
    guard = filled(inverse.guard or "true", "u.value")
    row = connection.execute(
        f"""
        with s as (select %s::{TYPES[column]} as {column}),
        u as (select {text} as value from s)
        select {guard}, ({back})::{TYPES[column]} is not distinct from s.{column},
               (select ({text}) from (select {back}) as legacy({column}))
               is not distinct from u.value
        from s, u
        """,
        (value,),
    ).fetchone()
    return dict(zip(("guard", "same_legacy", "same_unified"), row, strict=True))


def skipped_by_new_york(connection, value: datetime) -> bool:
    sql = f"select (%s::timestamp at time zone {NEW_YORK}) at time zone {NEW_YORK}"
    return connection.execute(sql, (value,)).fetchone() != (value,)


QUICK = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.both_servers
@pytest.mark.parametrize(("text", "column"), EXACT)
def test_exact_ones_give_the_legacy_value_back(connection, text: str, column: str) -> None:
    assert invert(text, TYPES).label is Label.EXACT

    @QUICK
    @given(value=st.none() | VALUES[column])
    def check(value: object) -> None:
        if NEW_YORK in text and value is not None:
            assume(not skipped_by_new_york(connection, value))
        result = there_and_back(connection, text, column, value)
        assert result == {"guard": True, "same_legacy": True, "same_unified": True}

    check()


@pytest.mark.parametrize(("text", "column"), LOSSY)
def test_lossy_ones_give_the_unified_value_again_where_the_guard_holds(
    connection, text: str, column: str
) -> None:
    assert invert(text, TYPES).label is Label.LOSSY

    @QUICK
    @given(value=st.none() | VALUES[column])
    def check(value: object) -> None:
        result = there_and_back(connection, text, column, value)
        assert result["same_unified"] or not result["guard"]

    check()


def test_the_guard_refuses_values_that_no_legacy_value_gives(connection) -> None:
    def holds(text: str, value: str) -> bool:
        guard = invert(text, TYPES).guard
        assert guard is not None
        return connection.execute(f"select {filled(guard, f'({value})')}").fetchone()[0]

    assert not holds("i * 7", "8")
    assert holds("i * 7", "14")
    assert not holds("coalesce(i, 0)", "null::integer")
    assert not holds("nullif(t, 'a')", "'a'")
    assert not holds("upper(t)", "'a'")
    assert not holds("'home'", "'away'")
    first, second = "timestamptz '2024-11-03 05:30+00'", "timestamptz '2024-11-03 06:30+00'"
    assert not holds(f"ts at time zone {NEW_YORK}", first)
    assert holds(f"ts at time zone {NEW_YORK}", second)


def test_numeric_scale_is_kept(connection) -> None:
    sql = f"select {filled(str(invert('n * 1.5', TYPES).expression), '1.50')}::numeric(10,2)"
    assert connection.execute(sql).fetchone() == (Decimal("1.00"),)
