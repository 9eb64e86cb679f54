"""``kind: sync`` in YAML: one row of a source keeps one row of a table in step."""

from __future__ import annotations

from collections.abc import Iterable

from integrity.config.nodes import Fields, Node, Reader
from integrity.config.pipeline_parts import (
    entry,
    noted_name,
    noted_word,
    read_breaker,
    read_rejects,
    read_schedule,
    read_source,
    whole,
)
from integrity.config.values import read_expression
from integrity.model import Expression, Name
from integrity.pipeline_model import Modes, Pipeline, Recent, Rung

SYNC = (
    "kind",
    "description",
    "extract",
    "into",
    "match",
    "create",
    "drop",
    "columns",
    "only_new",
    "stamp",
    "validate",
    "quality",
    "modes",
    "batch",
    "rejects",
    "breaker",
    "schedule",
)
_MODES = ("missing", "recent")
_RECENT = ("by", "days")
LARGEST_BATCH = 1_000_000


def read_sync(reader: Reader, root: Node, name: str) -> Pipeline:
    """The file of one sync."""
    fields = reader.fields(root, f"sync {name}", SYNC)
    fields.require("into")
    return Pipeline(
        name=name,
        kind="sync",
        description=fields.text("description"),
        into=noted_name(fields, "into") or Name("", ""),
        sources=(read_source(fields),),
        match=tuple(_match(fields)),
        create=fields.flag("create", True),
        stamp=noted_word(fields, "stamp"),
        modes=_modes(fields),
        batch=whole(fields, "batch", 20_000, LARGEST_BATCH),
        max_reject_share=read_rejects(fields),
        breaker=read_breaker(fields),
        schedule=read_schedule(fields),
        location=fields.location,
    )


def _match(fields: Fields) -> Iterable[Rung]:
    """A list of ``name: {target expression: source expression}``, or of the latter alone."""
    node = fields.require("match")
    items = () if node is None else fields.reader.items(node, fields.of("match"))
    if node is not None and fields.reader.is_list(node) and not items:
        fields.reader.problem(node, f"{fields.of('match')}: expected at least one way")
    names: set[str] = set()
    for item in items:
        rung = _rung(fields, item)
        if rung and rung.name in names:
            fields.reader.problem(item, f"{rung.name!r} stands twice in {fields.of('match')}")
        if rung:
            names.add(rung.name)
            yield rung


def _rung(fields: Fields, node: Node) -> Rung | None:
    reader = fields.reader
    entries = list(reader.fields(node, "way of match"))
    if len(entries) == 1 and reader.is_mapping(entries[0][2]):
        name, _, inner = entries[0]
        entries = list(reader.fields(inner, f"way {name!r} of match"))
    else:
        name = ", ".join(key for key, _, _ in entries)
    if not entries:
        if reader.is_mapping(node):
            reader.problem(node, "way of match: expected at least one pair of expressions")
        return None
    pairs = (
        (Expression(target, reader.place(key)), read_expression(reader, given, f"match {name!r}"))
        for target, key, given in entries
    )
    return Rung(name=name, pairs=tuple(pairs), location=reader.place(node))


def _modes(fields: Fields) -> Modes:
    part = entry(fields, "modes", _MODES)
    if part is None:
        return Modes()
    missing = part.get("missing")
    return Modes(
        missing=None
        if missing is None
        else read_expression(fields.reader, missing, part.of("missing")),
        recent=_recent(part),
    )


def _recent(fields: Fields) -> Recent | None:
    part = entry(fields, "recent", _RECENT)
    by = None if part is None else part.require("by")
    if part is None or by is None:
        return None
    return Recent(
        by=read_expression(fields.reader, by, part.of("by")), days=whole(part, "days", 7, 36_500)
    )
