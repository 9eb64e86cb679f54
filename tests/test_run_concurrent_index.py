"""Which index a statement builds, read from its text."""

from __future__ import annotations

import pytest

from integrity.model import Name
from integrity.run.concurrent_index import index_of


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("create index concurrently i on s.t (a)", Name("s", "i")),
        ("CREATE UNIQUE INDEX CONCURRENTLY I ON ONLY S.T (a)", Name("s", "i")),
        ('create index concurrently if not exists "I ""x" on "S s".t (a)', Name("S s", 'I "x')),
        ("-- why\ncreate /* no */ index concurrently on_ on s.t (a)", Name("s", "on_")),
        ("create index i on s.t (a)", None),
        ("create index concurrently i on t (a)", None),
        ("create index concurrently on s.t (a)", None),
        ("drop index concurrently s.i", None),
        ("vacuum s.t", None),
    ],
)
def test_index_of(sql: str, index: Name | None) -> None:
    assert index_of(sql) == index
