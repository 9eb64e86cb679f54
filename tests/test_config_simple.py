"""What is read without the parser of SQL is what the parser reads."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrity.config.simple import simple
from integrity.sql.expression import names_volatile, parse

WORDS = st.sampled_from(
    """
    a b card_no user value left select case coalesce lower round nullif count sum now f_1 and or in
    not is null true between date text integer numeric timestamp interval 'x' 'it''s' '' 'now' 1 2.5
    -1 1e3 1.2.3 ( ) ( ) ( ) , , :: :: = <> < >= || + - * / -> ->> ~ . ; " $1 -- /* [ ] % collate at
    time zone when then else end distinct from like
    """.split()  # noqa: SIM905
)


@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join))
@example("lower ( a ) in ( 'x' , 'y' )")
@example("a between 1 and 2 and b is not null")
@example("( a + b ) :: numeric / 2.5")
@example("coalesce ( a , 'now' ) :: date")
@example("round ( )")
@example("a -> > 'x'")
def test_what_is_plain_is_what_the_parser_says(text: str) -> None:
    found = simple(text)
    if found is not None and found.accepted(found.columns, {}):
        parsed = parse(text)
        assert found.columns == parsed.columns
        assert {name for name, _ in found.calls} == parsed.functions
        assert names_volatile(parsed) == ()


@pytest.mark.parametrize(
    ("text", "columns", "calls"),
    [
        ("upper(btrim(card_no))", {"card_no"}, {("upper", 1), ("btrim", 1)}),
        ("team(a, 'x', 3)::text", {"a"}, {("team", 3)}),
        ("price * 100 > 5 or b ->> 'k' = 'x'", {"price", "b"}, set()),
        ("kind in ('a', 'b') and n is not null", {"kind", "n"}, set()),
    ],
)
def test_what_is_plain(text: str, columns: set[str], calls: set[tuple[str, int]]) -> None:
    found = simple(text)
    assert found is not None
    assert (found.columns, found.calls) == (columns, calls)


@pytest.mark.parametrize(
    "text", ["", "a b", "a = b = c", "sum(a", "'now'::date", "a)", "select 1", "a.b", "f(*)", "$1"]
)
def test_what_is_not(text: str) -> None:
    assert simple(text) is None


def test_unknown_names_are_not_accepted() -> None:
    found = simple("code(a) = lower(b)")
    assert found is not None
    assert found.accepted({"a", "b"}, {"code": 1})
    assert not found.accepted({"a", "b"}, {"code": 2})
    assert not found.accepted({"a"}, {"code": 1})
    assert not found.accepted({"a", "b"}, {})
