"""What the draft does with each table: merged, loaded along, moved as it is, or archived.

A merge gives rows new numbers, so every table with a foreign key to a merged one must be loaded
too, and every table with a foreign key to those. Where one of them cannot be loaded safely, the
merge is not drafted, with the reason; its tables are moved as they are, and nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from integrity.database.connect import Connection
from integrity.model import ForeignKey, Name, Table
from integrity.propose.keys import NaturalKey, Tests, Unproven, is_subset, merged_kinds, natural_key
from integrity.propose.model import Group, Kind, Survey
from integrity.propose.rewritten import Rewritten
from integrity.propose.words import content, words

NO_CONTRACT = "which has no contract"
LEAST = 0.6  # confidence of a member below which tables are not merged


@dataclass(frozen=True, slots=True)
class Merge:
    """A group whose tables become one. ``tables``: the leading one first."""

    group: Group
    tables: tuple[Name, ...]
    key: NaturalKey
    source_keys: dict[Name, tuple[str, ...]]  # by which rows of a source are known


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What becomes of every table of a survey."""

    merges: tuple[Merge, ...]
    followers: dict[Name, str]  # tables loaded along -> name of the group that makes it needful
    archived: dict[Name, Name]  # backup copy -> the table that holds all of its rows
    moved: tuple[Name, ...]
    foreign: dict[Name, Name] = field(default_factory=dict)  # left alone -> what it refers to
    reasons: dict[str, str] = field(default_factory=dict)  # group -> why it is not merged

    def merge_of(self, table: Name) -> Merge | None:
        """The merge that takes the table, or None."""
        return next((merge for merge in self.merges if table in merge.tables), None)

    def merge_named(self, group: str) -> Merge | None:
        """The merge of the group of that name, or None."""
        return next((merge for merge in self.merges if merge.group.name == group), None)


def fates(conn: Connection[Any], survey: Survey, groups: Iterable[Group]) -> Fates:
    """Decide for every table. Runs bounded queries."""
    return _Deciding(Tests(conn), survey, tuple(groups)).decide()


@dataclass(slots=True)
class _Deciding:
    tests: Tests
    survey: Survey
    groups: tuple[Group, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    children: dict[Name, list[tuple[Table, ForeignKey]]] = field(default_factory=dict)
    foreign: dict[Name, Name] = field(default_factory=dict)

    def decide(self) -> Fates:
        self.children = _children(facts.table for facts in self.survey.facts.values())
        self.foreign = _foreign(self.survey)
        found = [m for m in map(self._merge, self.groups) if m is not None]
        merges, followers = self._settled(found)
        taken = {name for merge in merges for name in merge.tables} | followers.keys()
        taken |= self.foreign.keys()
        archived = {
            copy: original
            for group in self.groups
            for copy, original in self._copies(group)
            if copy not in taken
        }
        rest = sorted(self.survey.facts.keys() - taken - archived.keys())
        return Fates(
            merges=merges,
            followers=followers,
            archived=archived,
            moved=tuple(rest),
            foreign=self.foreign,
            reasons=self.reasons,
        )

    def _merge(self, group: Group) -> Merge | None:
        """The merge of a group, unless something speaks against it."""
        tables = merged_kinds(group)
        unlike = [m for m in group.members if m.table in tables and m.confidence < LEAST]
        noun = _about(tables[0])[-1]
        others = [name for name in tables if noun not in _about(name)]
        if len(tables) < 2:
            self.reasons[group.name] = "one table and its copies: nothing to merge"
        elif unlike:
            self.reasons[group.name] = f"{unlike[0].table} is not alike enough"
        elif tied := [name for name in tables if name in self.foreign]:
            self.reasons[group.name] = f"{tied[0]} refers to {self.foreign[tied[0]]}, {NO_CONTRACT}"
        elif others:
            self.reasons[group.name] = f"{others[0]} does not say that it is about a {noun}"
        else:
            key = natural_key(self.tests, self.survey, tables)
            if isinstance(key, NaturalKey):
                return self._known(group, tables, key)
            self.reasons[group.name] = key.reason
        return None

    def _known(self, group: Group, tables: tuple[Name, ...], key: NaturalKey) -> Merge | None:
        """With the columns by which rows of each source are known to those that refer to them."""
        keys: dict[Name, tuple[str, ...]] = {}
        for name in tables:
            table = self.survey.facts[name].table
            referred = {key.to for _, key in self.children.get(name, ())}
            referred |= {key.to for key in table.foreign_keys if key.references == name}
            own = table.primary_key.columns if table.primary_key else (key.candidate.names[name],)
            if len(referred) > 1:
                self.reasons[group.name] = f"foreign keys refer to {name} by different columns"
                return None
            keys[name] = next(iter(referred), own)
            if any((name, fk.name) in self.survey.unproven for fk in table.foreign_keys):
                self.reasons[group.name] = f"a foreign key of {name} was never validated"
                return None
            if any(len(fk.columns) > 1 for _, fk in self.children.get(name, ())):
                self.reasons[group.name] = f"a foreign key of several columns refers to {name}"
                return None
        return Merge(group, tables, key, keys)

    # --- tables loaded along -----------------------------------------------------------------

    def _settled(self, merges: list[Merge]) -> tuple[tuple[Merge, ...], dict[Name, str]]:
        """Merges whose followers can all be loaded; others go, until nothing changes."""
        while True:
            followers = self._followers(merges)
            refused = dict(self._refused(merges, followers))
            if not refused:
                return tuple(merges), followers
            self.reasons |= refused
            merges = [merge for merge in merges if merge.group.name not in refused]

    def _followers(self, merges: Iterable[Merge]) -> dict[Name, str]:
        taken = {name for merge in merges for name in merge.tables}
        followers: dict[Name, str] = {}
        queue = [(name, merge.group.name) for merge in merges for name in merge.tables]
        while queue:
            name, group = queue.pop(0)
            for child, _ in self.children.get(name, ()):
                if child.name not in taken and child.name not in followers:
                    followers[child.name] = group
                    queue.append((child.name, group))
        return dict(sorted(followers.items()))

    def _refused(
        self, merges: list[Merge], followers: dict[Name, str]
    ) -> Iterator[tuple[str, str]]:
        rewritten = Rewritten(self.survey.facts, {n for merge in merges for n in merge.tables})
        for name, group in followers.items():
            reason = self._hindrance(self.survey.facts[name].table, rewritten)
            if reason:
                yield group, reason
        for merge in merges:
            for name in merge.tables:
                parent = self._changing_parent(self.survey.facts[name].table, rewritten)
                if parent:
                    yield merge.group.name, f"{name} refers to a column of {parent} that changes"

    def _hindrance(self, table: Table, rewritten: Rewritten) -> str:
        """Why a follower cannot be loaded; empty when it can."""
        if table.name in self.foreign:
            return f"{table.name} refers to {self.foreign[table.name]}, {NO_CONTRACT}"
        if table.primary_key is None:
            return f"{table.name} refers to it and has no primary key"
        for key in table.foreign_keys:
            if (table.name, key.name) in self.survey.unproven:
                return f"foreign key {key.name} of {table.name} was never validated"
        for column in table.columns:
            origins = rewritten.origins(table, column.name)
            if len(origins) > 1:
                return f"{table.name}.{column.name} names rows of several tables"
            if origins and column.generated:
                return f"{table.name} generates {column.name}, which would change"
        return ""

    def _changing_parent(self, table: Table, rewritten: Rewritten) -> Name | None:
        """A table that is not merged, of which a merged one names a column that changes."""
        for key in table.foreign_keys:
            parent = self.survey.facts.get(key.references)
            if parent is None or key.references in rewritten.merged:
                continue
            if any(rewritten.origins(parent.table, to) for to in key.to):
                return key.references
        return None

    # --- copies ------------------------------------------------------------------------------

    def _copies(self, group: Group) -> Iterator[tuple[Name, Name]]:
        """Backup copies that hold nothing of their own, proven row by row."""
        originals = merged_kinds(group)
        for member in group.members:
            if member.kind is not Kind.BACKUP or self._is_tied(member.table):
                continue
            for original in sorted(originals, key=lambda n: (n.name != member.table.name, n)):
                if is_subset(self.tests, self.survey, member.table, original):
                    yield member.table, original
                    break

    def _is_tied(self, name: Name) -> bool:
        """Whether foreign keys lead to it or from it."""
        return bool(self.children.get(name)) or bool(self.survey.facts[name].table.foreign_keys)


def _about(table: Name) -> tuple[str, ...]:
    return content(table.name, frozenset(words(table.schema)))


def _foreign(survey: Survey) -> dict[Name, Name]:
    """Tables whose foreign keys lead to a table without a contract, or to one of these.

    A table of a kind that the toolkit does not manage stays, so what refers to it has to.
    """
    found: dict[Name, Name] = {}
    while True:
        more = {
            facts.table.name: key.references
            for facts in survey.facts.values()
            for key in facts.table.foreign_keys
            if facts.table.name not in found
            and (key.references in found or key.references not in survey.facts)
        }
        if not more:
            return dict(sorted(found.items()))
        found |= more


def _children(tables: Iterable[Table]) -> dict[Name, list[tuple[Table, ForeignKey]]]:
    """Table -> the foreign keys that lead to it from other tables."""
    found: dict[Name, list[tuple[Table, ForeignKey]]] = defaultdict(list)
    for table in tables:
        for key in table.foreign_keys:
            if key.references != table.name:
                found[key.references].append((table, key))
    return dict(found)


__all__ = ["Fates", "Merge", "Unproven", "fates"]
