"""``integrity explain``: where a table or column goes to or comes from, and its rows too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from integrity.cli.session import Session

if TYPE_CHECKING:
    from integrity.config.lineage import Edge, Lineage, Lineages
    from integrity.model import Name
    from integrity.run.rows import TableRows


class _Explained(click.Argument):
    """The name, with a line in the reference; click shows none for an argument before 8.4."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """What the argument is."""
        return "TABLE[.COLUMN]", "A table, legacy or unified, or a column of one."


@click.command()
@click.argument("name", metavar="[TABLE[.COLUMN]]", required=False, cls=_Explained)
@click.option("--rows", is_flag=True, help="Say how many rows of each legacy table went where.")
@click.option("--count", is_flag=True, help="With --rows: count the tables that stayed, too.")
@click.pass_obj
def explain(session: Session, *, name: str | None, rows: bool, count: bool) -> None:
    """Show where a table or column goes to or comes from, or where its rows went.

    TABLE is schema.table, legacy or unified; a bare name will do where only one table has it.
    Needs no server, except for --rows, which reads the ledger of the database. It fails (exit code
    9) when a table's rows are not all accounted for, in each mapping and arm that it feeds.
    """
    from integrity.config.lineage import Lineages

    if name is None and not rows:
        raise click.UsageError("name a table, or give --rows")
    if count and not rows:
        raise click.UsageError("--count goes with --rows")
    lineages = Lineages(session.project())
    table, column = _named(lineages, name) if name is not None else (None, None)
    if rows:
        if column is not None:
            raise click.UsageError("rows are counted per table: leave out the column")
        _rows(session, lineages, table, count=count)
        return
    assert table is not None
    found = lineages.of(table, column)
    if session.as_json:
        session.emit({"explained": [_as_json(one) for one in found]})
        return
    print("\n\n".join(_text(one) for one in found))


# --- names ------------------------------------------------------------------------------------


def _named(lineages: Lineages, text: str) -> tuple[Name, str | None]:
    """The table, and the column if one was given. Raises UsageError with the nearest name."""
    from integrity.config.scalars import name_parts
    from integrity.errors import nearest
    from integrity.model import Name

    if not text.strip():
        raise _missed("the name is empty", "write TABLE or TABLE.COLUMN")
    known = lineages.legacy.keys() | lineages.unified.keys()
    parts = name_parts(text)
    if len(parts) == 1:
        return _bare(parts[0], known), None
    table = Name(*parts[:2])
    if len(parts) > 3 or table not in known:
        raise _missed(f"there is no table {text!r}", nearest(str(table), map(str, known)))
    column = parts[2] if len(parts) == 3 else None
    if column is not None and column not in (columns := lineages.columns(table)):
        raise _missed(f"{table} has no column {column!r}", nearest(column, columns))
    return table, column


def _bare(word: str, known: set[Name]) -> Name:
    from integrity.errors import nearest

    found = sorted(name for name in known if name.name == word)
    if len(found) == 1:
        return found[0]
    if found:
        raise _missed(f"several tables are named {word!r}", ", ".join(map(str, found)))
    raise _missed(f"there is no table {word!r}", nearest(word, {name.name for name in known}))


def _missed(message: str, hint: str) -> click.UsageError:
    return click.UsageError(f"{message}; {hint}" if hint else message)


# --- lineage ----------------------------------------------------------------------------------


def _text(one: Lineage) -> str:
    from integrity.cli.grid import grid

    lines = [f"{one.kind} {one.table} {one.what}", f"  at {one.location}"]
    if one.edges:
        heads = ("column", "goes to", "arm", "by", "label", "where")
        if one.kind == "unified":
            heads = ("column", "comes from", "arm", "by", "label", "where")
        lines += ["", grid(*_without_empty(heads, _edges(one)))]
    if one.fates:
        rows = [(fate.column, fate.what, str(fate.location)) for fate in one.fates]
        lines += ["", grid(("column", "what becomes of it", "where"), rows)]
    return "\n".join(lines)


def _edges(one: Lineage) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for edge in one.edges:
        if edge.rest and one.kind == "legacy":
            rows += (_of_rest(edge, name) for name in edge.reads)
            continue
        reads = ", ".join(edge.reads)
        here, there = (reads or "(constant)", f"{edge.unified}.{edge.column}")
        if one.kind == "unified":
            here, there = edge.column, f"{edge.legacy} ({reads})" if reads else str(edge.legacy)
        rows.append((here, there, edge.arm, edge.expression, edge.label, str(edge.location)))
    return rows


def _of_rest(edge: Edge, name: str) -> tuple[str, ...]:
    there = f"{edge.unified}.{edge.column}"
    return name, there, edge.arm, f"rest: ->> '{name}'", edge.label, str(edge.location)


def _without_empty(
    heads: tuple[str, ...], rows: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns of a grid that say something."""
    used = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    return tuple(heads[at] for at in used), [tuple(row[at] for at in used) for row in rows]


def _as_json(one: Lineage) -> dict[str, object]:
    return {
        "table": str(one.table),
        "kind": one.kind,
        "what": one.what,
        "place": str(one.location),
        "edges": [
            {
                "legacy": str(edge.legacy),
                "reads": list(edge.reads),
                "unified": str(edge.unified),
                "column": edge.column,
                "arm": edge.arm,
                "expression": edge.expression,
                "label": edge.label,
                "reason": edge.reason,
                "place": str(edge.location),
                "rest": edge.rest,
            }
            for edge in one.edges
        ],
        "fates": [
            {"column": fate.column, "what": fate.what, "place": str(fate.location)}
            for fate in one.fates
        ],
    }


# --- rows -------------------------------------------------------------------------------------


def _rows(session: Session, lineages: Lineages, table: Name | None, *, count: bool) -> None:
    from integrity.database.connect import connect
    from integrity.errors import Exit, UnprovenFailure
    from integrity.plan.compile import layout_of
    from integrity.run.rows import rows_of

    project = lineages.project
    layout = layout_of(project).after_switch() if count else None
    with session.target() as url, connect(url, application_name="integrity explain") as conn:
        found = rows_of(conn, project, count=layout)
    chosen = [one for one in found if _is_about(one, lineages, table)]
    problems = [problem for one in chosen for problem in one.problems]
    if session.as_json:
        session.emit({"tables": [_rows_as_json(one) for one in chosen], "problems": problems})
        click.get_current_context().exit(int(Exit.UNPROVEN if problems else Exit.OK))
    print(_rows_text(chosen))
    if problems:
        hint = "apply the migrations first" if not any(one.lines for one in found) else ""
        shown = "\n".join(problems[:20]) + ("\n..." if len(problems) > 20 else "")
        raise UnprovenFailure(f"rows are not accounted for\n{shown}", hint=hint)


def _is_about(one: TableRows, lineages: Lineages, table: Name | None) -> bool:
    """Whether a legacy table was asked for, by its own name or by that of a table it feeds."""
    if table is None or one.table == table:
        return True
    return table not in lineages.legacy and str(table) in {line.mapping for line in one.lines}


def _rows_text(found: list[TableRows]) -> str:
    from integrity.cli.grid import grid
    from integrity.run.rows import TERMS

    used = [t for t in TERMS if any(getattr(line, t) for one in found for line in one.lines)]
    arms = any(line.arm for one in found for line in one.lines)
    rows: list[tuple[object, ...]] = []
    for one in found:
        if not one.lines:
            blanks = [""] * (len(used) + arms)
            rows.append((str(one.table), "", "nowhere", *blanks))
        for line in one.lines:
            terms = (getattr(line, term) for term in used)
            arm = [line.arm] if arms else []
            rows.append((str(one.table), line.candidates, line.mapping, *arm, *terms))
    heads = ("legacy table", "rows", "into", *(["arm"] if arms else []), *used)
    whole = sum(one.rows or 0 for one in found)
    return f"{grid(heads, rows)}\n{len(found):,} legacy tables, {whole:,} rows"


def _rows_as_json(one: TableRows) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "table": str(one.table),
        "rows": one.rows,
        "counted": one.counted,
        "lines": [asdict(line) for line in one.lines],
        "problems": list(one.problems),
    }
