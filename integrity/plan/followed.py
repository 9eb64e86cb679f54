"""What hangs on a moved table follows it: views, foreign keys, triggers, types of functions.

The server keeps such references by oid and spells them with the present name. To compare with the
contracts they are read under the legacy names again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import replace
from functools import partial
from re import Match, escape
from re import compile as pattern

from integrity.model import Catalog, ForeignKey, Function, Mapping, Name, Project, Table, View
from integrity.operations.moved_names import column_names
from integrity.plan.successors import rehung_triggers
from integrity.sql.quote import ident, qualified

_Renaming = Callable[[str], str]


def under_legacy_names(catalog: Catalog, project: Project) -> Catalog:
    """A catalog after the switch, with references to moved tables as they were before it."""
    moves = {m.table: m for m in project.mappings if m.moves}
    if not moves:
        return catalog
    back = {name: move.sources[0].table for name, move in moves.items()}
    rename = _renaming(back)
    columns = _renamed_columns(project, moves)
    return replace(
        catalog,
        tables=tuple(_table(table, back, columns) for table in catalog.tables),
        views=tuple(_view(view, back, rename) for view in catalog.views),
        functions=tuple(_function(function, rename) for function in catalog.functions),
    )


def with_triggers(expected: Catalog, live: Catalog, project: Project) -> Catalog:
    """Unified tables that were moved, with the triggers that came along with them."""
    moves = {m.table: m for m in project.mappings if m.moves}
    contracts = {table.name: table for table in project.legacy.tables}
    there = {table.name: table for table in live.tables}
    changed: dict[Name, dict[str, str]] = {}
    for one in rehung_triggers(project):
        changed.setdefault(one.table, {})[one.trigger.name] = one.there
    tables = []
    for table in expected.tables:
        move = moves.get(table.name)
        legacy = contracts.get(move.sources[0].table) if move else None
        known = there.get(table.name)
        if move and legacy and legacy.triggers and known:
            table = _triggered(table, legacy, known, derived=move.derived)
            table = _with_successors(table, changed.get(table.name, {}))
        tables.append(table)
    return replace(expected, tables=tuple(tables))


def _triggered(table: Table, legacy: Table, live: Table, *, derived: bool) -> Table:
    """The triggers of the contract; as the server spells them where columns may be renamed."""
    spelt = {trigger.name: trigger for trigger in live.triggers}
    old, new = f" ON {qualified(legacy.name)} ", f" ON {qualified(table.name)} "
    triggers = tuple(
        replace(one, definition=one.definition.replace(old, new, 1))
        if derived
        else spelt.get(one.name, one)
        for one in legacy.triggers
    )
    return replace(table, triggers=triggers)


def _with_successors(table: Table, changed: MappingType[str, str]) -> Table:
    """Triggers that the switch hung on other functions."""
    triggers = (replace(t, definition=changed.get(t.name, t.definition)) for t in table.triggers)
    return replace(table, triggers=tuple(triggers))


def _renaming(back: MappingType[Name, Name]) -> _Renaming:
    """Turns qualified names in a text back."""
    olds = {qualified(new): qualified(old) for new, old in back.items()}
    listed = "|".join(escape(new) for new in sorted(olds, key=len, reverse=True))
    found = pattern(rf'(?<![\w$."])(?:{listed})(?![\w$"])')
    return lambda text: found.sub(lambda match: olds[match[0]], text)


def _view(view: View, back: MappingType[Name, Name], rename: _Renaming) -> View:
    """Its text holds the present name of a table, alone or numbered, where it gave no alias."""
    followed = [name for name in view.reads if name in back]
    if not followed:
        return view
    text = rename(view.definition)
    for new in followed:
        old = back[new].name
        if old != new.name:
            alias = pattern(rf'(?<![\w$."]){escape(_stem(new.name))}(_\d+)?(?![\w$])')
            text = alias.sub(partial(_alias, old), text)
    reads = tuple(sorted(back.get(name, name) for name in view.reads))
    return replace(view, definition=text, reads=reads)


def _stem(name: str) -> str:
    return ident(name).removesuffix('"')


def _alias(old: str, match: Match[str]) -> str:
    return _stem(old) + (match[1] or "")


def _function(function: Function, rename: _Renaming) -> Function:
    """Types in its head. Its body is a text that nobody changes."""
    head, mark, body = function.definition.partition("\nAS ")
    return replace(
        function, arguments=rename(function.arguments), definition=rename(head) + mark + body
    )


def _table(
    table: Table,
    back: MappingType[Name, Name],
    columns: MappingType[Name, MappingType[str, str]],
) -> Table:
    if not any(key.references in back for key in table.foreign_keys):
        return table
    return replace(
        table, foreign_keys=tuple(_key(key, back, columns) for key in table.foreign_keys)
    )


def _key(
    key: ForeignKey,
    back: MappingType[Name, Name],
    columns: MappingType[Name, MappingType[str, str]],
) -> ForeignKey:
    if key.references not in back:
        return key
    names = columns.get(key.references, {})
    to = tuple(names.get(name, name) for name in key.to)
    return replace(key, references=back[key.references], to=to)


def _renamed_columns(
    project: Project, moves: MappingType[Name, Mapping]
) -> dict[Name, dict[str, str]]:
    """Unified column -> legacy column, of moves that rename some."""
    legacy = {table.name: table for table in project.legacy.tables}
    found = {}
    for table in _of(project.tables, moves):
        move = moves[table.name]
        if not move.derived:
            old = legacy[move.sources[0].table]
            found[table.name] = {n: o for o, n in column_names(move, old, table).items()}
    return found


def _of(tables: Iterable[Table], moves: MappingType[Name, Mapping]) -> Iterable[Table]:
    return (table for table in tables if table.name in moves)
