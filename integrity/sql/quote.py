"""The one quoting gate: names and values become SQL text here and nowhere else.

Names are quoted when ``quote_ident`` of any supported server (15 to 18) would quote them, so a
name is spelt the same whatever the server. Values never depend on a session setting.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from itertools import count
from re import compile as pattern

from integrity.errors import Failure
from integrity.model import Name

MAX_BYTES = 63  # NAMEDATALEN - 1

# Every key word of PostgreSQL 15 to 18 that is reserved, or may not be a function or type name.
_KEY_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user dec decimal default deferrable desc distinct do
    else end except exists extract false fetch float for foreign freeze from full grant
    greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object
    json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading
    least left like limit localtime localtimestamp merge_action national natural nchar none
    normalize not notnull null nullif numeric offset on only or order out outer overlaps
    overlay placing position precision primary real references returning right row select
    session_user setof similar smallint some substring symmetric system_user table tablesample
    then time timestamp to trailing treat trim true union unique user using values varchar
    variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
RESERVED = frozenset(_KEY_WORDS.split())

_SIMPLE = pattern(r"[a-z_][a-z0-9_]*")


def ident(name: str) -> str:
    """``name`` as an identifier, quoted only when PostgreSQL needs it.

    Raises Failure when no PostgreSQL identifier can have that name: empty, a NUL character, not
    encodable, or longer than 63 bytes (the server would cut it and mean another object).
    """
    size = len(_utf8(name, "identifier"))
    if not name:
        raise Failure("an identifier is empty")
    if size > MAX_BYTES:
        raise Failure(
            f"identifier {name!r} has {size} bytes, PostgreSQL allows {MAX_BYTES}",
            hint="choose a shorter name",
        )
    if _SIMPLE.fullmatch(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(name: Name) -> str:
    """``name`` as ``schema.name``, each part quoted where needed."""
    return f"{ident(name.schema)}.{ident(name.name)}"


def idents(names: Iterable[str]) -> str:
    """The names as a comma separated list, as in ``insert into t (a, b)``."""
    return ", ".join(ident(name) for name in names)


def literal(value: str | int | bool | Decimal | None) -> str:
    """``value`` as a literal that reads the same under every setting of the session.

    A text stays of unknown type, so the server fits it to its context. A negative number has no
    parentheses: write a space before it and parentheses around it when a cast follows.
    Raises Failure for a text that PostgreSQL cannot store (a NUL character).
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else f"'{value}'::pg_catalog.numeric"
    _utf8(value, "text")
    quoted = value.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in quoted else f"'{quoted}'"


def dollar(body: str) -> str:
    """``body`` between dollar quotes whose tag does not occur in it."""
    _utf8(body, "text")
    tags = (f"body{n}" if n else "body" for n in count())
    for delimiter in (f"${tag}$" for tag in tags):
        if (body + delimiter).index(delimiter) == len(body):
            return f"{delimiter}{body}{delimiter}"
    raise AssertionError("unreachable: tags are endless")


def cut(name: str) -> str:
    """``name``, or when it is longer than 63 bytes its beginning and 8 hex digits of its hash.

    Names that a toolkit builds from other names stay distinct and stable that way.
    """
    encoded = _utf8(name, "identifier")
    if len(encoded) <= MAX_BYTES:
        return name
    suffix = "_" + sha256(encoded).hexdigest()[:8]
    head = encoded[: MAX_BYTES - len(suffix)].decode("utf-8", errors="ignore")
    return head + suffix


def server_name(table: str, column: str, label: str) -> str:
    """The name that the server gives, as its makeObjectName: the longer of both is cut."""
    parts = [table.encode(), column.encode()]
    room = MAX_BYTES - len(label.encode()) - 2
    while len(parts[0]) + len(parts[1]) > room:
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer][:-1]
    return "_".join([*(part.decode(errors="ignore") for part in parts), label])


def _utf8(text: str, kind: str) -> bytes:
    if "\0" in text:
        raise Failure(f"{kind} {text!r} holds a NUL character, PostgreSQL cannot store it")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Failure(f"{kind} {text!r} is not valid Unicode") from error
