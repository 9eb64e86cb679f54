"""Expressions of the user: the door to sqlglot.

sqlglot says what an expression is made of: its columns, and whether it is one scalar expression
at all. It never writes SQL here, because what it writes is not always what it read (``now()``,
``a ^ b``, ``E''``); texts are cut and put together by position, see ``integrity.sql.layout``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from integrity.errors import nearest
from integrity.model import Macro
from integrity.sql import functions as known
from integrity.sql.layout import NO_CALL, Call, Layout, Run, folded, layout
from integrity.sql.reach import reached
from integrity.sql.scan import Kind, SqlProblem

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.parser import Parser

__all__ = [
    "Cast",
    "Parsed",
    "Reference",
    "SqlProblem",
    "at_time_zone_operands",
    "expand",
    "names_volatile",
    "parse",
    "substitute",
    "tree",
]

_BEFORE, _AFTER = "SELECT (", "\n)"
_MOMENTS = frozenset(["now", "today", "tomorrow", "yesterday"])  # input of date and time types


@dataclass(frozen=True, slots=True)
class Cast:
    """An explicit cast. ``when`` is a condition: the cast is evaluated when it is true.

    An empty ``when`` means always. A condition may hold casts itself, all of which come earlier
    in ``Parsed.casts``: judge casts in that order.
    """

    operand: str
    type: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a column stands in the text; ``end`` is exclusive."""

    column: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one scalar expression reads and calls. ``casts`` are in order of evaluation."""

    text: str
    columns: frozenset[str]
    functions: frozenset[str]
    casts: tuple[Cast, ...]
    references: tuple[Reference, ...]

    @property
    def constant(self) -> bool:
        """Whether no column is read."""
        return not self.columns


@lru_cache(maxsize=4096)
def parse(text: str) -> Parsed:
    """Read one scalar PostgreSQL expression over unqualified columns.

    Raises SqlProblem for anything else: several expressions, a query, an aggregate, a window or
    set-returning function, a parameter, ``*``, a comment, a qualified column.
    """
    expression = layout(text)
    functions = _functions(expression)
    references = tuple(_references(expression, tree(text)))
    return Parsed(
        text=text,
        columns=frozenset(reference.column for reference in references),
        functions=functions,
        casts=tuple(
            Cast(expression.cut(c.operand), expression.cut(c.type), reached(expression, c.whole))
            for c in expression.casts
        ),
        references=references,
    )


def names_volatile(parsed: Parsed) -> tuple[str, ...]:
    """What makes the result differ between two runs over the same rows, sorted.

    Functions that read the clock, the session, a sequence or chance, and the moments ``'now'``,
    ``'today'`` and so on where they are cast to a date or time.
    """
    calls = {name for name in parsed.functions if known.is_volatile(name)}
    if any(len(c.arguments) == 1 for c in layout(parsed.text).calls if c.name == "age"):
        calls.add("age")  # age(x) counts from today
    return tuple(sorted(calls | set(_moments(layout(parsed.text)))))


def at_time_zone_operands(parsed: Parsed) -> tuple[str, ...]:
    """The texts whose type decides what AT TIME ZONE, or timezone(), does to them."""
    expression = layout(parsed.text)
    words = [i for i in range(len(expression.tokens)) if _is_at_time_zone(expression, i)]
    operands = [Run(_start_of_zoned(expression, i - 1), i - 1) for i in words]
    calls = [c for c in expression.calls if c.name.rsplit(".", 1)[-1] == "timezone"]
    operands += [call.arguments[-1] for call in calls if call.arguments]
    return tuple(expression.cut(run) for run in operands)


def substitute(text: str, columns: Mapping[str, str]) -> str:
    """``text`` with columns replaced by SQL, in parentheses where needed; the rest verbatim.

    Columns that are not in ``columns`` stay. Raises SqlProblem when ``text`` or a piece of SQL is
    not an expression.
    """
    expression = layout(text)
    edits = [
        (r.start, r.end, _enclosed(columns[r.column], expression, r.end))
        for r in parse(text).references
        if r.column in columns
    ]
    return _spliced(text, edits)


def expand(text: str, macros: tuple[Macro, ...]) -> str:
    """``text`` with every call of a macro replaced by the macro's body, at any depth.

    Without such a call the text comes back as it is. Raises SqlProblem for a wrong number of
    arguments, for a macro that calls itself or that is named by a word of SQL's own syntax, and for
    a body that reads more than its arguments.
    """
    for macro in macros:
        if macro.name in NO_CALL:
            raise SqlProblem(f"{macro.name!r} cannot name a macro, it is a word of SQL")
    return _expanded(text, {macro.name: macro for macro in macros}, ())


@lru_cache(maxsize=4096)
def tree(text: str) -> exp.Expr:
    """sqlglot's tree of one scalar expression, offsets as in ``_BEFORE + text``.

    Raises SqlProblem, see parse.
    """
    from sqlglot import errors, exp

    layout(text)
    try:
        statements = _statements(_BEFORE + text + _AFTER)
    except errors.SqlglotError as error:
        raise _syntax_problem(text, error) from error
    except RecursionError as error:
        raise SqlProblem("the expression is nested too deeply") from error
    select = statements[0]
    root = select.expressions[0] if isinstance(select, exp.Select) else None
    for node in root.walk() if root else ():
        _check_node(node)
    if isinstance(root, exp.Tuple):
        raise SqlProblem("one expression is expected, this is a list")
    if not isinstance(root, exp.Paren) or len(statements) != 1:
        raise SqlProblem("one scalar expression is expected")
    inner: exp.Expr = root.this
    return inner


def _functions(expression: Layout) -> frozenset[str]:
    names = {call.name for call in expression.calls} - {"row"}
    for index, token in enumerate(expression.tokens):
        if token.kind is Kind.WORD and expression.word(index - 1) != ".":
            names |= {token.text.lower()} & known.CLOCK_WORDS
    for name in sorted(names):
        _check_function(name.rsplit(".", 1)[-1])
    return frozenset(names)


def _check_function(name: str) -> None:
    if name in known.AGGREGATES:
        raise SqlProblem(f"the aggregate {name} is not allowed, an expression sees one row")
    if name in known.WINDOW:
        raise SqlProblem(f"the window function {name} is not allowed, an expression sees one row")
    if name in known.SET_RETURNING:
        raise SqlProblem(f"{name} is not allowed, it returns several rows")


def _check_node(node: exp.Expr) -> None:
    from sqlglot import exp

    match node:
        case exp.Query() | exp.Exists() | exp.Table():
            raise SqlProblem("a subquery is not allowed", hint="use a lookup")
        case exp.Window() | exp.Filter() | exp.WithinGroup() | exp.Order() | exp.Distinct():
            raise SqlProblem("aggregates and window functions are not allowed")
        case exp.Star():
            raise SqlProblem("'*' is not allowed, name the column")
        case exp.Parameter():
            raise SqlProblem("parameters are not allowed", hint="for an absolute value use abs()")
        case exp.Placeholder():
            raise SqlProblem("parameters are not allowed")
        case exp.Alias() | exp.Aliases():
            raise SqlProblem(f"unexpected {node.alias!r} behind an expression")
        case exp.Lambda() | exp.Command():
            raise SqlProblem("the expression cannot be read")
        case _:
            pass


def _references(expression: Layout, root: exp.Expr) -> list[Reference]:
    from sqlglot import exp

    at = {token.offset: index for index, token in enumerate(expression.tokens)}
    found = []
    for column in root.find_all(exp.Column):
        if column.table:
            hint = "columns of the source are named without a table"
            raise SqlProblem(
                f"{column.sql('postgres')}: qualified names are not allowed", hint=hint
            )
        index = at.get(column.this.meta.get("start", -1) - len(_BEFORE))
        if index is None:
            raise SqlProblem(f"the column {column.name!r} cannot be located")
        if not _is_key_word(expression, index):
            token = expression.tokens[index]
            end = token.offset + len(token.text)
            found.append(Reference(folded(token), token.offset, end))
    return sorted(found, key=lambda r: r.start)


def _is_key_word(expression: Layout, index: int) -> bool:
    """Whether sqlglot takes a word of SQL for a column: ``current_role``, ``is normalized``."""
    before = expression.word(index - 2 if expression.word(index - 1) == "not" else index - 1)
    return bool(expression.word(index)) and (
        before == "is" or expression.word(index) in known.CLOCK_WORDS
    )


def _moments(expression: Layout) -> list[str]:
    casts = [expression.cut(cast.operand) for cast in expression.casts]
    literals = [
        token.text
        for index, token in enumerate(expression.tokens)
        if token.kind is Kind.STRING and expression.start_of_operand(index) != index
    ]
    return [text for text in casts + literals if text.strip("'() ").lower() in _MOMENTS]


def _is_at_time_zone(expression: Layout, index: int) -> bool:
    words = [expression.word(index + n) for n in range(3)]
    return words == ["at", "time", "zone"] or words[:2] == ["at", "local"]


def _start_of_zoned(expression: Layout, last: int) -> int:
    """First token of what AT TIME ZONE binds: signs and COLLATE, or an earlier AT TIME ZONE."""
    first = expression.start_of_operand(last)
    while expression.word(first - 1) == "collate":
        first = expression.start_of_operand(first - 2)
    while _is_sign(expression, first - 1):
        first -= 1
    if _is_at_time_zone(expression, first - 3):
        return _start_of_zoned(expression, first - 4)
    return first


def _is_sign(expression: Layout, index: int) -> bool:
    if index < 0 or expression.tokens[index].text not in ("-", "+"):
        return False
    before = expression.tokens[index - 1] if index else None
    return before is None or before.kind is Kind.OPERATOR or before.text in ("(", ",", "[")


def _expanded(text: str, macros: Mapping[str, Macro], within: tuple[str, ...]) -> str:
    expression = layout(text)
    edits: list[tuple[int, int, str]] = []
    for call in expression.calls:
        start, end = expression.span(call.whole)
        inside_earlier = bool(edits) and start < edits[-1][1]
        if call.name in macros and not inside_earlier:
            try:
                body = _body(expression, call, macros, within)
            except SqlProblem as problem:  # an offset inside the macro means nothing out here
                raise SqlProblem(problem.message, start, hint=problem.hint) from problem
            edits.append((start, end, _enclosed(body, expression, end)))
    return _spliced(text, edits)


def _body(
    expression: Layout, call: Call, macros: Mapping[str, Macro], within: tuple[str, ...]
) -> str:
    macro = macros[call.name]
    start, _ = expression.span(call.whole)
    if call.name in within:
        path = " -> ".join([*within, call.name])
        raise SqlProblem(f"the macro {call.name} calls itself: {path}", start)
    if len(call.arguments) != len(macro.arguments):
        signature = f"{macro.name}({', '.join(macro.arguments)})"
        given = len(call.arguments)
        raise SqlProblem(f"{signature} takes {len(macro.arguments)} arguments, not {given}", start)
    body = _expanded(macro.text, macros, (*within, call.name))
    if strangers := sorted(parse(body).columns - set(macro.arguments)):
        message = f"the macro {macro.name} reads {strangers[0]}, which is not one of its arguments"
        raise SqlProblem(message, start, hint=nearest(strangers[0], macro.arguments))
    given_texts = [_expanded(expression.cut(run), macros, within) for run in call.arguments]
    return substitute(body, dict(zip(macro.arguments, given_texts, strict=True)))


def _enclosed(sql: str, around: Layout, end: int) -> str:
    """``sql``, in parentheses unless it is an operand that binds what follows by itself."""
    piece = layout(sql)
    last = len(piece.tokens) - 1
    is_operand = piece.start_of_operand(last) == 0 and not piece.casts
    subscripted = around.text[end:].lstrip()[:1] in ("[", ".")
    return sql.strip() if is_operand and not subscripted else f"({sql.strip()})"


def _spliced(text: str, edits: list[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for start, end, sql in edits:
        parts += [text[done:start], sql]
        done = end
    return "".join([*parts, text[done:]])


@cache
def _parser_class() -> type[Parser]:
    """PostgreSQL's parser without what belongs to other dialects and hides columns.

    As lambdas it reads ``f(j -> 'key')``, as parameters the slice ``a[ : k]``.
    """
    from sqlglot.dialects.dialect import Dialect

    postgres = Dialect.get_or_raise("postgres").parser_class
    lambdas = {t: build for t, build in postgres.LAMBDAS.items() if t.name != "ARROW"}
    parameters = {t: p for t, p in postgres.PLACEHOLDER_PARSERS.items() if t.name != "COLON"}
    replaced = {"LAMBDAS": lambdas, "PLACEHOLDER_PARSERS": parameters}
    return type("ExpressionParser", (postgres,), replaced)


def _statements(sql: str) -> list[exp.Expr | None]:
    from sqlglot.dialects.dialect import Dialect

    tokens = Dialect.get_or_raise("postgres").tokenize(sql)
    return _parser_class()(dialect="postgres").parse(tokens, sql)


def _syntax_problem(text: str, error: Exception) -> SqlProblem:
    details = getattr(error, "errors", None)
    if not details:
        return SqlProblem("the expression cannot be read")
    line, column = details[0]["line"], details[0]["col"]
    found = details[0]["highlight"]
    before = (_BEFORE + text).split("\n")[: line - 1]
    offset = sum(len(part) + 1 for part in before) + column - len(found) - len(_BEFORE)
    if offset >= len(text):
        return SqlProblem("the expression ends too early", len(text))
    return SqlProblem(f"syntax error at or near {found!r}", max(offset, 0))
