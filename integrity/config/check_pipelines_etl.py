"""What an ETL declares beyond other pipelines: natural key, repeats, watermark, tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from integrity.config.check import Checked
from integrity.errors import Problem, nearest
from integrity.model import Name, Table
from integrity.pipeline_model import Pipeline, PipelineSource, PipelineTest


def etl_problems(
    pipeline: Pipeline, tables: Mapping[Name, Table], checked: Checked
) -> Iterator[Problem]:
    """What is wrong with the parts that only an ETL has."""
    if pipeline.kind != "etl":
        return
    target = tables.get(pipeline.into)
    if target is not None:
        yield from _natural_key(pipeline, target, checked)
        yield from _repeats(pipeline, target, checked)
    yield from _labels(pipeline)
    for source in pipeline.sources:
        yield from _watermark(source)
    for test in pipeline.tests:
        yield from _test(pipeline, test, tables, checked)


def _natural_key(pipeline: Pipeline, target: Table, checked: Checked) -> Iterator[Problem]:
    if not pipeline.natural_key:
        message = f"{pipeline.name} does not say by which columns a row of {target.name} is known"
        yield Problem(pipeline.location, message, "add natural_key: [...]")
    names = [column.name for column in target.columns]
    for name in pipeline.natural_key:
        place = checked.places.of(pipeline.location, "natural_key", name)
        if name not in names:
            yield Problem(place, f"{target.name} has no column {name!r}", nearest(name, names))
            continue
        for source in pipeline.sources:
            if not _fills(source, name):
                message = f"nothing fills {name!r}, by which a row of {target.name} is known"
                yield Problem(source.location, message, f"add {name}: ... to columns")


def _fills(source: PipelineSource, name: str) -> bool:
    if name in source.columns or name in source.only_new:
        return True
    return bool(source.arms) and all(name in arm.columns for arm in source.arms)


def _repeats(pipeline: Pipeline, target: Table, checked: Checked) -> Iterator[Problem]:
    if pipeline.repeats is None:
        return
    place = checked.places.of(pipeline.location, "repeats", "")
    names = [column.name for column in target.columns]
    if pipeline.load != "append":
        yield Problem(place, "repeats goes with load: append: an upsert repeats nothing")
    if pipeline.repeats not in names:
        message = f"{target.name} has no column {pipeline.repeats!r}"
        yield Problem(place, message, nearest(pipeline.repeats, names))
    for source in pipeline.sources:
        if _fills(source, pipeline.repeats):
            message = f"column {pipeline.repeats!r} is filled by columns and by repeats"
            yield Problem(source.location, message, "fill it in one of the two")


def _labels(pipeline: Pipeline) -> Iterator[Problem]:
    """Sources are told apart by the table they watch: links and watermarks go by it."""
    seen: set[Name] = set()
    for source in pipeline.sources:
        watch = source.extract.watch
        if watch is not None and watch in seen:
            message = f"two sources of {pipeline.name} are both called {watch}"
            yield Problem(source.extract.location, message, "write another table in watch: ...")
        if watch is not None:
            seen.add(watch)


def _watermark(source: PipelineSource) -> Iterator[Problem]:
    extract = source.extract
    if extract.late_seconds and extract.changed is None:
        message = "late says how long rows may be late, but no column says when one changed"
        yield Problem(extract.location, message, "add changed: ...")


def _test(
    pipeline: Pipeline, test: PipelineTest, tables: Mapping[Name, Table], checked: Checked
) -> Iterator[Problem]:
    for name, _ in test.given:
        if name.schema and name not in tables:
            place = checked.places.of(test.location, "given", str(name))
            message = f"given: no contract and no unified table is named {name}"
            yield Problem(place, message, nearest(str(name), map(str, tables)))
