"""A saved plan meets a database: is it still the plan that was reviewed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from integrity.errors import DriftFailure
from integrity.plan.fingerprint import MEANING, hash_of, sql_digest
from integrity.plan.model import Plan
from integrity.plan.state import State

# A run that was killed has changed the catalog, and has fewer migrations before it.
_CHANGED_BY_A_RUN = frozenset({"sql", "catalog"})


def confirmed(saved: Plan, current: Plan, state: State) -> Plan:
    """The saved plan, or what is left of it when a run of it was interrupted.

    ``current`` is the plan as it would be made now. Raises DriftFailure that names each part in
    which the two differ.
    """
    if hash_of(saved.parts) != saved.hash or dict(saved.parts)["sql"] != sql_digest(
        saved.migrations
    ):
        raise DriftFailure(
            "the plan file was changed after it was saved", hint="run `integrity plan --out` again"
        )
    resumed = state.ran(saved.hash)
    changed = list(_changed(saved, current, ignored=_CHANGED_BY_A_RUN if resumed else frozenset()))
    if changed:
        raise DriftFailure(
            f"the saved plan was made for something else: {'; '.join(changed)}",
            hint="plan again, review it, and apply the new plan",
        )
    left = tuple(m for m in saved.migrations if m.stem not in state.applied)
    return replace(saved, migrations=left)


def _changed(saved: Plan, current: Plan, *, ignored: frozenset[str]) -> Iterator[str]:
    now = dict(current.parts)
    for part, was in saved.parts:
        if part in ignored or now.get(part) == was:
            continue
        detail = {
            "server": f", {saved.target.database} then, {current.target.database} now",
            "tool": f", {was} then, {now.get(part)} now",
        }.get(part, "")
        yield f"{MEANING.get(part, part)} differs{detail}"
