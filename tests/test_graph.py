"""Orders depend on names alone; cycles are named; tables may form cycles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.errors import Exit
from integrity.graph import CycleFailure, cycles, feedback, order, table_order
from integrity.model import Column, ForeignKey, Name, Table

EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20)


def table(name: str, **references: str) -> Table:
    """A table t with columns ``<target>`` ("?" in the value: may be NULL)."""
    return Table(
        name=Name("s", name),
        columns=tuple(
            Column(name=column, type="bigint", nullable=target.endswith("?"))
            for column, target in references.items()
        ),
        foreign_keys=tuple(
            ForeignKey(
                name=f"{name}_{column}",
                columns=(column,),
                references=Name("s", target.rstrip("?")),
                to=("id",),
            )
            for column, target in references.items()
        ),
    )


def names(tables: tuple[Table, ...]) -> str:
    return " ".join(t.name.name for t in tables)


def test_the_smallest_name_comes_first() -> None:
    assert order("dcba", [("c", "a")]) == ("b", "c", "a", "d")
    assert order("ab", [("a", "z"), ("z", "b")]) == ("a", "b")


def test_a_cycle_names_its_path() -> None:
    with pytest.raises(CycleFailure) as caught:
        order("abcd", [("c", "d"), ("d", "b"), ("b", "c"), ("a", "b")])
    assert caught.value.path == ("b", "c", "d", "b")
    assert caught.value.message == "cycle: b -> c -> d -> b"
    assert caught.value.exit_code is Exit.CONFIG


def test_cycles_lists_one_of_each_knot() -> None:
    edges = [("a", "b"), ("b", "a"), ("x", "x"), ("m", "n"), ("b", "m")]
    assert cycles("abmnx", edges) == (("a", "b", "a"), ("x", "x"))
    assert cycles("mn", edges) == ()


@given(EDGES)
def test_order_respects_every_edge_or_finds_a_cycle(edges: list[tuple[int, int]]) -> None:
    try:
        found = order(range(10), edges)
    except CycleFailure as failure:
        pairs = list(zip(failure.path, failure.path[1:], strict=False))
        assert pairs and set(pairs) <= set(edges)
        assert failure.path[0] == failure.path[-1]
    else:
        assert sorted(found) == list(range(10))
        assert all(found.index(a) < found.index(b) for a, b in edges)


@given(EDGES, st.randoms())
def test_feedback_leaves_no_cycle_whatever_the_order(
    edges: list[tuple[int, int]], random: st.DrawFn
) -> None:
    removed = feedback(range(10), edges, sum)
    order(range(10), [edge for edge in edges if edge not in removed])
    shuffled = list(edges)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert feedback(range(10), shuffled, sum) == removed


def test_tables_come_after_what_they_reference() -> None:
    tables = [table("lines", game="games", book="books"), table("games"), table("books")]
    ordered, deferred = table_order(tables)
    assert names(ordered) == "books games lines"
    assert deferred == ()


def test_self_references_and_unknown_tables_do_not_matter() -> None:
    ordered, deferred = table_order([table("b", parent="b?", other="elsewhere"), table("a")])
    assert names(ordered) == "a b"
    assert [key.name for key in deferred] == ["b_parent"]


def test_a_cycle_is_broken_where_rows_can_be_completed_later() -> None:
    tables = [table("a", c="c"), table("b", a="a?"), table("c", b="b")]
    for given_order in (tables, tables[::-1]):
        ordered, deferred = table_order(given_order)
        assert names(ordered) == "b c a"
        assert [key.name for key in deferred] == ["b_a"]
