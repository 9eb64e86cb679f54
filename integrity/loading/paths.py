"""Paths into a JSON value, as ``--map column=path`` writes them, and what they leave over.

A path is names joined by dots: ``game.home.name``; a number is a place in a list, from 0; a name
with a dot in it stands in double quotes. ``$`` is the whole row, ``$file`` the name of its file
and ``$line`` its line.
"""

from __future__ import annotations

import re
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from integrity.errors import Exit, Failure

WHOLE: Final = "$"
SPECIAL: Final = ("$", "$file", "$line")
Path: TypeAlias = tuple[str, ...]
Tree: TypeAlias = dict[str, Any]  # name -> tree below it; empty: taken whole
_PART = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')


class _Absent:
    """What a path finds where there is nothing; null is something."""


ABSENT: Final = _Absent()


def parse_path(text: str) -> Path:
    """The names of a path. Raises Failure (exit 2) for a text that is none."""
    parts, at = [], 0
    while found := _PART.match(text, at):
        parts.append(found[1].replace('""', '"') if found[1] else found[2])
        at = found.end()
        if at == len(text):
            return tuple(parts)
        if text[at] != ".":
            break
        at += 1
    failure = Failure(
        f"{text!r} is no path", hint='write names joined by dots, as in game.home or "a.b".c'
    )
    failure.exit_code = Exit.USAGE
    raise failure


def value_at(whole: Any, path: Path) -> Any:
    """What stands at the path; ABSENT when nothing does."""
    for part in path:
        if isinstance(whole, dict):
            whole = whole.get(part, ABSENT)
        elif isinstance(whole, list) and part.isdigit() and int(part) < len(whole):
            whole = whole[int(part)]
        else:
            return ABSENT
    return whole


def tree_of(paths: list[Path]) -> Tree:
    """The paths as a tree, for ``left_over``."""
    tree: Tree = {}
    whole = {path for path in paths if not any(path[:n] in paths for n in range(1, len(path)))}
    for path in sorted(whole):
        at = tree
        for part in path:
            at = at.setdefault(part, {})
    return tree


def left_over(value: Any, tree: Tree) -> Any:
    """The value without what the tree takes; ABSENT when nothing is left.

    A list of which something is left is kept whole, so that places in it stay what they were.
    """
    if not tree:
        return ABSENT
    if isinstance(value, dict):
        kept = {k: v if k not in tree else left_over(v, tree[k]) for k, v in value.items()}
        kept = {k: v for k, v in kept.items() if v is not ABSENT}
        return kept if kept or not value else ABSENT
    if isinstance(value, list):
        some = (left_over(v, tree[str(n)]) if str(n) in tree else v for n, v in enumerate(value))
        return value if any(one is not ABSENT for one in some) else ABSENT
    return value


def json_text(value: Any) -> str:
    """The value as JSON; numbers keep the digits they were written with."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_text(k)}: {json_text(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(json_text, value)) + "]"


def array_text(value: Any) -> str:
    """A JSON list as the text of a PostgreSQL array."""
    if isinstance(value, list):
        return "{" + ",".join(map(array_text, value)) + "}"
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json_text(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
