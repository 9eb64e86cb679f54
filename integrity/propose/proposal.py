"""Everything that is proposed about one database, and the files in which it is handed over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import Connection
from integrity.model import Catalog, Name
from integrity.propose.domains import noted, without_domains
from integrity.propose.drafts import Draft
from integrity.propose.fates import NO_CONTRACT, Fates, fates
from integrity.propose.followed import Following
from integrity.propose.groups import groups
from integrity.propose.merged import Merging
from integrity.propose.model import Group, Survey
from integrity.propose.survey import survey
from integrity.propose.text import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was found, and the drafts made of it."""

    database: str
    survey: Survey
    groups: tuple[Group, ...]
    fates: Fates
    drafts: tuple[Draft, ...]
    seconds: float  # shown to a person, never written to a file

    def files(self) -> dict[str, str]:
        """Path below the output folder -> content. The same database gives the same bytes."""
        from integrity.propose.html import render_html
        from integrity.propose.report import as_json

        made = files(self.survey, self.groups, self.fates, self.drafts, name=self.database)
        return made | {"report.json": as_json(self), "report.html": render_html(self)}

    def group_of(self, table: Name) -> Group | None:
        """The group of a table, or None."""
        return next((group for group in self.groups if table in group.tables), None)

    def fate(self, table: Name) -> str:
        """What the draft does with a table, in words."""
        merge = self.fates.merge_of(table)
        if merge is not None:
            return f"merged into {merge.tables[0]}"
        if table in self.fates.followers:
            return f"loaded, its references follow {self.fates.followers[table]}"
        if table in self.fates.foreign:
            return f"left alone, it refers to {self.fates.foreign[table]}, {NO_CONTRACT}"
        if table in self.fates.archived:
            return f"archived, all rows are in {self.fates.archived[table]}"
        return "moved as it is"

    def verdict(self, group: Group) -> str:
        """What the draft does with a group, in words."""
        merge = self.fates.merge_named(group.name)
        if merge is None:
            return f"not merged: {self.fates.reasons[group.name]}"
        key = merge.key.candidate.column
        along = sum(1 for name in self.fates.followers.values() if name == group.name)
        follow = f"; {along} more loaded along" if along else ""
        return f"{len(merge.tables)} tables merged by {key}{follow}"


def propose(conn: Connection[Any], *, database: str, catalog: Catalog | None = None) -> Proposal:
    """Survey a database, group its tables and draft a project.

    ``catalog``: what of it counts, all by default. Reads only. Raises DatabaseFailure.
    """
    begun = time.monotonic()
    found = survey(conn, catalog)
    grouped = groups(found)
    decided = fates(conn, found, grouped)
    plain = without_domains(found)
    drafts = (
        *(Merging(plain, decided, merge).draft() for merge in decided.merges),
        *(Following(plain, decided, name).draft() for name in decided.followers),
    )
    return Proposal(
        database=database,
        survey=found,
        groups=grouped,
        fates=decided,
        drafts=tuple(noted(draft, found, plain) for draft in drafts),
        seconds=time.monotonic() - begun,
    )
