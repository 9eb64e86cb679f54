"""Plain expressions, read without a parser of SQL.

Nine of ten expressions are a column, a call, a cast or a comparison. A few rules that only accept
what PostgreSQL surely accepts tell which columns and functions those name; anything else, and
anything that may be wrong, is left to ``integrity.sql``, which costs a hundred times as much.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from re import compile as pattern

from integrity.sql.quote import RESERVED

_TOKEN = pattern(
    r"\s*(?:(?P<word>[a-z_][a-z0-9_]*)|(?P<text>'[^'\\]*')(?!')|(?P<number>\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<mark>::|<>|<=|>=|\|\||->>|[-+*/<>=(),]))"
)
# Functions of one meaning: neither aggregates nor of a syntax of their own, nor changing with time.
_KNOWN = {
    **dict.fromkeys(("lower", "upper", "abs", "floor", "length", "to_jsonb"), (1, 1)),
    **dict.fromkeys(("btrim", "ltrim", "rtrim", "round"), (1, 2)),
    **dict.fromkeys(("nullif", "left", "right"), (2, 2)),
    **dict.fromkeys(("replace", "split_part"), (3, 3)),
    **dict.fromkeys(("coalesce", "greatest", "least", "num_nonnulls"), (1, 100)),
}
_TYPES = frozenset(("text", "integer", "bigint", "smallint", "numeric", "date", "boolean", "jsonb"))
_MOMENTS = frozenset(("now", "today", "tomorrow", "yesterday", "allballs", "epoch"))
_CONSTANTS = frozenset(("true", "false", "null"))
_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))
_OPERATORS = frozenset(("+", "-", "*", "/", "||"))


@dataclass(slots=True)
class Simple:
    """What a plain expression names. ``calls``: functions, with the number of their arguments."""

    columns: set[str] = field(default_factory=set)
    calls: set[tuple[str, int]] = field(default_factory=set)

    def accepted(self, columns: Collection[str], macros: dict[str, int]) -> bool:
        """Whether every name is known; ``macros`` gives the number of arguments of each."""
        return all(name in columns for name in self.columns) and all(
            macros[name] == count if name in macros else _takes(name, count)
            for name, count in self.calls
        )


def _takes(name: str, count: int) -> bool:
    least, most = _KNOWN.get(name, (1, 0))
    return least <= count <= most


class _Hard(Exception):
    """Not plain: the parser has to look."""


@lru_cache(maxsize=4096)
def simple(text: str) -> Simple | None:
    """What the expression names, or None for one that the parser has to look at."""
    try:
        reading = _Reading(_tokens(text))
        reading.condition()
        reading.expect("")
    except _Hard:
        return None
    return reading.found


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Hard
        kind = str(match.lastgroup)
        if match[kind].lower().strip("' ") in _MOMENTS:
            raise _Hard
        found.append((kind, match[kind]))
        at = match.end()
    found.append(("mark", ""))
    return found


@dataclass(slots=True)
class _Reading:
    """Reads from left to right; ``at`` is the next token."""

    tokens: list[tuple[str, str]]
    at: int = 0
    found: Simple = field(default_factory=Simple)

    def condition(self) -> None:
        """Comparisons with and, or between them."""
        self._comparison()
        while self._take("word", "and") or self._take("word", "or"):
            self._comparison()

    def expect(self, mark: str) -> None:
        """The next token must be this one; the empty one is the end."""
        if not self._take("mark", mark):
            raise _Hard

    def _comparison(self) -> None:
        self._sum()
        kind, word = self.tokens[self.at]
        if kind == "mark" and word in _COMPARISONS:
            self.at += 1
            self._sum()
        elif self._take("word", "between"):
            self._sum()
            self._must("and")
            self._sum()
        elif self._take("word", "in"):
            self.expect("(")
            self._constant()
            while self._take("mark", ","):
                self._constant()
            self.expect(")")
        elif self._take("word", "is"):
            self._take("word", "not")
            self._must("null")

    def _sum(self) -> None:
        self._item()
        while self.tokens[self.at][0] == "mark" and self.tokens[self.at][1] in _OPERATORS:
            self.at += 1
            self._item()

    def _item(self) -> None:
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "mark" and word == "(":
            self.condition()
            self.expect(")")
        elif kind == "word" and self.tokens[self.at] == ("mark", "("):
            self._call(word)
        elif kind == "word" and word not in RESERVED:
            self.found.columns.add(word)
        elif kind == "mark" or (kind == "word" and word not in _CONSTANTS):
            raise _Hard
        elif self.tokens[self.at] == ("mark", "::"):
            raise _Hard  # a constant that is cast may be a moment such as 'now'
        if self._take("mark", "->>"):
            self._constant()
        while self._take("mark", "::"):
            self._type()

    def _call(self, name: str) -> None:
        if name in RESERVED and name not in _KNOWN:
            raise _Hard
        self.at += 1
        count = 0
        if not self._take("mark", ")"):
            self.condition()
            count = 1
            while self._take("mark", ","):
                self.condition()
                count += 1
            self.expect(")")
        self.found.calls.add((name, count))

    def _type(self) -> None:
        kind, word = self.tokens[self.at]
        if kind != "word" or word not in _TYPES or self.tokens[self.at + 1] == ("mark", "("):
            raise _Hard
        self.at += 1

    def _constant(self) -> None:
        if self.tokens[self.at][0] not in ("text", "number"):
            raise _Hard
        self.at += 1

    def _must(self, word: str) -> None:
        if not self._take("word", word):
            raise _Hard

    def _take(self, kind: str, word: str) -> bool:
        if self.tokens[self.at] == (kind, word):
            self.at += 1
            return True
        return False
