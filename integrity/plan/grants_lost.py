"""Privileges on legacy tables and views that what takes their place does not carry over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from integrity.config.dependent_rules import Object, Rules, tables_that_go
from integrity.database.connect import Connection, translated
from integrity.model import Grant, Name, Project
from integrity.operations.recreate import grants_of
from integrity.sql.template import render


@dataclass(frozen=True, slots=True)
class Granted:
    """One privilege of a role; ``column``: when it is on a column alone."""

    on: Name
    role: str
    privilege: str
    column: str


def read_granted(conn: Connection[Any]) -> tuple[Granted, ...]:
    """All privileges on tables and views, sorted."""
    with translated("read privileges"):
        rows = conn.execute(render("plan.grants.sql")).fetchall()
    return tuple(
        Granted(Name(schema, name), role, privilege, column)
        for schema, name, role, privilege, column in rows
    )


@dataclass(frozen=True, slots=True)
class Callers:
    """Who may call a function besides its owner."""

    on: Object
    roles: tuple[str, ...]


def read_callers(conn: Connection[Any]) -> tuple[Callers, ...]:
    """The functions whose privileges are not those that every function has."""
    with translated("read privileges"):
        rows = conn.execute(render("plan.function_grants.sql")).fetchall()
    return tuple(
        Callers(Object(kind, Name(schema, name), arguments), tuple(roles))
        for schema, name, arguments, kind, roles in rows
    )


def callers_changed(project: Project, found: Iterable[Callers]) -> Iterator[str]:
    """Functions that others may call, or not call any more, once another stands for them."""
    rules, made = Rules(project), {str(one): one for one in project.recreated}
    for one in found:
        rule = rules.of(one.on)
        new = made.get(rule.by) if rule else None
        if new is None or not new.is_routine:
            continue
        now = {grant.role for grant in grants_of(new)}
        if "public" not in now:
            for role in (role for role in one.roles if role not in now):
                yield f"{role}: execute on {one.on}, not on {new}"
        elif "public" not in one.roles:
            yield f"everybody may call {new}, which takes the place of {one.on}: not so before"


def unknown_roles(conn: Connection[Any], project: Project) -> tuple[str, ...]:
    """Roles that grants name and the server does not have."""
    grants = [g for table in project.tables for g in table.grants]
    grants += [g for one in project.recreated for g in one.grants]
    named = sorted({grant.role for grant in grants} - {"public"})
    if not named:
        return ()
    rows = conn.execute("select rolname::text from pg_catalog.pg_roles").fetchall()
    there = {role for (role,) in rows}
    return tuple(role for role in named if role not in there)


def grants_lost(project: Project, granted: Iterable[Granted]) -> tuple[str, ...]:
    """One line for each table or view and role that loses something, with what it loses.

    Tables that move keep their privileges; so does what is kept.
    """
    return tuple(_lines(granted, dict(_successors(project))))


@dataclass(frozen=True, slots=True)
class _Successor:
    name: str
    grants: tuple[Grant, ...]
    as_source: bool = False


def _lacking(successors: list[_Successor], one: Granted) -> tuple[str, ...]:
    """What takes its place and does not carry it over."""
    return tuple(found.name for found in successors if not _has(found, one))


def _has(found: _Successor, one: Granted) -> bool:
    declared = (g for g in found.grants if g.role == one.role)
    as_source = found.as_source and not one.column
    return as_source or any(one.privilege in grant.privileges for grant in declared)


def _successors(project: Project) -> Iterator[tuple[Name, list[_Successor]]]:
    """By legacy table or view that goes: what takes its place."""
    into: dict[Name, list[_Successor]] = {name: [] for name in tables_that_go(project)}
    tables = {table.name: table for table in project.tables}
    for mapping in project.mappings:
        table = tables.get(mapping.table)
        if mapping.moves or table is None:
            continue
        for source in mapping.sources:
            found = _Successor(str(table.name), table.grants, table.grants_as_sources)
            if found not in into[source.table]:
                into[source.table].append(found)
    yield from into.items()
    rules, made = Rules(project), {str(one): one for one in project.recreated}
    for view in project.legacy.views:
        kind = "materialized view" if view.materialized else "view"
        rule = rules.of(Object(kind, view.name))
        if rule is not None and rule.rule != "keep":
            one = made.get(rule.by)
            yield view.name, [_Successor(rule.by, one.grants)] if one else []


def _lines(granted: Iterable[Granted], by_name: dict[Name, list[_Successor]]) -> Iterator[str]:
    """What is lost, by object, role, and what it is lost on."""
    lost: dict[tuple[Name, str, tuple[str, ...]], dict[str, None]] = {}
    for one in granted:
        successors = by_name.get(one.on)
        if successors is None:
            continue
        lacking = _lacking(successors, one)
        if lacking or not successors:
            word = one.privilege + (f" ({one.column})" if one.column else "")
            lost.setdefault((one.on, one.role, lacking), {})[word] = None
    for (on, role, lacking), words in lost.items():
        place = f", not on {', '.join(lacking)}" if lacking else ""
        yield f"{role}: {', '.join(words)} on {on}{place}"
