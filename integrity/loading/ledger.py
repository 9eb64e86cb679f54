"""What loads leave in the database: one row per file, and the rows that could not be loaded.

A chunk of rows, its entries in quarantine and its figures commit together, so ``read`` says how far
a file is whatever happened to the process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrity.database.connect import Connection, dict_row, translated
from integrity.errors import UnprovenFailure
from integrity.loading.files import File
from integrity.loading.model import Fault, Figures, Options, Reason
from integrity.sql.quote import ident
from integrity.sql.template import render

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # as JSON writes it
_LONE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """A file and how far it is loaded into a table. ``state``: running or done."""

    load: int
    target: str
    file: str
    sha256: str
    bytes: int
    format: str
    options: Mapping[str, Any]
    state: str
    read: int
    loaded: int
    quarantined: int
    repeated: int
    started_at: datetime
    finished_at: datetime | None

    @property
    def figures(self) -> Figures:
        """Where its rows went."""
        return Figures(self.read, self.loaded, self.quarantined, self.repeated)


def list_loads(
    conn: Connection[Any], schema: str, *, target: str | None = None
) -> tuple[LoadedFile, ...]:
    """The files that were loaded, or are on the way, oldest first; empty before the first load."""
    with translated("read what was loaded"):
        if not _exists(conn, schema):
            return ()
        with conn.cursor(row_factory=dict_row) as cursor:
            given = {"target": target}
            rows = cursor.execute(render("loading.files.sql", schema=schema), given).fetchall()
    return tuple(LoadedFile(**row) for row in rows)


def make_tables(conn: Connection[Any], schema: str) -> None:
    """Create the tables unless they are there."""
    if _exists(conn, schema):
        return
    is_valid = render("toolkit_tables.is_valid.sql", schema=schema)
    with translated(f"create the tables of loads in {schema}"), conn.transaction():
        conn.execute(render("loading.tables.sql", schema=schema, is_valid=is_valid))


def _exists(conn: Connection[Any], schema: str) -> bool:
    table = f"{ident(schema)}.integrity_load_quarantine"  # the last one to be created
    found = conn.execute("select pg_catalog.to_regclass(%s) is not null", [table]).fetchone()
    return bool(found and found[0])


@dataclass(frozen=True, slots=True)
class Ledger:
    """The tables of loads, as a load writes them."""

    conn: Connection[Any]
    schema: str

    def begin(self, target: str, file: File, options: Options) -> LoadedFile:
        """Record that a file is begun."""
        facts = {"target": target, "file": file.name, "sha256": file.sha256, "bytes": file.size}
        said = json.dumps(options.reading())
        self._run("loading.begin.sql", **facts, format=file.format, options=said)
        return list_loads(self.conn, self.schema, target=target)[-1]

    def advance(self, load: int, figures: Figures) -> None:
        """Add the figures of a chunk. Raises UnprovenFailure when they do not balance."""
        if not figures.balanced:
            raise UnprovenFailure(
                f"{figures.read:,} rows were read, but {figures.loaded:,} loaded,"
                f" {figures.quarantined:,} quarantined and {figures.repeated:,} repeated",
                hint="nothing of this chunk was kept; report it as a defect",
            )
        counts = {name: getattr(figures, name) for name in Figures.__dataclass_fields__}
        self._run("loading.advance.sql", load=load, **counts)

    def finish(self, load: int) -> None:
        """Record that a file is done. Raises UnprovenFailure when its quarantine was changed."""
        if self._run("loading.finish.sql", load=load) != 1:
            raise UnprovenFailure(
                f"load {load}: the quarantine does not hold as many rows as were counted",
                hint=f"see {self.schema}.integrity_load_quarantine",
            )

    def quarantine(self, load: int, file: str, rejected: Sequence[tuple[int, Fault, str]]) -> int:
        """Keep rows: line, why, and the row as JSON. The number that was kept."""
        if not rejected:
            return 0
        columns = {
            "lines": [line for line, _, _ in rejected],
            "reasons": [fault.reason for _, fault, _ in rejected],
            "names": [_storable(fault.column) for _, fault, _ in rejected],
            "details": [_storable(fault.detail) for _, fault, _ in rejected],
            "rows": [_storable_json(row) for _, _, row in rejected],
        }
        return self._run("loading.quarantine.sql", load=load, file=file, **columns)

    def reasons(self, loads: Sequence[int]) -> tuple[Reason, ...]:
        """Why rows of these loads are in quarantine, most frequent first."""
        text = render("loading.reasons.sql", schema=self.schema)
        with translated("read the quarantine"):
            return tuple(
                Reason(*row) for row in self.conn.execute(text, {"loads": list(loads)}).fetchall()
            )

    def _run(self, template: str, **given: Any) -> int:
        return self.conn.execute(render(template, schema=self.schema), given).rowcount


def _storable(text: str) -> str:
    return _LONE.sub(_escape, text.replace("\0", "\\u0000"))


def _storable_json(text: str) -> str:
    """What jsonb cannot hold, written as its escape."""
    return _LONE.sub(lambda found: "\\" + _escape(found), _NUL.sub(r"\1\\\\u0000", text))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
