"""Whether a restored database holds what the manifest says: definitions, rows, sequences."""

from __future__ import annotations

import re
from typing import Any

from integrity.catalog.equality import Snapshot
from integrity.database.connect import Connection
from integrity.finalize.facts import Facts, positions_of, read_facts, rows_of
from integrity.finalize.manifest import Manifest

_OPEN = " NOT VALID"
_OWNERSHIP = re.compile(r"(?:owned by|granted) (?:\"(?:[^\"]|\"\")*\"|[^,\"])*(?:, |$)")


def differences(
    conn: Connection[Any], manifest: Manifest, *, toolkit_schema: str, elsewhere: bool = False
) -> list[str]:
    """How the connected database differs from the manifest, one line each.

    A check or key that stayed NOT VALID is no difference: the restore tells those.
    ``elsewhere``: another server; owners and grants are not compared.
    """
    actual = read_facts(conn, toolkit_schema=toolkit_schema)
    expected: Facts = manifest.definitions
    facts: Facts = {key: _settled(actual[key], expected[key]) for key in expected if key in actual}
    if elsewhere:
        expected, facts = _anonymous(expected), _anonymous(facts)
    if found := Snapshot(expected, {}, {}).differences(Snapshot(facts, {}, {})):
        return found  # a table may be missing: its rows cannot be read
    rows = rows_of(conn, manifest.rows)
    positions = positions_of(conn, manifest.sequences)
    was = Snapshot({}, manifest.rows, manifest.sequences)
    return was.differences(Snapshot({}, rows, positions))


def _settled(actual: str, expected: str) -> str:
    """The expected definition, when the actual one is the same but for NOT VALID."""
    same = actual.replace(_OPEN, "") == expected.replace(_OPEN, "")
    return expected if same else actual


def _anonymous(facts: Facts) -> Facts:
    return {
        (kind, name): _OWNERSHIP.sub("", value)
        for (kind, name), value in facts.items()
        if kind != "default privileges"
    }
