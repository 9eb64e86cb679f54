"""Drafts as YAML files, with comments that say why and what a person must decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from integrity.catalog.contracts import contract_yaml, file_stem
from integrity.catalog.yaml_text import Aligned, Sql, Value, document, flow
from integrity.config.coverage import TABLES_WITHOUT_CONTRACT
from integrity.config.scalars import parse_name
from integrity.model import ForeignKey, Index, Key, Name
from integrity.plan.shown import shown
from integrity.propose.drafts import Crosswalk, Draft, DraftColumn, DraftSource, DraftTable
from integrity.propose.fates import Fates
from integrity.propose.model import Group, Kind, Survey
from integrity.sql.quote import ident

WIDTH = 96
_HEAD = "Written by `integrity inspect --propose`. A draft: read the comments, edit, then keep it."

Lines = Iterator[str]


def files(
    survey: Survey, groups: Iterable[Group], fates: Fates, drafts: Iterable[Draft], *, name: str
) -> dict[str, str]:
    """Path below the output folder -> content; ``name`` is that of the project."""
    drafts = tuple(drafts)
    made = {"configs/project.yaml": _file(_project(name))}
    for schema in survey.catalog.schemas:
        made[f"configs/legacy/{file_stem(schema)}.yaml"] = contract_yaml(survey.catalog, schema)
    for schema, tables in _by(drafts, lambda draft: draft.table.name.schema).items():
        made[f"configs/unified/{file_stem(schema)}.yaml"] = _file(_unified(schema, tables))
    for group, members in _by(drafts, lambda draft: draft.group).items():
        made[f"configs/mappings/{file_stem(group)}.yaml"] = _file(_family(group, members))
    rest = list(_rest(tuple(groups), fates, tuple(_listed(survey))))
    if len(rest) > 2:
        made["configs/mappings/_rest.yaml"] = _file(rest)
    return made


def _by(drafts: Iterable[Draft], key) -> dict[str, list[Draft]]:  # type: ignore[no-untyped-def]
    found: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        found[key(draft)].append(draft)
    return dict(sorted(found.items()))


def _file(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in (*comment(_HEAD), "", *lines))


def comment(text: str, indent: int = 0) -> Lines:
    """A comment, broken at ``WIDTH``; nothing in the text can end it."""
    margin = " " * indent
    for line in wrap(shown(text), WIDTH - indent, break_long_words=False, break_on_hyphens=False):
        yield f"{margin}# {line}"


def _at(indent: int, lines: Iterable[str]) -> Lines:
    return (" " * indent + line if line else "" for line in lines)


def spelt(name: Name) -> str:
    """``schema.name`` as the config room reads it."""
    if parse_name(str(name)) == name and "*" not in str(name):
        return str(name)
    return ".".join('"' + part.replace('"', '""') + '"' for part in (name.schema, name.name))


def _project(name: str) -> Lines:
    yield from document({"project": name})
    yield from comment("Decide: where the toolkit keeps journal, ledger and crosswalks.")
    yield from document({"toolkit_schema": "operational"})


# --- unified tables ---------------------------------------------------------------------------


def _unified(schema: str, drafts: Iterable[Draft]) -> Lines:
    yield from document({"schema": schema})
    yield "tables:"
    for draft in drafts:
        table = draft.table
        yield ""
        for note in table.notes:
            yield from comment(note, 2)
        head, *body = document({table.name.name: Aligned(_table(table))})
        yield f"  {head}"
        yield from _noted(table, list(_at(2, body)))


def _noted(table: DraftTable, lines: list[str]) -> Lines:
    """The lines of a table, with notes on columns above them."""
    notes = {c.name: c.note for c in table.columns if c.note}
    starts = {next(document({name: {}})).split("{")[0].strip(): name for name in notes}
    for line in lines:
        word = line.strip().partition(": ")[0] + ":"
        if line.startswith("      ") and not line.startswith("       ") and word in starts:
            yield from comment(notes[starts.pop(word)], 6)
        yield line


def _table(table: DraftTable) -> dict[str, Value]:
    entry: dict[str, Value] = (
        {} if table.description is None else {"description": table.description}
    )
    entry["columns"] = Aligned({c.name: _column(c, table) for c in table.columns})
    entry["primary_key"] = table.primary_key
    parts: dict[str, Value] = {
        "natural_key": table.natural_key,
        "unique": [_key(key) for key in table.uniques],
        "foreign_keys": Aligned(_foreign_key(table, key) for key in table.foreign_keys),
        "checks": Aligned({check.name: Sql(check.expression) for check in table.checks}),
        "indexes": [_index(index) for index in table.indexes],
    }
    return entry | {key: value for key, value in parts.items() if value}


def _column(column: DraftColumn, table: DraftTable) -> dict[str, Value]:
    entry: dict[str, Value] = {"type": column.type}
    if column.assigned:
        entry["key"] = "assigned"
    elif not column.nullable and column.name not in table.primary_key:
        entry[Sql("null")] = False
    for key, text in (("default", column.default), ("generated", column.generated)):
        if text is not None:
            entry[key] = Sql(text)
    for key, text in (("collation", column.collation), ("description", column.description)):
        if text is not None:
            entry[key] = text
    return entry


def _key(key: Key) -> Value:
    entry: dict[str, Value] = {"name": key.name, "columns": key.columns}
    if key.nulls_not_distinct:
        entry["nulls_not_distinct"] = True
    return entry


def _foreign_key(table: DraftTable, key: ForeignKey) -> tuple[str, Value]:
    """Without ``to`` it is one column that refers to the key of a table of the drafts."""
    plain = not key.deferrable and key.on_delete == key.on_update == "NO ACTION"
    if not key.to and plain:
        return key.columns[0], spelt(key.references)
    entry: dict[str, Value] = {"columns": key.columns, "references": spelt(key.references)}
    if key.to:
        entry["to"] = key.to
    if key.on_delete != "NO ACTION":
        entry["on_delete"] = key.on_delete.lower()
    if key.on_update != "NO ACTION":
        entry["on_update"] = key.on_update.lower()
    if key.deferrable:
        entry["deferrable"] = True
    unnamed = key.name in {column.name for column in table.columns}
    return (f"{table.name.name}_{key.name}_fkey" if unnamed else key.name), entry


def _index(index: Index) -> Value:
    entry: dict[str, Value] = {"name": index.name, "columns": index.columns}
    if index.include:
        entry["include"] = index.include
    if index.where is not None:
        entry["where"] = Sql(index.where)
    if index.unique:
        entry["unique"] = True
    if index.method != "btree":
        entry["method"] = index.method
    if index.nulls_not_distinct:
        entry["nulls_not_distinct"] = True
    return entry


# --- mappings ---------------------------------------------------------------------------------


def _family(group: str, drafts: list[Draft]) -> Lines:
    merged = next(draft for draft in drafts if draft.mapping.description)
    drafts = [merged, *(draft for draft in drafts if draft is not merged)]
    about = f"Draft of the group {group}, and the tables that refer to it."
    yield from document({"description": about})
    yield "mappings:"
    for draft in drafts:
        mapping = draft.mapping
        yield ""
        for note in mapping.notes:
            yield from comment(note, 2)
        head = document({"table": spelt(mapping.table)})
        yield from (f"  - {line}" for line in head)
        if mapping.description:
            yield from _at(4, document({"description": mapping.description}))
        yield "    sources:"
        for source in mapping.sources:
            yield from _source(source)


def _source(source: DraftSource) -> Lines:
    for note in source.notes:
        yield from comment(note, 6)
    entry: dict[str, Value] = {"from": spelt(source.table)}
    if source.key:
        entry["key"] = source.key
    if source.write_back:
        entry["write_back"] = True
    if source.rest:
        entry["rest"] = source.rest
    entry["columns"] = Aligned({name: _value(value) for name, value in source.columns.items()})
    if source.ignore:
        entry["ignore"] = Aligned(source.ignore)
    head, *body = document(entry)
    yield f"      - {head}"
    yield from _at(8, body)


def _value(value: str | Crosswalk) -> Value:
    if isinstance(value, str):
        return Sql(value)
    entry: dict[str, Value] = {"crosswalk": spelt(value.source), "key": Sql(ident(value.column))}
    return entry | {"optional": True} if value.optional else entry


# --- the rest ---------------------------------------------------------------------------------


def _listed(survey: Survey) -> Iterator[tuple[Name, str]]:
    """Tables with rows that the contracts only list, and of what kind they are."""
    for line in survey.catalog.unmanaged:
        kind, _, text = line.rpartition(" ")
        for schema in survey.catalog.schemas if kind in TABLES_WITHOUT_CONTRACT else ():
            if text.startswith(f"{schema}."):
                yield Name(schema, text[len(schema) + 1 :]), kind


def _rest(groups: tuple[Group, ...], fates: Fates, listed: tuple[tuple[Name, str], ...]) -> Lines:
    yield from comment("Tables that stay as they are, and copies that hold nothing of their own.")
    yield ""
    for group in groups:
        if group.name in fates.reasons and fates.merge_named(group.name) is None:
            yield from _not_merged(group, fates.reasons[group.name])
    moves = list(_moves(fates))
    if moves:
        yield "moves:"
        yield from (f"  - {line}" for line in moves)
    if fates.archived:
        yield ""
        yield "archive:"
        for copy, original in fates.archived.items():
            because = f"each row stands in {spelt(original)} too"
            yield from _item({"from": spelt(copy), "because": because})
    if fates.foreign or listed:
        yield ""
        yield "foreign:"
        for table, kind in listed:
            because = f"a table of a kind that stays as it is ({kind})"
            yield from _item({"from": spelt(table), "because": because})
        for table, other in fates.foreign.items():
            because = f"it refers to {spelt(other)}, which stays as it is"
            yield from _item({"from": spelt(table), "because": because})


def _item(entry: Mapping[str, Value]) -> Lines:
    """An entry of a list on one line."""
    yield f"  - {flow(entry)}"


def _not_merged(group: Group, reason: str) -> Lines:
    yield from comment(
        f"Group {group.name}, confidence {group.confidence:.2f}, no safe draft: {reason}."
    )
    for member in group.members:
        kind = "" if member.kind in (Kind.SAME, Kind.LEADS) else f", {member.kind.value}"
        yield from comment(f"  {member.table}: {member.rows} rows{kind}")
    yield ""


def _moves(fates: Fates) -> Lines:
    """One pattern for each schema that still has tables."""
    schemas: dict[str, list[Name]] = defaultdict(list)
    for name in fates.moved:
        schemas[name.schema].append(name)
    for schema in sorted(schemas):
        if not set(schema) & set('".*'):
            yield flow({"from": f"{schema}.*", "to": schema})
            continue
        for name in schemas[schema]:  # whole names: the schema alone would read as something else
            yield flow({"from": spelt(name), "to": spelt(name)})
