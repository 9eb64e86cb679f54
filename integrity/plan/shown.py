"""Text from a database or a user, made safe to look at.

Control characters can move a terminal's cursor or end an SQL comment; bidirectional and invisible
characters make text read otherwise than it runs (https://trojansource.codes). Both are shown as
escapes, so a reviewer sees what is there.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_SPELT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return _SPELT.get(match.group()) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def shown(text: str) -> str:
    """``text`` on one line, with every control or invisible character written as an escape."""
    return _HIDDEN.sub(_escape, text)


def shown_lines(text: str) -> str:
    """As ``shown``, but line feeds and tabs stay what they are: for SQL and other long text."""
    return _HIDDEN.sub(lambda m: m.group() if m.group() in "\n\t" else _escape(m), text)


def number(value: int) -> str:
    """An integer with thin groups: 12,345."""
    return f"{value:,}"


def plural(count: int, noun: str, many: str = "") -> str:
    """``1 row``, ``2 rows``, ``1,200 rows``."""
    return f"{number(count)} {noun if count == 1 else many or noun + 's'}"
