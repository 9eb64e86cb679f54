"""PostgreSQL's lexical rules: text into tokens, each with its offset.

Enough of scan.l (PostgreSQL manual, section 4.1) to know for certain what stands inside a string,
a quoted name or a comment and what does not. ``standard_conforming_strings`` is on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from re import DOTALL, VERBOSE
from re import compile as pattern

from integrity.errors import Exit, Failure


class SqlProblem(Failure):
    """An expression that cannot be used; ``offset`` counts its characters from 0, if known."""

    exit_code = Exit.CONFIG

    def __init__(self, message: str, offset: int | None = None, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.offset = offset


class Kind(StrEnum):
    """What a token is."""

    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    QUOTED = "quoted"  # a quoted identifier
    PARAMETER = "parameter"
    NUMBER = "number"
    WORD = "word"
    OPERATOR = "operator"
    MARK = "mark"  # ( ) [ ] , ; : . and ::


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL text; the texts of all tokens joined are the text scanned."""

    kind: Kind
    text: str
    offset: int


_FIRST = r"[A-Za-z_\x80-\U0010ffff]"  # any character beyond ASCII may stand in a name
_NEXT = r"[A-Za-z0-9_\x80-\U0010ffff]"
_PLAIN = r"(?:[^']|'')*+'"
_ESCAPED = r"(?:[^'\\]|''|\\.)*+'"
_GOES_ON = (
    r"[ \t\f\v]*[\r\n][ \t\n\r\f\v]*'"  # a string goes on after a line break, under the same rules
)

_TOKEN = pattern(
    rf"""
      (?P<space> [ \t\n\r\f\v]+ )
    | (?P<comment> --[^\r\n]* | /\* )
    | (?P<string> [eE]'{_ESCAPED}(?:{_GOES_ON}{_ESCAPED})*
                | (?:[bBxXnN]|[uU]&)?'{_PLAIN}(?:{_GOES_ON}{_PLAIN})*
                | (?P<dollar> \$(?:{_FIRST}{_NEXT}*)?\$ ).*?(?P=dollar) )
    | (?P<quoted> (?:[uU]&)?"(?:[^"]|"")*+" )
    | (?P<parameter> \$\d+ )
    | (?P<number> 0[xXoObB][0-9a-fA-F_]+ | (?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)? )
    | (?P<word> (?![eEbBxXnN]'|[uU]&['"]){_FIRST}(?:{_NEXT}|\$)* )
    | (?P<operator> (?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+ )
    | (?P<mark> :: | := | [()\[\],;:.] )
    """,
    VERBOSE | DOTALL,
)
_KINDS = {str(kind): kind for kind in Kind} | {"dollar": Kind.STRING}
# What can hold a quote or a line end that means nothing.
_OPAQUE = pattern(
    rf"""--[^\r\n]* | /\* | [eE]'{_ESCAPED} | '{_PLAIN} | "(?:[^"]|"")*+"
    | (?<![A-Za-z0-9_$\x80-\U0010ffff])(?P<dollar> \$(?:{_FIRST}{_NEXT}*)?\$ ).*?(?P=dollar)""",
    VERBOSE | DOTALL,
)
_NESTED = pattern(r"/\*|\*/")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, white space and comments included.

    Raises SqlProblem for an unterminated string, name or comment and for stray characters.
    """
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise SqlProblem(_stray(text[offset : offset + 3]), offset)
        kind = _KINDS[match.lastgroup or ""]
        end = match.end() if match[0] != "/*" else _comment_end(text, offset)
        yield Token(kind, text[offset:end], offset)
        offset = end


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _NESTED.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    raise SqlProblem("unterminated comment", start)


def _stray(start: str) -> str:
    if start[0] == '"' or start.lower() == 'u&"':
        return "unterminated quoted identifier"
    is_string = start[0] in "'$" or start[0].lower() in "ebxnu"
    return "unterminated string" if is_string else f"unexpected character {start[0]!r}"


def indented(text: str, blanks: int) -> str:
    """``text`` with every line but the first moved right, strings and names left as they are."""
    if "\n" not in text:
        return text
    pad = "\n" + " " * blanks
    if not _has_long_literal(text):
        return text.replace("\n", pad)
    return "".join(
        token.text.replace("\n", pad) if token.kind in (Kind.SPACE, Kind.COMMENT) else token.text
        for token in tokens(text)
    )


def _has_long_literal(text: str) -> bool:
    """Whether a string or a name may go over the end of a line; nearly no text has one."""
    found = (match[0] for match in _OPAQUE.finditer(text))
    return any(one == "/*" or ("\n" in one and not one.startswith("--")) for one in found)
