"""What is to be done with each file: which are finished, begun, changed, or copies of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrity.loading.files import File, FileFailure
from integrity.loading.ledger import LoadedFile
from integrity.loading.model import Options


@dataclass(frozen=True, slots=True)
class Survey:
    """``wanted``: files to load, in order; ``begun``: their names -> what an earlier run did."""

    wanted: tuple[File, ...]
    begun: Mapping[str, LoadedFile]
    finished: tuple[LoadedFile, ...]
    changed: frozenset[File]
    copies: tuple[File, ...]


def surveyed(files: Sequence[File], loads: Sequence[LoadedFile], options: Options) -> Survey:
    """Compare the files with what was loaded. Raises FileFailure, before anything is loaded.

    A file is known by its name and its content. A finished one is not loaded again; one that
    changed since, or that has the content of another, is an error unless an option decides.
    """
    entries = {(one.file, one.sha256): one for one in loads}
    names = {one.file for one in loads}
    contents = {one.sha256: one.file for one in reversed(loads)}
    wanted, copies, finished = [], [], []
    begun: dict[str, LoadedFile] = {}
    changed: set[File] = set()
    for file in files:
        entry = entries.get((file.name, file.sha256))
        if entry is not None and entry.state == "done":
            finished.append(entry)
            continue
        if entry is not None:
            _same_options(file, entry.options, options.reading())
            begun[file.name] = entry
        elif file.name in names:
            _refuse_changed(file, options)
            changed.add(file)
        elif file.sha256 in contents and _is_left_out(file, contents[file.sha256], options):
            copies.append(file)
            continue
        contents.setdefault(file.sha256, file.name)
        wanted.append(file)
    return Survey(tuple(wanted), begun, tuple(finished), frozenset(changed), tuple(copies))


def _refuse_changed(file: File, options: Options) -> None:
    if not options.changed:
        raise FileFailure(
            f"{file.shown} changed since it was loaded",
            hint="--changed loads it again, and knows rows it loaded by their unique key; or give"
            " new rows a file of their own",
        )


def _is_left_out(file: File, other: str, options: Options) -> bool:
    if options.copies == "refuse":
        raise FileFailure(
            f"{file.shown} has the content of {other}",
            hint="--copies skip leaves it out, --copies load counts its rows once more",
        )
    return options.copies == "skip"


def _same_options(file: File, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """A file is finished as it was begun; but ``--rest`` and ``--skip`` may be added for names
    that the rows read so far do not have."""
    for name, value in then.items():
        added = name == "rest" and value is None
        added |= name == "skipped" and set(value) <= set(now[name])
        if now[name] != value and not added:
            option = {"mapped": "map", "skipped": "skip"}.get(name, name)
            raise FileFailure(
                f"{file.shown} was begun with another --{option}",
                hint=f"finish it with the options it was begun with: {name} = {value!r}",
            )
