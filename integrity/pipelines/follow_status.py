"""How it stands with followers: what waits, who listens, and where triggers are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from integrity.database.connect import Connection
from integrity.mapping.layout import OUTBOX_PREFIX
from integrity.pipelines.follower import follower_key
from integrity.pipelines.toolkit import has_toolkit, toolkit_name
from integrity.sql.template import render

_LOCKS = """
select (classid::bigint << 32) | objid::bigint
from pg_catalog.pg_locks
where locktype = 'advisory' and granted and objsubid = 1
    and database = (
        select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowStatus:
    """One pipeline that is or was followed.

    ``waiting``: entries of its outbox; ``oldest``: seconds since the first of them was written,
    None when there is none. ``tables``: those with its triggers. ``run``: that of the last run of
    a follower, None before the first.
    """

    pipeline: str
    running: bool
    waiting: int
    oldest: float | None
    tables: tuple[str, ...]
    run: int | None

    @property
    def installed(self) -> bool:
        """Whether changes are written into the outbox."""
        return bool(self.tables)

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return asdict(self) | {"tables": list(self.tables), "installed": self.installed}


def follow_status(conn: Connection[Any], schema: str) -> list[FollowStatus]:
    """Every pipeline with triggers, entries, or runs of a follower, by name."""
    if not has_toolkit(conn, schema):
        return []
    sql = render(
        "outbox.status.sql",
        schema=schema,
        prefix=OUTBOX_PREFIX,
        outbox=toolkit_name(schema, "pipeline_outbox"),
        runs=toolkit_name(schema, "pipeline_runs"),
    )
    held = {key for (key,) in conn.execute(_LOCKS).fetchall()}
    return [
        FollowStatus(
            pipeline=name,
            running=follower_key(name) in held,
            waiting=waiting,
            oldest=oldest,
            tables=tuple(tables),
            run=run,
        )
        for name, waiting, oldest, tables, run in conn.execute(sql.encode()).fetchall()
    ]
