"""Where things stand in an expression's text: brackets, CASE, casts, calls, operands.

sqlglot does not keep the text of what it parses and writes some PostgreSQL in other words. What is
emitted must be what the user wrote, so texts are cut out and put in by position, never rendered.
Precedence: PostgreSQL manual, table 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import zip_longest

from integrity.sql.scan import Kind, SqlProblem, Token, tokens

_CLOSES = {")": "(", "]": "["}
_INFIX = """
    all and any array as between both by case cast collate distinct document else end escape
    exists false filter for from ilike in is isnull json leading like local normalized not
    notnull null on operator or over overlaps placing similar some symmetric then to trailing
    true uescape using values variadic when within zone
"""
NO_CALL = frozenset(_INFIX.split())  # words that a parenthesis may follow without a call
_FIELDS = frozenset(["year", "month", "day", "hour", "minute", "second"])


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CastRun:
    """A cast: all of it, its operand and its type."""

    whole: Run
    operand: Run
    type: Run


@dataclass(frozen=True, slots=True)
class Call:
    """A function call: ``whole`` begins at the (qualified) name."""

    name: str
    whole: Run
    arguments: tuple[Run, ...]


class Layout:
    """The significant tokens of an expression and how they belong together.

    Raises SqlProblem for what could end the expression early, swallow what follows it, or be
    replaced by psql: comments, semicolons, parameters, unbalanced brackets.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        found = tuple(t for t in tokens(text) if t.kind is not Kind.SPACE)
        self.tokens: tuple[Token, ...] = found
        if not found:
            raise SqlProblem("the expression is empty", 0)
        for token, after in zip_longest(found, found[1:]):
            _refuse(token, after)
        self.partner = self._pairs()

    def cut(self, run: Run) -> str:
        """The text of a run."""
        start, end = self.span(run)
        return self.text[start:end]

    def span(self, run: Run) -> tuple[int, int]:
        """Where a run begins and ends in the text; the end is exclusive."""
        last = self.tokens[run.last]
        return self.tokens[run.first].offset, last.offset + len(last.text)

    def word(self, index: int) -> str:
        """The token in lower case if it is an unquoted word or a mark, else ''."""
        if not 0 <= index < len(self.tokens):
            return ""
        token = self.tokens[index]
        return token.text.lower() if token.kind in (Kind.WORD, Kind.MARK) else ""

    def is_name(self, index: int) -> bool:
        """Whether the token is a word or a quoted identifier."""
        if not 0 <= index < len(self.tokens):
            return False
        return self.tokens[index].kind in (Kind.WORD, Kind.QUOTED)

    def start_of_operand(self, last: int) -> int:
        """First token of the operand that ends at ``last``, as ``::`` and subscripts bind it."""
        if (cast := self._casts_by_end.get(last)) is not None:
            return cast.whole.first
        return self._primary(last)

    @cached_property
    def casts(self) -> tuple[CastRun, ...]:
        """Every ``::`` and CAST, those inside an operand before the cast around it."""
        return tuple(sorted(self._casts_by_end.values(), key=lambda c: c.whole.last))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every function call, outer before inner."""
        inside = {i for c in self.casts for i in range(c.type.first, c.type.last + 1)}
        return tuple(
            self._call(i)
            for i in range(len(self.tokens) - 1)
            if i not in inside and self._opens_call(i)
        )

    def split(self, opening: int) -> tuple[Run, ...]:
        """What the commas separate between the bracket at ``opening`` and its partner."""
        parts, first, index = [], opening + 1, opening + 1
        while index < self.partner[opening]:
            if self.word(index) == ",":
                parts.append(Run(first, index - 1))
                first = index + 1
            index = self.partner.get(index, index) + 1
        return (*parts, Run(first, index - 1)) if index > opening + 1 else ()

    def _pairs(self) -> dict[int, int]:
        """Each opening bracket or CASE with its end, and the other way round."""
        partner: dict[int, int] = {}
        open_: list[int] = []
        for index in range(len(self.tokens)):
            word = self.word(index)
            if word in ("(", "[", "case"):
                open_.append(index)
            elif word in (")", "]", "end"):
                if not open_ or self.word(open_[-1]) != _CLOSES.get(word, "case"):
                    raise SqlProblem(f"{word!r} closes nothing", self.tokens[index].offset)
                partner[index] = open_.pop()
                partner[partner[index]] = index
        if open_:
            token = self.tokens[open_[-1]]
            raise SqlProblem(f"{token.text!r} is not closed", token.offset)
        return partner

    @cached_property
    def _casts_by_end(self) -> dict[int, CastRun]:
        found: dict[int, CastRun] = {}
        self.__dict__["_casts_by_end"] = found  # operands of later casts look up earlier ones
        for index in range(len(self.tokens)):
            if self.word(index) == "::":
                cast = self._colon_cast(index)
            elif self.word(index) == "cast" and self.word(index + 1) == "(":
                cast = self._call_cast(index)
            else:
                continue
            found[cast.whole.last] = cast
        return found

    def _colon_cast(self, index: int) -> CastRun:
        if not index:
            raise SqlProblem("nothing stands before '::'", self.tokens[index].offset)
        first = self.start_of_operand(index - 1)
        last = self._end_of_type(index + 1)
        return CastRun(Run(first, last), Run(first, index - 1), Run(index + 1, last))

    def _call_cast(self, index: int) -> CastRun:
        close = self.partner[index + 1]
        as_ = index + 2
        while as_ < close and self.word(as_) != "as":
            as_ = self.partner.get(as_, as_) + 1
        if not index + 2 < as_ < close - 1:
            raise SqlProblem("cast needs (value as type)", self.tokens[index].offset)
        return CastRun(Run(index, close), Run(index + 2, as_ - 1), Run(as_ + 1, close - 1))

    def _primary(self, last: int) -> int:
        word = self.word(last)
        if word == "]":
            return self._before_bracket(self.partner[last])
        if word == ")":
            return self._before_call(self.partner[last])
        if word == "end":
            return self.partner[last]
        if self.tokens[last].kind is Kind.STRING:
            return self._before_literal(last)
        return self._qualified(last)

    def _before_bracket(self, opening: int) -> int:
        if self.word(opening - 1) == "array":
            return opening - 1
        return self.start_of_operand(opening - 1) if opening else opening

    def _before_call(self, opening: int) -> int:
        if opening and self._opens_call(opening - 1):
            return self._qualified(opening - 1)
        return opening - 1 if self.word(opening - 1) == "cast" else opening

    def _before_literal(self, string: int) -> int:
        """A typed literal begins at its type: ``date '2024-01-01'``."""
        before = string - 1
        if [self.word(before - n) for n in range(2)] == ["zone", "time"]:
            with_zone = self.word(before - 2) in ("with", "without")
            return before - 3 if with_zone else string
        if not self.is_name(before) or self.word(before) in NO_CALL:
            return string
        if self.word(before) in ("precision", "varying"):
            return before - 1
        return self._qualified(before)

    def _qualified(self, last: int) -> int:
        if self.word(last - 1) != "." or last < 2:
            return last
        return self.start_of_operand(last - 2)

    def _opens_call(self, index: int) -> bool:
        named = self.is_name(index) and self.word(index + 1) == "("
        return named and self.word(index) not in NO_CALL

    def _call(self, index: int) -> Call:
        first, names = index, [folded(self.tokens[index]).lower()]
        while self.word(first - 1) == "." and self.is_name(first - 2):
            first -= 2
            names.insert(0, folded(self.tokens[first]).lower())
        whole = Run(first, self.partner[index + 1])
        return Call(".".join(names), whole, self.split(index + 1))

    def _end_of_type(self, first: int) -> int:
        if not self.is_name(first):
            offset = self.tokens[first - 1].offset
            raise SqlProblem("no type follows '::'", offset)
        last = self._end_of_type_name(first)
        if self.word(last + 1) == "(":
            last = self.partner[last + 1]
        if self.word(last + 1) in ("with", "without") and self.word(last + 2) == "time":
            last += 3
        while self.word(last + 1) == "[":
            last = self.partner[last + 1]
        return last

    def _end_of_type_name(self, first: int) -> int:
        word, last = self.word(first), first
        if word == "national":
            last += 1
        if word == "double" or self.word(last + 1) == "varying":
            return last + 1
        if word == "interval" and self.word(first + 1) in _FIELDS:
            return first + (3 if self.word(first + 2) == "to" else 1)
        while self.word(last + 1) == "." and self.is_name(last + 2):
            last += 2
        return last


@lru_cache(maxsize=4096)
def layout(text: str) -> Layout:
    """The layout of ``text``. Raises SqlProblem, see Layout."""
    return Layout(text)


def _refuse(token: Token, after: Token | None) -> None:
    if token.kind is Kind.COMMENT:
        hint = "write the comment in YAML, behind a #"
        raise SqlProblem("a comment is not allowed in an expression", token.offset, hint=hint)
    if token.kind is Kind.PARAMETER or token.text == ":=":
        raise SqlProblem(f"{token.text!r}: parameters are not allowed", token.offset)
    if token.text == ";":
        raise SqlProblem("';' is not allowed, an expression is not a statement", token.offset)
    if token.text.lower().startswith('u&"'):
        raise SqlProblem("names with Unicode escapes are not supported", token.offset)
    if token.text == ":" and after and after.offset == token.offset + 1:
        _refuse_variable(token, after)


def _refuse_variable(colon: Token, after: Token) -> None:
    """psql would put the value of its variable in place of ``:name``."""
    if after.kind in (Kind.WORD, Kind.QUOTED, Kind.STRING):
        hint = "write a blank behind the colon of a slice"
        raise SqlProblem(f"':{after.text}' is a variable of psql", colon.offset, hint=hint)


def folded(token: Token) -> str:
    """A name as PostgreSQL folds it: unquoted names to lower case, ASCII letters only."""
    if token.kind is Kind.QUOTED:
        return token.text[1:-1].replace('""', '"')
    return "".join(c.lower() if c.isascii() else c for c in token.text)
