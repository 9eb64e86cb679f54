"""What a plan's hash covers, part by part, so that a refusal can say which part changed.

Figures of ``plan --data`` are not covered: rows come and go, the plan stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from integrity import __version__
from integrity.catalog.drift import fingerprint
from integrity.database.identity import Identity
from integrity.model import Migration, Project
from integrity.operations.journal_sql import step_hash
from integrity.plan.live import Live
from integrity.plan.model import Dependent, Redirected

Parts = tuple[tuple[str, str], ...]
MEANING = {
    "yaml": "the YAML",
    "sql": "the SQL that the YAML compiles to",
    "catalog": "the catalog of the database",
    "server": "the target database",
    "tool": "the version of the toolkit",
}


def parts_of(
    project: Project,
    migrations: Iterable[Migration],
    live: Live,
    identity: Identity,
    redirected: Iterable[Redirected],
    dependents: Iterable[Dependent] = (),
) -> Parts:
    """The parts in the order of ``MEANING``."""
    effects = _digest(sorted(f"{one.kind} {one.name}: {one.effect}" for one in redirected))
    hanging = _digest([f"{one.kind} {one.name}: {one.rule} {one.on}" for one in dependents])
    catalogs = [fingerprint(live.legacy), fingerprint(live.unified), effects, hanging]
    return (
        ("yaml", project.digest),
        ("sql", sql_digest(migrations)),
        ("catalog", _digest(catalogs)),
        ("server", server_digest(identity)),
        ("tool", __version__),
    )


def server_digest(identity: Identity) -> str:
    """Cluster, database and major version."""
    return _digest(
        [str(identity.system_identifier), identity.database, str(identity.oid), str(identity.major)]
    )


def sql_digest(migrations: Iterable[Migration]) -> str:
    """Every statement of the way there and back, in order."""
    return _digest(
        [
            f"{one.stem} {way} {stage.kind} {step.id} {step.only_if} {step_hash(step)}"
            for one in migrations
            for way, stages in (("there", one.stages), ("back", one.rollback))
            for stage in stages
            for step in stage.steps
        ]
    )


def hash_of(parts: Parts) -> str:
    """One hash over all parts."""
    return _digest([f"{name}={value}" for name, value in parts])


def _digest(lines: list[str]) -> str:
    return sha256(json.dumps(lines).encode()).hexdigest()
