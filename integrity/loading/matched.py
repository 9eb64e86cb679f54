"""Which part of a row goes to which column: by name, by ``--map``, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from integrity.errors import Exit, Failure, nearest
from integrity.loading.files import FileFailure
from integrity.loading.model import Options
from integrity.loading.paths import SPECIAL, Path, parse_path
from integrity.loading.target import Target, TargetColumn


@dataclass(frozen=True, slots=True)
class Bound:
    """A column and where its value comes from: a path, or one of the special words."""

    column: TargetColumn
    path: Path
    special: str = ""


def declared(
    target: Target, options: Options, parse: Callable[[str], Path] = parse_path
) -> list[Bound]:
    """What ``--map`` says. Raises Failure (exit 2) for a column that the table does not have."""
    bound = [_bound(target, name, path, parse) for name, path in options.mapped.items()]
    if options.rest is not None:
        rest = _column(target, options.rest, "--rest")
        if not (rest.json or rest.text):
            raise _usage(f"--rest: column {rest.name} is {rest.type}", "it takes jsonb")
        if options.rest in options.mapped:
            raise _usage(f"column {rest.name} stands in --rest and in --map", "choose one of them")
    return bound


def _bound(target: Target, name: str, path: str, parse: Callable[[str], Path]) -> Bound:
    column = _column(target, name, "--map")
    if path in SPECIAL:
        return Bound(column, (), path)
    return Bound(column, parse(path))


def _column(target: Target, name: str, option: str) -> TargetColumn:
    column = target.by_name.get(name)
    if column is None:
        hint = nearest(name, target.by_name)
        raise _usage(f"{option}: table {target.name} has no column {name!r}", hint)
    if column.given:
        raise _usage(f"{option}: column {name} {column.given}", "the server makes its values")
    return column


def by_name(target: Target, options: Options) -> dict[str, TargetColumn]:
    """Columns that a part of the same name fills: those that no option fills."""
    taken = {*options.mapped, options.rest}
    return {c.name: c for c in target.columns if c.name not in taken}


def refuse_unknown(
    names: Iterable[str], target: Target, options: Options, *, place: str, what: str = "column"
) -> None:
    """Raise FileFailure for parts of a row that no column takes, and none may be left out."""
    for name in names:
        given = target.by_name[name].given if name in target.by_name else ""
        if given:
            hint = f"leave it out with --skip {name}"
            raise FileFailure(f"{place}: column {name} of {target.name} {given}", hint=hint)
        free = [n for n in by_name(target, options) if not target.by_name[n].given]
        ways = "--map COLUMN=NAME, --skip NAME or --rest COLUMN"
        message = f"{place}: table {target.name} has no column for {what} {name!r}"
        raise FileFailure(message, hint=f"{nearest(name, free)}; or {ways}".lstrip("; "))


def _usage(message: str, hint: str) -> Failure:
    failure = Failure(message, hint=hint)
    failure.exit_code = Exit.USAGE
    return failure
