"""Let the roles that get privileges on unified tables use the schemas that these stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from integrity.model import Name, Project, StageKind, Statement, Step
from integrity.operations.context import Context
from integrity.operations.operation import Placed
from integrity.sql.quote import cut, qualified
from integrity.sql.template import render


def granted_schemas(project: Project) -> set[tuple[str, str]]:
    """The schemas that declared grants need, each with the role."""
    declared = {(t.name.schema, grant.role) for t in project.tables for grant in t.grants}
    return declared | {(one.name.schema, g.role) for one in project.recreated for g in one.grants}


@dataclass(frozen=True, slots=True)
class GrantUsage:
    """``declared``: schema and role; ``as_sources``: tables whose roles the server knows."""

    context: Context
    declared: tuple[tuple[str, str], ...]
    as_sources: tuple[Name, ...] = ()

    def migrate(self) -> Iterator[Placed]:
        """GRANT USAGE where it is missing, and a note of each for the way back."""
        built = [(self.context.layout.unified(name), name.schema) for name in self.as_sources]
        saved = qualified(self._saved)
        create = f"create table if not exists {saved} (schema_name text, role_name text)"
        grants = render("grant_usage.sql", declared=self.declared, tables=built, saved=self._saved)
        yield Placed(
            StageKind.CONSTRAIN,
            Step(
                id="grant usage",
                title="usage of schemas for roles with grants",
                why="A privilege on a table is of no use without one on its schema.",
                statements=(Statement(sql=create), Statement(sql=grants)),
                undo="what was granted here is revoked",
            ),
        )

    def rollback(self) -> Iterator[Placed]:
        """REVOKE of what was granted here, and of nothing else."""
        yield Placed(
            StageKind.CONSTRAIN,
            Step(
                id="revoke usage",
                title="usage of schemas as it was",
                why="Only what this migration granted is taken back.",
                statements=(Statement(sql=render("grant_usage.back.sql", saved=self._saved)),),
            ),
        )

    @property
    def _saved(self) -> Name:
        number = self.context.migration.partition("_")[0]
        return Name(self.context.toolkit_schema, cut(f"integrity_saved_{number}_usage"))
