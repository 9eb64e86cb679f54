"""Parts that the kinds of pipelines share: extract, rules, quality, budget, breaker, schedule."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from re import compile as pattern

from integrity.config.mappings import read_arms, read_columns, read_drops, reason, share
from integrity.config.nodes import Fields, Node
from integrity.config.values import read_expression
from integrity.model import Name
from integrity.pipeline_model import (
    Breaker,
    Extract,
    PipelineSource,
    Quality,
    QualityTest,
    Rule,
    Schedule,
)

_EXTRACT = ("from", "query", "key", "changed", "watch", "late")
_RULE = ("check", "because")
_QUALITY = ("into", "tests")
_BREAKER = ("failures", "rejects", "reset", "successes")
_SCHEDULE = ("cron", "zone", "mode")
_DURATION = pattern(r"(\d+)\s*(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_LONGEST = 10 * 365 * 86_400


def seconds(fields: Fields, key: str, default: int) -> int:
    """A duration such as 60s, 5min, 2h or 1d, in seconds."""
    node = fields.get(key)
    text = None if node is None else fields.reader.sql(node, fields.of(key))
    if node is None or not text:
        return default
    match = _DURATION.fullmatch(text)
    value = int(match[1]) * _SECONDS[match[2]] if match else -1
    if not 0 <= value <= _LONGEST:
        expected = "expected a duration such as 60s, 5min, 2h or 1d"
        fields.reader.problem(node, f"{fields.of(key)}: {expected}, found {text!r}")
        return default
    return value


def whole(fields: Fields, key: str, default: int, high: int) -> int:
    """A whole number from 1 to ``high``."""
    node = fields.get(key)
    if node is None:
        return default
    return fields.reader.whole(node, fields.of(key), low=1, high=high)


def share_of(fields: Fields, key: str) -> Decimal | None:
    """A share such as 10% or 0.1; None when the key is missing."""
    node = fields.get(key)
    text = None if node is None else fields.reader.sql(node, fields.of(key))
    if node is None or not text:
        return None
    value = share(text)
    if value is None:
        hint = f"write {key}: 10% or {key}: 0.1"
        fields.reader.problem(node, f"{fields.of(key)}: expected a share, found {text!r}", hint)
    return value


def entry(fields: Fields, key: str, known: tuple[str, ...]) -> Fields | None:
    """The mapping of that key, or None."""
    node = fields.get(key)
    return None if node is None else fields.reader.fields(node, fields.of(key), known)


def noted_name(fields: Fields, key: str) -> Name | None:
    """The table that the key names, with its place noted."""
    node = fields.get(key)
    if node is None:
        return None
    fields.reader.places.note(fields.location, key, "", fields.reader.place(node))
    return fields.reader.name(node, fields.of(key))


def noted_word(fields: Fields, key: str) -> str | None:
    """The column that the key names, with its place noted."""
    node = fields.get(key)
    if node is not None:
        fields.reader.places.note(fields.location, key, "", fields.reader.place(node))
    return fields.identifier(key)


def read_extract(fields: Fields) -> Extract:
    """The entry ``extract``: a table or a query, and the key of its rows."""
    node = fields.require("extract")
    if node is None:
        return Extract(key=(), location=fields.location)
    reader = fields.reader
    if not reader.is_mapping(node):
        name = reader.name(node, fields.of("extract"))
        return Extract(key=(), table=name, location=reader.place(node))
    part = reader.fields(node, fields.of("extract"), _EXTRACT)
    table, query = noted_name(part, "from"), part.get("query")
    if (table is None) == (query is None):
        reader.problem(node, f"{part.what}: expected from: or query:, one of them")
    return Extract(
        key=part.words("key"),
        table=table,
        query=None if query is None else read_expression(reader, query, part.of("query")),
        changed=noted_word(part, "changed"),
        watch=noted_name(part, "watch"),
        late_seconds=seconds(part, "late", 0),
        location=part.location,
    )


def read_rules(fields: Fields) -> Iterable[Rule]:
    """The entry ``validate``: name -> check of a source row."""
    node = fields.get("validate")
    for name, _, given in () if node is None else fields.reader.fields(node, "validate"):
        rule = fields.reader.fields(given, f"rule {name!r}", _RULE)
        check, why = rule.require("check"), rule.get("because")
        if check is not None:
            yield Rule(
                name=name,
                check=read_expression(fields.reader, check, rule.of("check")),
                because="" if why is None else reason(fields.reader, why, rule.of("because")),
            )


def read_quality(fields: Fields) -> Quality | None:
    """The entry ``quality``: tests with weights, into a column."""
    part = entry(fields, "quality", _QUALITY)
    if part is None:
        return None
    part.require("into")
    tests, into = part.require("tests"), noted_word(part, "into")
    listed = () if tests is None else fields.reader.fields(tests, part.of("tests"))
    found = tuple(_test(part, name, node) for name, _, node in listed)
    if tests is not None and not found:
        fields.reader.problem(tests, f"{part.of('tests')}: expected at least one test")
    return Quality(
        into=into or "", tests=tuple(one for one in found if one), location=part.location
    )


def _test(fields: Fields, name: str, node: Node) -> QualityTest | None:
    reader, what = fields.reader, f"test {name!r} of quality"
    items = reader.items(node, what)
    if len(items) != 2:
        if reader.is_list(node):
            reader.problem(node, f"{what}: expected [weight, condition]")
        return None
    weight = _weight(reader.sql(items[0], f"weight of {what}"))
    if weight is None:
        reader.problem(items[0], f"weight of {what}: expected a number above 0, up to 1000")
        return None
    return QualityTest(name=name, weight=weight, test=read_expression(reader, items[1], what))


def _weight(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value <= 1_000 else None


def read_rejects(fields: Fields) -> Decimal | None:
    """``rejects: {max: 10%}``; None when any number may be quarantined."""
    part = entry(fields, "rejects", ("max",))
    if part is None:
        return None
    part.require("max")
    return share_of(part, "max")


def read_breaker(fields: Fields) -> Breaker:
    """The entry ``breaker``."""
    part = entry(fields, "breaker", _BREAKER)
    default = Breaker()
    if part is None:
        return default
    return Breaker(
        failures=whole(part, "failures", default.failures, 1_000),
        reject_share=share_of(part, "rejects"),
        reset_seconds=seconds(part, "reset", default.reset_seconds),
        successes=whole(part, "successes", default.successes, 1_000),
        location=part.location,
    )


def read_schedule(fields: Fields) -> Schedule | None:
    """The entry ``schedule``."""
    part = entry(fields, "schedule", _SCHEDULE)
    if part is None:
        return None
    part.require("cron")
    for key in ("cron", "zone", "mode"):
        if (node := part.get(key)) is not None:
            fields.reader.places.note(part.location, key, "", fields.reader.place(node))
    return Schedule(
        cron=part.text("cron") or "",
        zone=part.text("zone") or "UTC",
        mode=part.text("mode") or "",
        location=part.location,
    )


def read_source(fields: Fields) -> PipelineSource:
    """One extract, and what becomes of its rows; a sync has no arms."""
    columns, only_new = fields.require("columns"), fields.get("only_new")
    return PipelineSource(
        extract=read_extract(fields),
        columns={} if columns is None else read_columns(fields, columns),
        only_new={} if only_new is None else read_columns(fields, only_new, "only_new"),
        arms=tuple(read_arms(fields)),
        drops=tuple(read_drops(fields)),
        rules=tuple(read_rules(fields)),
        quality=read_quality(fields),
        location=fields.location,
    )
