"""What the database knows of its archives: the toolkit's table ``integrity_archives``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from integrity import __version__
from integrity.database.connect import Connection
from integrity.finalize.manifest import Manifest
from integrity.sql.quote import ident, literal
from integrity.sql.template import render

_COLUMNS = (
    "archive_id, migration, directory, manifest_hash, state, tables, rows, archived_at,"
    " finalized_at, restored_at"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An archive as the database knows it. ``state``: archived, finalized or restored."""

    number: int
    migration: str
    directory: Path
    manifest_hash: str
    state: str
    tables: int
    rows: int
    archived_at: datetime
    finalized_at: datetime | None
    restored_at: datetime | None

    @property
    def finalized(self) -> bool:
        """Whether legacy stands in the archive only."""
        return self.state == "finalized"

    def line(self) -> str:
        """In words."""
        what = f"{self.tables:,} legacy tables with {self.rows:,} rows"
        where = f"archive {self.directory}"
        match self.state:
            case "finalized":
                return f"finalized: {what} are in {where} only, since {_moment(self.finalized_at)}"
            case "restored":
                return (
                    f"not finalized: {what} came back from {where} at {_moment(self.restored_at)}"
                )
            case _:
                return f"not finalized: {where} is written, legacy is not dropped: finalize goes on"

    def as_json(self) -> dict[str, Any]:
        """As JSON values; moments in ISO 8601."""
        moments = (self.archived_at, self.finalized_at, self.restored_at)
        archived, finalized, restored = (one and one.isoformat() for one in moments)
        return asdict(self) | {
            "directory": str(self.directory),
            "archived_at": archived,
            "finalized_at": finalized,
            "restored_at": restored,
        }


def last_archive(conn: Connection[Any], schema: str) -> Recorded | None:
    """The archive that was written last, if any."""
    if not table_exists(conn, schema, "integrity_archives"):
        return None
    row = conn.execute(
        f"select {_COLUMNS} from {_table(schema)} order by archive_id desc limit 1"  # noqa: S608
    ).fetchone()
    return Recorded(row[0], row[1], Path(row[2]), *row[3:]) if row else None


def finalized_archive(conn: Connection[Any], schema: str) -> Recorded | None:
    """The archive that holds legacy, when the database does not hold it any more."""
    last = last_archive(conn, schema)
    return last if last and last.finalized else None


def create_tables(conn: Connection[Any], schema: str) -> None:
    """Create the table, where it is not there yet."""
    with conn.transaction():
        conn.execute(render("finalize.tables.sql", schema=schema).encode())


def record(
    conn: Connection[Any], schema: str, manifest: Manifest, *, directory: Path, digest: str
) -> int:
    """Record a complete archive; the same one is recorded once."""
    last = last_archive(conn, schema)
    if last and (last.manifest_hash, last.state) == (digest, "archived"):
        return last.number
    table = _table(schema).replace("%", "%%")
    row = conn.execute(
        f"insert into {table} (migration, directory, manifest_hash, state,"  # noqa: S608
        " tool_version, tables, rows) values (%s, %s, %s, 'archived', %s, %s, %s)"
        " returning archive_id",
        [
            manifest.migrations[0],
            str(directory),
            digest,
            __version__,
            len(manifest.tables),
            sum(one.rows for one in manifest.tables),
        ],
    ).fetchone()
    assert row is not None
    return int(row[0])


def finalized_statement(schema: str, number: int) -> str:
    """Records that legacy is dropped; stands in the transaction that drops it."""
    return _update(schema, number, "finalized")


def restored_statement(schema: str, number: int) -> str:
    """Records that legacy is back; stands in the transaction that restores it."""
    return _update(schema, number, "restored")


def _update(schema: str, number: int, state: str) -> str:
    return (
        f"update {_table(schema)} set state = {literal(state)},"  # noqa: S608
        f" {state}_at = pg_catalog.clock_timestamp() where archive_id = {literal(number)}"
    )


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if value else "an unknown time"


def _table(schema: str) -> str:
    return f"{ident(schema)}.integrity_archives"


def table_exists(conn: Connection[Any], schema: str, name: str) -> bool:
    """Whether the toolkit has that table in the connected database."""
    table = f"{ident(schema)}.{ident(name)}"
    row = conn.execute("select pg_catalog.to_regclass(%s) is not null", [table]).fetchone()
    return bool(row and row[0])
