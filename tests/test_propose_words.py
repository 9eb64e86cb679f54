"""Names into what they say, and how much two samples of values overlap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.propose.likeness import overlap
from integrity.propose.model import ColumnSample
from integrity.propose.words import alike, column_words, content, singular, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customers", ("customer",)),
        ("stg_customers_v2", ("customer",)),
        ("dim_customer_backup", ("customer",)),
        ("CustomerOrders", ("customer", "order")),
        ("order_status_2", ("order", "status")),
        ("raw", ("raw",)),
        ("sales_invoices", ("invoice",)),
        ("sales", ("sale",)),
        ("Ключи", ("ключи",)),
        ("%", ("%",)),
    ],
)
def test_content_of_a_table_name(name: str, expected: tuple[str, ...]) -> None:
    assert content(name, frozenset({"sales", "sale"})) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("orders", "order"),
        ("entries", "entry"),
        ("boxes", "box"),
        ("classes", "class"),
        ("status", "status"),
        ("address", "address"),
        ("people", "person"),
        ("bus", "bus"),
    ],
)
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_columns_lose_the_words_of_their_table_but_no_bare_id() -> None:
    assert column_words("customer_name", "customers") == ("name",)
    assert column_words("customer_id", "customers") == ("customer", "id")
    assert column_words("order", "orders") == ("order",)


def test_abbreviations() -> None:
    assert alike(("abbr",), ("abbreviation",))
    assert alike(("phone", "no"), ("phone", "no"))
    assert not alike(("no",), ("note",))
    assert not alike(("name",), ("full", "name"))


@given(st.text(max_size=40))
def test_any_name_has_words_and_content(name: str) -> None:
    assert all(words(name))
    assert content(name, frozenset())


def _sample(values: set[int], size: int = 400) -> ColumnSample:
    sketch = tuple(sorted(hash_ for hash_ in values))[:size]
    return ColumnSample(filled=len(values), distinct=len(values), sketch=sketch)


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_overlap_of_whole_sets_is_exact(one: set[int], other: set[int]) -> None:
    fewest = min(len(one), len(other))
    expected = len(one & other) / fewest if fewest else 0.0
    assert overlap(_sample(one), _sample(other)) == expected
    assert overlap(_sample(other), _sample(one)) == expected


def test_overlap_of_large_sets_is_estimated_from_their_smallest_hashes() -> None:
    hashes = [(n * 2654435761) % 2**32 for n in range(10_000)]
    whole, half, other = set(hashes), set(hashes[::2]), {h + 1 for h in hashes[:3_000]}
    assert overlap(_sample(whole), _sample(half)) > 0.95
    assert overlap(_sample(whole), _sample(set(hashes[:50]))) == 1
    assert overlap(_sample(whole), _sample(other - whole)) == 0
    mixed = set(hashes[:2_000]) | set(sorted(other - whole)[:2_000])
    assert 0.4 < overlap(_sample(whole), _sample(mixed)) < 0.6
