"""JSON texts cut into values: whatever the size of the buffer, what the whole text says."""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.database.connect import Connection
from integrity.errors import Failure
from integrity.loading import json_values
from integrity.loading.json_values import Values
from integrity.loading.ledger import _storable_json
from integrity.loading.paths import (
    ABSENT,
    array_text,
    json_text,
    left_over,
    parse_path,
    tree_of,
    value_at,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def values(text: str, block: int) -> list[Any]:
    before = json_values.BLOCK
    json_values.BLOCK = block
    try:
        return [value for _, value in Values(BytesIO(text.encode()), "f.json")]
    finally:
        json_values.BLOCK = before


@settings(max_examples=200)
@given(
    items=st.lists(JSON, max_size=5), block=st.integers(1, 40), indent=st.sampled_from([None, 1])
)
def test_a_list_is_its_elements(items: list[Any], block: int, indent: int | None) -> None:
    for ascii_only in (True, False):
        text = json.dumps(items, indent=indent, ensure_ascii=ascii_only)
        assert values(text, block) == items
        assert values("\ufeff \n" + text + "\n", block) == items


@settings(max_examples=100)
@given(
    items=st.lists(st.dictionaries(st.text(max_size=3), SCALARS, max_size=3), max_size=4),
    block=st.integers(1, 30),
)
def test_values_one_after_another(items: list[Any], block: int) -> None:
    assert values("".join(map(json.dumps, items)), block) == items
    assert values("\n".join(map(json.dumps, items)), block) == items


@settings(max_examples=100)
@given(items=st.lists(JSON, min_size=1, max_size=3), block=st.integers(1, 30), data=st.data())
def test_a_torn_list_never_passes(items: list[Any], block: int, data: st.DataObject) -> None:
    text = json.dumps(items)
    end = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(Failure, match="not JSON"):
        values(text[:end], block)


@pytest.mark.parametrize(
    "text", ["[1] x", "[1,]", "[1 2]", "]", "[1}", '{"a": 1}]', "nul", "[NaN]"]
)
def test_what_is_not_json(text: str) -> None:
    with pytest.raises(Failure, match="not JSON"):
        values(text, 1 << 20)


def test_lines_and_digits() -> None:
    text = '[\n1.10,\n\n{"a":\n 2e400},\n3]'
    assert list(Values(BytesIO(text.encode()), "f.json")) == [
        (2, Decimal("1.10")),
        (4, {"a": Decimal("2e400")}),
        (6, 3),
    ]


@settings(max_examples=100)
@given(value=JSON)
def test_json_text_says_the_same(value: Any) -> None:
    assert json.loads(json_text(value)) == value


SHARED = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(text=st.text(st.sampled_from('\\u0"a\0\ud800\udcff\n'), max_size=12))
def test_every_row_can_be_kept(connection: Connection[Any], text: str) -> None:
    kept = _storable_json(json_text({"v": text}))
    ((found,),) = connection.execute("select (%s::jsonb) ->> 'v'", [kept]).fetchall()
    expected = "".join(
        f"\\u{ord(one):04x}" if one == "\0" or "\ud800" <= one <= "\udfff" else one for one in text
    )
    assert found == expected


@SHARED
@given(items=st.lists(st.none() | st.text(st.characters(exclude_characters="\0"), max_size=6)))
def test_arrays(connection: Connection[Any], items: list[str | None]) -> None:
    try:
        "".join(item or "" for item in items).encode()
    except UnicodeEncodeError:
        return
    ((found,),) = connection.execute("select %s::text[]", [array_text(items)]).fetchall()
    assert found == items


def test_paths() -> None:
    whole = {"a": {"b": [1, {"c": 2}], "x.y": 3}, "d": None}
    assert parse_path('a."x.y"') == ("a", "x.y")
    assert value_at(whole, parse_path("a.b.1.c")) == 2
    assert value_at(whole, parse_path("d")) is None
    assert value_at(whole, parse_path("d.e")) is ABSENT
    assert value_at(whole, parse_path("a.b.7")) is ABSENT
    tree = tree_of([parse_path("a.b"), parse_path("d")])
    assert left_over(whole, tree) == {"a": {"x.y": 3}}
    assert left_over(whole, tree_of([("a",), ("a", "b"), ("d",)])) is ABSENT
    for wrong in ("", ".", "a.", 'a"b', '"a'):
        with pytest.raises(Failure, match="is no path"):
            parse_path(wrong)
