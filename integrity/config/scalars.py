"""What a plain YAML scalar may be taken for, and how names are spelt in YAML.

YAML 1.1 reads ``no``, ``1_000``, ``12:30`` and ``2024-01-01`` as something other than text, YAML
1.2 also ``1e3``; PostgreSQL reads some of them in a third way.
"""

from __future__ import annotations

from re import compile as pattern

from integrity.model import Name

_SWITCHES = frozenset(
    spelt
    for word in ("yes", "no", "on", "off", "true", "false")
    for spelt in (word, word.title(), word.upper())
)
NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_DATE = pattern(r"\d{4}-\d\d?-\d\d?([Tt ].*)?")
_NUMBER = pattern(
    r"[-+]?(\d[\d_]*(:[0-5]?\d)*(\.[\d_]*)?|\.\d[\d_]*)([eE][-+]?\d+)?"
    r"|[-+]?0[xXoObB][\da-fA-F_]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
# Plain scalars of which YAML and PostgreSQL think the same may stand as expressions.
SAME_IN_SQL = pattern(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?|(?i:true|false)|null|Null|NULL")
IDENTIFIER = pattern(r"[a-z_][a-z0-9_]{0,62}")
_PART = r'(?:"((?:[^"]|"")+)"|([^".]+))'
_QUALIFIED = pattern(rf"{_PART}\.{_PART}")
_NAME_PART = pattern(_PART)


def trap(text: str) -> str:
    """What YAML takes a plain scalar for, in words; empty when it is text."""
    if text in _SWITCHES:
        return f"the yes/no value {text}"
    if text in NOTHING:
        return "nothing"
    if text[0].isalpha():
        return ""
    if _DATE.fullmatch(text):
        return f"the date {text}"
    return f"the number {text}" if _NUMBER.fullmatch(text) else ""


def name_parts(text: str) -> list[str]:
    """The parts of a name such as ``schema.table.column``, each as stored."""
    found = _NAME_PART.findall(text)
    return [plain or quoted.replace('""', '"') for quoted, plain in found] or [text]


def parse_name(text: str) -> Name | None:
    """``schema.name``, each part as stored, in double quotes when it holds a dot or a quote."""
    match = _QUALIFIED.fullmatch(text)
    if match is None:
        return None
    quoted_schema, schema, quoted_name, name = match.groups()
    return Name(schema or quoted_schema.replace('""', '"'), name or quoted_name.replace('""', '"'))
