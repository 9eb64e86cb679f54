"""What changing a type does to the values and to the file of the table.

Types are spelt as ``format_type`` spells them; the usual aliases are understood too. A type that
is not built in counts as an enumerated type. Sessions have DateStyle ISO, so only TimeZone can
make a cast ambiguous. A text cast to ``timestamp with time zone`` is guarded, not ambiguous: it
may carry its own offset (without one it means UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from re import compile as pattern


class CastKind(StrEnum):
    """What a cast from one type to another does."""

    IDENTICAL = "identical"
    WIDENING = "widening"  # cannot fail, loses nothing
    GUARDED = "guarded"  # may fail or lose: goes through a guard on its text form
    AMBIGUOUS = "ambiguous"  # depends on the session: refused, AT TIME ZONE must be written
    IMPOSSIBLE = "impossible"  # PostgreSQL has no such cast, or has it from 18 on (bytea)


@dataclass(frozen=True, slots=True)
class _Type:
    base: str
    modifiers: tuple[int, ...] = ()
    array: bool = False


_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "decimal": "numeric",
    "bool": "boolean",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "char": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
}
_SPELLING = pattern(r"([^(\[]+)(?:\(([\d\s,-]+)\))?\s*([^(\[]*?)\s*((?:\[\d*\]\s*)*)")

_INTEGERS = {"smallint": 5, "integer": 10, "bigint": 19}  # digits
_RANGES = {"smallint": (-(2**15), 2**15 - 1), "integer": (-(2**31), 2**31 - 1)}
_FLOATS = ("real", "double precision")
_NUMBERS = (*_INTEGERS, "numeric", *_FLOATS)
_TEXTS = ("text", "character varying", "character", "bpchar")
_PLAIN_TEXTS = ("text", "character varying")
_ZONED = ("timestamp with time zone", "time with time zone")
_BITS = ("bit", "bit varying")
_MOMENTS = ("timestamp without time zone", "timestamp with time zone", "date")
_CLOCKS = ("time without time zone", "time with time zone")
_PRECISE = ("timestamp without time zone", *_ZONED, "time without time zone", "interval")
_OTHERS = ("boolean", "uuid", "json", "jsonb", "bytea", "inet", "cidr", "xml", "money", '"char"')
_EXACT = frozenset([*_INTEGERS, *_MOMENTS, "time without time zone", "boolean", "uuid", "bytea"])
_EXACT |= {"text", "character varying"}
_BUILT_IN = frozenset([*_NUMBERS, *_TEXTS, *_BITS, *_MOMENTS, *_CLOCKS, "interval", *_OTHERS])

_PAIRS = {
    ("boolean", "integer"): CastKind.WIDENING,
    ("integer", "boolean"): CastKind.GUARDED,
    ("json", "jsonb"): CastKind.GUARDED,  # double keys and the order of keys go
    ("jsonb", "json"): CastKind.WIDENING,
    ("jsonb", "boolean"): CastKind.GUARDED,
    ("cidr", "inet"): CastKind.WIDENING,
    ("inet", "cidr"): CastKind.GUARDED,
    ("integer", "bit"): CastKind.GUARDED,
    ("bigint", "bit"): CastKind.GUARDED,
    ("bit", "integer"): CastKind.GUARDED,
    ("bit", "bigint"): CastKind.GUARDED,
    ("bit", "bit varying"): CastKind.WIDENING,
    ("bit varying", "bit"): CastKind.GUARDED,
    ("date", "timestamp without time zone"): CastKind.WIDENING,
    ("timestamp without time zone", "date"): CastKind.GUARDED,
    ("timestamp without time zone", "time without time zone"): CastKind.GUARDED,
    ("time with time zone", "time without time zone"): CastKind.GUARDED,
    ("time without time zone", "interval"): CastKind.GUARDED,  # 24:00 comes back as 00:00
    ("interval", "time without time zone"): CastKind.GUARDED,
    ("date", "timestamp with time zone"): CastKind.AMBIGUOUS,
    ("timestamp without time zone", "timestamp with time zone"): CastKind.AMBIGUOUS,
    ("timestamp with time zone", "timestamp without time zone"): CastKind.AMBIGUOUS,
    ("timestamp with time zone", "date"): CastKind.AMBIGUOUS,
    ("timestamp with time zone", "time without time zone"): CastKind.AMBIGUOUS,
    ("timestamp with time zone", "time with time zone"): CastKind.AMBIGUOUS,
    ("time without time zone", "time with time zone"): CastKind.AMBIGUOUS,
}


_PART = r'(?:[^\W\d][\w$]*|"(?:[^"]|"")+")'
_TYPE = pattern(
    rf"{_PART}(?:\.{_PART})?(?:\s+[A-Za-z]+)*\s*(?:\(\s*-?\d+\s*(?:,\s*-?\d+\s*)?\))?(?:\s+[A-Za-z]+)*"
    r"(?:\s*\[\d*\])*"
)


def is_type_name(text: str) -> bool:
    """Whether the text can be the name of a type, and nothing beside it."""
    return _TYPE.fullmatch(text) is not None


def cast_kind(from_type: str, to_type: str) -> CastKind:
    """What a cast of ``from_type`` to ``to_type`` does to a value."""
    old, new = _read(from_type), _read(to_type)
    if old == new:
        return CastKind.IDENTICAL
    if old.array != new.array:
        return _array_and_text(old, new)
    if old.base == new.base:
        fits = _roomier(old, new) or _more_digits(old, new)
        return CastKind.WIDENING if fits else CastKind.GUARDED
    if old.base in _TEXTS or new.base in _TEXTS:
        return _text(old, new)
    if old.base in _NUMBERS and new.base in _NUMBERS:
        return CastKind.WIDENING if _number_fits(old, new) else CastKind.GUARDED
    if old.base == "jsonb" and new.base in _NUMBERS:
        return CastKind.GUARDED
    kind = _PAIRS.get((old.base, new.base), CastKind.IMPOSSIBLE)
    narrowed = kind is CastKind.WIDENING and bool(new.modifiers)
    return CastKind.GUARDED if narrowed else kind


def exact_equality(type_name: str) -> bool:
    """Whether equal values of the type are one value, and have a hash.

    It does not hold for an interval (30 days equal 1 month), a number with a free scale (1.5 equals
    1.50), floats (0 equals -0), nor, as far as is known here, for types that are not built in.
    """
    found = _read(type_name)
    return found.base in _EXACT or (found.base == "numeric" and bool(found.modifiers))


def same_text(given_type: str, key_type: str, *, alone: bool) -> bool:
    """Whether equal values of two types have one text; ``alone``: not as parts of a JSON array."""
    given, key = _read(given_type), _read(key_type)
    if given == key or key.base not in _BUILT_IN:  # of a domain the server says the base type
        return True
    integers = given.base in _INTEGERS, key.base in _INTEGERS
    texts = given.base in (*_PLAIN_TEXTS, "unknown"), key.base in _PLAIN_TEXTS
    if given.array or key.array:
        return False
    return all(integers) or all(texts) or (alone and integers[0] and texts[1])


def is_number(type_name: str) -> bool:
    """Whether values of the type are numbers."""
    found = _read(type_name)
    return found.base in _NUMBERS and not found.array


def range_test(operand: str, from_type: str, to_type: str) -> str | None:
    """A condition: a value of ``operand``, an SQL expression, is in the range of ``to_type``.

    None where no comparison says so. It is NULL for NULL. Half the cost of a test on text form.
    """
    old, new = _read(from_type), _read(to_type)
    if old.array or new.array:
        return None
    if old.base in _INTEGERS and new.base in _RANGES:
        low, high = _RANGES[new.base]
        return f"({operand}) between {low} and {high}"
    if old.base == new.base == "numeric" and new.modifiers:
        precision, scale = new.modifiers if len(new.modifiers) == 2 else (*new.modifiers, 0)
        below = f"abs(round({operand}, {scale})) < 1e{precision - scale}"
        return f"({below} or ({operand}) = 'NaN')"
    return None


def keeps_relfilenode(from_type: str, to_type: str) -> bool:
    """Whether ALTER COLUMN TYPE leaves the table's file as it is, whatever the session.

    From ATColumnChangeRequiresRewrite and the length coercions' support functions, for PostgreSQL
    15 to 18. timestamp to timestamptz keeps the file only under TimeZone UTC: False here.
    """
    old, new = _read(from_type), _read(to_type)
    if old == new:
        return True
    if old.array or new.array:
        return old.base == new.base and old.array == new.array and not new.modifiers
    if _relabelled(old, new):
        return _roomier(old, new)
    if old.base == "xml":
        return new.base in ("text", "character varying") and not new.modifiers
    unbounded = {"cidr": "inet", "bit": "bit varying"}
    return unbounded.get(old.base) == new.base and not new.modifiers


def _read(text: str) -> _Type:
    match = _SPELLING.fullmatch(text.strip())
    if match is None:
        return _Type(text.strip())
    before, modifiers, after, array = match.groups()
    words = " ".join([*before.split(), *after.split()])
    lowered = words if '"' in words or "." in words else words.lower()
    base = _ALIASES.get(lowered.removeprefix("pg_catalog."), lowered.removeprefix("pg_catalog."))
    numbers = tuple(int(part) for part in modifiers.split(",")) if modifiers else ()
    return _Type(base, _default(base, numbers), bool(array))


def _default(base: str, modifiers: tuple[int, ...]) -> tuple[int, ...]:
    """Modifiers as the server understands them: ``char`` is one character, numeric has a scale."""
    if base in ("character", "bit"):
        return modifiers or (1,)
    if base == "numeric" and len(modifiers) == 1:
        return (modifiers[0], 0)
    if base in _PRECISE and modifiers == (6,):
        return ()
    return modifiers


def _array_and_text(old: _Type, new: _Type) -> CastKind:
    if old.array and new.base in _TEXTS:
        zoned = old.base in _ZONED
        bounded = bool(new.modifiers)
        if zoned:
            return CastKind.AMBIGUOUS
        return CastKind.GUARDED if bounded else CastKind.WIDENING
    text_to_array = new.array and old.base in _TEXTS
    return CastKind.GUARDED if text_to_array else CastKind.IMPOSSIBLE


def _text(old: _Type, new: _Type) -> CastKind:
    """A cast with a text type on either side."""
    if old.base in _TEXTS and new.base in _TEXTS:
        return CastKind.WIDENING if _text_fits(old, new) else CastKind.GUARDED
    if old.base in _TEXTS:
        return CastKind.GUARDED
    if old.base in _ZONED:
        return CastKind.AMBIGUOUS
    return CastKind.GUARDED if new.modifiers else CastKind.WIDENING


def _text_fits(old: _Type, new: _Type) -> bool:
    if new.base in ("character", "bpchar"):
        return False  # blanks at the end would go
    return not new.modifiers or (bool(old.modifiers) and old.modifiers <= new.modifiers)


def _roomier(old: _Type, new: _Type) -> bool:
    """Whether every value of ``old`` is, unchanged in form, one of ``new``, of like base types."""
    if not new.modifiers:
        return True
    if not old.modifiers:
        return False
    if new.base == "numeric":
        return old.modifiers[1] == new.modifiers[1] and old.modifiers[0] <= new.modifiers[0]
    if new.base in ("character", "bit"):
        return False
    return old.modifiers[0] <= new.modifiers[0]


def _more_digits(old: _Type, new: _Type) -> bool:
    """Whether ``new`` has as many digits as ``old`` on both sides of the point, or more."""
    if old.base != "numeric" or not old.modifiers:
        return False
    (precision, scale), (new_precision, new_scale) = old.modifiers, new.modifiers
    return new_scale >= scale and new_precision - new_scale >= precision - scale


def _relabelled(old: _Type, new: _Type) -> bool:
    strings = ("text", "character varying")
    if old.base in strings and new.base in strings:
        return True
    resizable = old.base in ("numeric", "bit varying", *_PRECISE)
    return old.base == new.base and resizable


def _number_fits(old: _Type, new: _Type) -> bool:
    """Whether every number of ``old`` is exactly one of ``new``."""
    if old.base in _INTEGERS and new.base in _INTEGERS:
        return _INTEGERS[old.base] <= _INTEGERS[new.base]
    if old.base in _INTEGERS and new.base == "numeric":
        room = new.modifiers[0] - new.modifiers[1] if new.modifiers else 1000
        return _INTEGERS[old.base] <= room and (not new.modifiers or new.modifiers[1] >= 0)
    if old.base in _INTEGERS:
        exact = {"real": 5, "double precision": 10}  # 24 and 53 bits
        return _INTEGERS[old.base] <= exact[new.base]
    return (old.base, new.base) == ("real", "double precision")
