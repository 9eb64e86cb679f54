"""Which database this is, so that a plan made for one is refused by another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection, errors, translated
from integrity.errors import DatabaseFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A database of a cluster. Holds no address and no secret.

    ``system_identifier`` is what initdb gave the cluster; 0 where the role may not read it.
    """

    system_identifier: int
    database: str
    oid: int
    server_version_num: int

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.server_version_num // 10_000

    def differences(self, other: Identity) -> tuple[str, ...]:
        """Why ``other`` is not this database; empty when it is. A minor upgrade is none."""
        pairs = (
            ("cluster", self.system_identifier, other.system_identifier),
            ("database", self.database, other.database),
            ("database oid", self.oid, other.oid),
            ("PostgreSQL", self.major, other.major),
        )
        return tuple(f"{what} is {b}, expected {a}" for what, a, b in pairs if a != b)


def identify(conn: Connection[Any]) -> Identity:
    """The identity of the connected database."""
    with translated("read the identity of the database"):
        row = conn.execute(
            "select datname, oid::bigint from pg_catalog.pg_database"
            " where datname = pg_catalog.current_database()"
        ).fetchone()
    if row is None:
        raise DatabaseFailure("the connected database is not in pg_database")
    return Identity(
        system_identifier=_system_identifier(conn),
        database=row[0],
        oid=row[1],
        server_version_num=conn.info.server_version,
    )


def _system_identifier(conn: Connection[Any]) -> int:
    try:
        with conn.transaction():
            row = conn.execute(
                "select system_identifier from pg_catalog.pg_control_system()"
            ).fetchone()
    except errors.InsufficientPrivilege:
        return 0
    return int(row[0]) if row else 0
