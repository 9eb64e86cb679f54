"""Names into the words that say what a thing is.

``stg_customers_v2`` and ``customer_backup`` are both about customers: number, layer and version are
said by affixes that every database uses. Words of schema names are context, not content, unless
they are all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import lru_cache
from re import compile as pattern

# What says how a copy was made or where it stands, never what is in it.
_BACKUP_TEXT = "backup backups bak bkp copy old archive archived snapshot saved orig"
_LANDING_TEXT = "raw landing land stg staging stage staged import imported load feed"
_STANDING_TEXT = """
    dim fact fct tbl table tmp temp new legacy unified final clean cleaned master main base core
    data all enhanced complete consolidated merged current prod
"""
BACKUP = frozenset(_BACKUP_TEXT.split())
LANDING = frozenset(_LANDING_TEXT.split())
AFFIXES = BACKUP | LANDING | frozenset(_STANDING_TEXT.split())
_PARTS = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_VERSION = pattern(r"v?\d+")
_IRREGULAR = {"people": "person", "children": "child", "data": "data", "news": "news"}


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in order, lower case and in the singular."""
    return tuple(singular(part.lower()) for part in _PARTS.findall(name))


def singular(word: str) -> str:
    """The singular of an English plural; any other word as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def is_affix(word: str) -> bool:
    """Whether a word says how a copy was made or which one it is, not what is in it."""
    return word in AFFIXES or bool(_VERSION.fullmatch(word)) or word == "v"


def content(name: str, context: Set[str]) -> tuple[str, ...]:
    """What a table is about: its words without affixes and without words of ``context``.

    The last word that is no affix is the noun of the name and stays in any case.
    """
    plain = [word for word in words(name) if not is_affix(word)] or list(words(name)) or [name]
    noun = plain[-1]
    return (*(word for word in plain[:-1] if word not in context and word != noun), noun)


def context_words(schemas: Iterable[str]) -> frozenset[str]:
    """The words of schema names."""
    return frozenset(word for schema in schemas for word in words(schema))


@lru_cache(maxsize=50_000)
def column_words(column: str, table: str) -> tuple[str, ...]:
    """The words of a column without those of its own table: ``part_name`` of parts is ``name``.

    What would leave nothing, or only ``id``, is kept: ``part_id`` is not ``id``.
    """
    own, all_words = set(words(table)), words(column)
    left = tuple(word for word in all_words if word not in own)
    return left if left and left != ("id",) else all_words


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two columns have the same words, or the shorter abbreviates the longer."""
    if one == other:
        return True
    if len(one) != len(other):
        return False
    return all(_abbreviates(a, b) for a, b in zip(one, other, strict=True))


def _abbreviates(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 3 and long.startswith(short))
