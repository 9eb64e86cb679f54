"""``kind: etl`` in YAML: rows of several sources loaded into a table, known by a natural key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from re import compile as pattern
from typing import Any

from integrity.config.nodes import Fields, Node, Reader
from integrity.config.pipeline_parts import (
    noted_name,
    noted_word,
    read_breaker,
    read_rejects,
    read_schedule,
    read_source,
    whole,
)
from integrity.model import Name
from integrity.pipeline_model import Pipeline, PipelineSource, PipelineTest

ETL = (
    "kind",
    "description",
    "into",
    "sources",
    "load",
    "natural_key",
    "repeats",
    "stamp",
    "tests",
    "batch",
    "rejects",
    "breaker",
    "schedule",
)
SOURCE = ("extract", "arms", "drop", "columns", "only_new", "validate", "quality")
TEST = ("name", "given", "expect", "figures")
LOADS = ("append", "upsert")
LARGEST_BATCH = 1_000_000
_JSON_NUMBER = pattern(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_WORDS: dict[str, Any] = {"null": None, "true": True, "false": False}


def read_etl(reader: Reader, root: Node, name: str) -> Pipeline:
    """The file of one ETL."""
    fields = reader.fields(root, f"etl {name}", ETL)
    fields.require("into")
    load = fields.require("load")
    return Pipeline(
        name=name,
        kind="etl",
        description=fields.text("description"),
        into=noted_name(fields, "into") or Name("", ""),
        sources=tuple(_sources(fields)),
        load="" if load is None else reader.choice(load, fields.of("load"), LOADS),
        natural_key=fields.words("natural_key"),
        repeats=noted_word(fields, "repeats"),
        stamp=noted_word(fields, "stamp"),
        tests=tuple(_tests(fields)),
        batch=whole(fields, "batch", 20_000, LARGEST_BATCH),
        max_reject_share=read_rejects(fields),
        breaker=read_breaker(fields),
        schedule=read_schedule(fields),
        location=fields.location,
    )


def _sources(fields: Fields) -> Iterable[PipelineSource]:
    node = fields.require("sources")
    items = () if node is None else fields.reader.items(node, fields.of("sources"))
    if node is not None and fields.reader.is_list(node) and not items:
        fields.reader.problem(node, f"{fields.of('sources')}: expected at least one")
    for item in items:
        yield read_source(fields.reader.fields(item, "source", SOURCE))


# --- tests ---------------------------------------------------------------------------------------


def _tests(fields: Fields) -> Iterable[PipelineTest]:
    node = fields.get("tests")
    names: set[str] = set()
    for item in () if node is None else fields.reader.items(node, fields.of("tests")):
        part = fields.reader.fields(item, "test", TEST)
        name = part.text("name") or ""
        part.require("name")
        if name in names:
            fields.reader.problem(item, f"{name!r} stands twice in {fields.of('tests')}")
        names.add(name)
        yield _test(part, name)


def _test(fields: Fields, name: str) -> PipelineTest:
    reader = fields.reader
    given, expect, figures = (
        fields.require("given"),
        fields.require("expect"),
        fields.get("figures"),
    )
    tables = () if given is None else reader.fields(given, fields.of("given"))
    listed = () if figures is None else reader.fields(figures, fields.of("figures"))
    return PipelineTest(
        name=name,
        given=tuple(_given(fields, table, key, rows) for table, key, rows in tables),
        expect="[]" if expect is None else _rows(fields, expect, "expect"),
        figures={
            word: reader.whole(number, f"figure {word!r}", low=0, high=LARGEST_BATCH)
            for word, _, number in listed
        },
        location=fields.location,
    )


def _given(fields: Fields, table: str, key: Node, rows: Node) -> tuple[Name, str]:
    name = fields.reader.name(key, "table of given")
    fields.reader.places.note(fields.location, "given", table, fields.reader.place(key))
    return name, _rows(fields, rows, f"rows of {table}")


def _rows(fields: Fields, node: Node, what: str) -> str:
    reader = fields.reader
    rows = [
        {column: _json(reader, value, f"column {column!r}") for column, _, value in row}
        for item in reader.items(node, what)
        for row in [reader.fields(item, f"row of {what}")]
    ]
    return json.dumps(rows, ensure_ascii=False, default=_number)


def _json(reader: Reader, node: Node, what: str) -> Any:
    """A value as JSON: what is written without quotes is a number, true, false or null."""
    if reader.is_mapping(node):
        return {key: _json(reader, value, what) for key, _, value in reader.fields(node, what)}
    if reader.is_list(node):
        return [_json(reader, item, what) for item in reader.items(node, what)]
    text, quoted = reader.raw(node, what)
    return text if quoted else _plain(text)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    return Decimal(text) if _JSON_NUMBER.fullmatch(text) else text


def _number(value: Decimal) -> int | float | str:
    """A number as it was written; one that a float does not hold stays a text."""
    if value == value.to_integral_value() and value.as_tuple().exponent == 0:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
