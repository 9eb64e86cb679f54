"""What can still be proven once legacy is gone.

That the archive is whole, file by file; and which unified tables still hold exactly the rows that
they held, verified, when legacy was archived. Later writes are expected and not wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from integrity.database.connect import connect, translated
from integrity.errors import Exit, Failure
from integrity.finalize.facts import rows_of
from integrity.finalize.manifest import read_manifest
from integrity.finalize.state import Recorded


@dataclass(frozen=True, slots=True)
class TableSince:
    """A unified table: rows at finalize, rows now (None: it is gone), and whether all are equal."""

    table: str
    then: int
    now: int | None
    same: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """``broken``: what is wrong with the archive, else empty."""

    directory: str
    finalized_at: str
    broken: str
    tables: tuple[TableSince, ...]

    @property
    def exit_code(self) -> Exit:
        """OK, or UNPROVEN when the archive cannot be trusted."""
        return Exit.UNPROVEN if self.broken else Exit.OK

    def lines(self) -> Iterator[str]:
        """The proof in words."""
        yield (
            f"legacy was archived and dropped at {self.finalized_at}: sources cannot be compared"
            " any more, they were equal before"
        )
        yield f"archive {self.directory}: {self.broken or 'every file is as it was written'}"
        for one in self.tables:
            yield f"{one.table}: {_since(one)}"

    def as_json(self) -> dict[str, Any]:
        """The proof as JSON values."""
        return {"finalized": True, "ok": not self.broken, **asdict(self)}


def prove(url: str, recorded: Recorded) -> Proof:
    """Check the archive, and compare the unified tables with their state at finalize."""
    when = f"{recorded.finalized_at:%Y-%m-%d %H:%M} UTC"
    try:
        manifest = read_manifest(recorded.directory, expected=recorded.manifest_hash)
    except Failure as failure:
        return Proof(str(recorded.directory), when, failure.message, ())
    with translated("verify"), connect(url, application_name="integrity verify") as conn:
        present = {
            name
            for (name,) in conn.execute(
                "select name from pg_catalog.unnest(%s::text[]) as t (name)"
                " where pg_catalog.to_regclass(name) is not null",
                [[one.at for one in manifest.unified]],
            )
        }
        rows = rows_of(conn, sorted(present))
    tables = tuple(
        TableSince(
            one.name,
            one.rows,
            rows[one.at].count if one.at in rows else None,
            one.at in rows and (rows[one.at].count, rows[one.at].hash) == (one.rows, one.hash),
        )
        for one in manifest.unified
    )
    return Proof(str(recorded.directory), when, "", tables)


def _since(one: TableSince) -> str:
    if one.same:
        return f"{one.then:,} rows, the same as at finalize"
    if one.now is None:
        return f"gone or renamed since finalize, when it had {one.then:,} rows"
    return f"changed since finalize: {one.then:,} rows then, {one.now:,} now"
