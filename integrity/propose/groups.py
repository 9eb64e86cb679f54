"""Pairs that are alike into groups, and what each member of a group is.

Average linkage: two groups become one while the mean confidence of all pairs between them is at
least ``TOGETHER``. So one chance resemblance does not chain two families into one. Every choice
between equals falls to the smaller name, so that a database always gives the same groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import combinations

from integrity.model import Name, Table, View
from integrity.propose.likeness import likenesses
from integrity.propose.model import Facts, Group, Kind, Likeness, Member, Survey
from integrity.propose.words import BACKUP, LANDING, content, words

TOGETHER = 0.42
NEAR = 0.35  # a table outside that a person may want to add
_DOCUMENTS = ("json", "jsonb", "xml", "bytea")

Pairs = Mapping[Name, Mapping[Name, Likeness]]  # each pair under both of its tables


def groups(survey: Survey) -> tuple[Group, ...]:
    """Groups of two tables or more: the surest first, then by name."""
    found = likenesses(survey)
    pairs: dict[Name, dict[Name, Likeness]] = defaultdict(dict)
    for pair in found:
        pairs[pair.one][pair.other] = pairs[pair.other][pair.one] = pair
    making = _Making(survey, pairs, _referred(survey))
    made = [making.group(family) for family in _families(found, pairs)]
    return tuple(sorted(_named(made), key=lambda group: (-group.confidence, group.name)))


def _families(found: Iterable[Likeness], pairs: Pairs) -> list[tuple[Name, ...]]:
    together: list[tuple[Name, ...]] = []
    for part in _connected(found):
        together += [one for one in _linked(part, pairs) if len(one) > 1]
    return together


def _connected(found: Iterable[Likeness]) -> list[list[Name]]:
    """Tables that a chain of pairs joins; only within such a part can groups form."""
    leader: dict[Name, Name] = {}

    def root(name: Name) -> Name:
        while leader.setdefault(name, name) != name:
            leader[name] = name = leader[leader[name]]
        return name

    for pair in found:
        if pair.confidence >= TOGETHER:
            first, second = sorted((root(pair.one), root(pair.other)))
            leader[second] = first
    parts = defaultdict(list)
    for name in sorted(leader):
        parts[root(name)].append(name)
    return [parts[name] for name in sorted(parts)]


def _linked(names: list[Name], pairs: Pairs) -> list[tuple[Name, ...]]:
    """Average linkage: the nearest two clusters become one until none are near enough."""
    linkage = _Linkage({at: (name,) for at, name in enumerate(names)})
    for left, right in combinations(range(len(names)), 2):
        pair = pairs[names[left]].get(names[right])
        if pair is not None:
            linkage.add(left, right, pair.confidence)
    return linkage.clusters_joined()


@dataclass(slots=True)
class _Linkage:
    """Clusters by number, and sums of confidence between them (Lance and Williams 1967).

    The heap holds each mean that was ever true; one that is out of date is passed over.
    """

    clusters: dict[int, tuple[Name, ...]]
    sums: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    heap: list[tuple[float, int, int]] = field(default_factory=list)

    def add(self, left: int, right: int, total: float) -> None:
        """Set the sum of confidence between two clusters."""
        self.sums[left][right] = self.sums[right][left] = total
        heappush(self.heap, (-self._mean(left, right), min(left, right), max(left, right)))

    def clusters_joined(self) -> list[tuple[Name, ...]]:
        """The clusters when no two are near enough any more."""
        while self.heap:
            distance, one, other = heappop(self.heap)
            if -distance < TOGETHER:
                break
            known = one in self.clusters and other in self.sums[one]
            if known and self._mean(one, other) == -distance:
                self._join(one, other)
        return [self.clusters[at] for at in sorted(self.clusters)]

    def _mean(self, one: int, other: int) -> float:
        return self.sums[one][other] / (len(self.clusters[one]) * len(self.clusters[other]))

    def _join(self, one: int, other: int) -> None:
        self.clusters[one] = tuple(sorted(self.clusters[one] + self.clusters.pop(other)))
        near, far = self.sums[one], self.sums.pop(other)
        for at in (near.keys() | far.keys()) - {one, other}:
            self.sums[at].pop(other, None)
            self.add(one, at, near.get(at, 0.0) + far.get(at, 0.0))
        near.pop(other, None)


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes a group of tables that were found to belong together."""

    survey: Survey
    pairs: Pairs
    referred: Mapping[Name, int]  # tables with a foreign key to a table

    def group(self, family: tuple[Name, ...]) -> Group:
        leading = self._leading(family)
        others = [self._member(name, leading, family) for name in family if name != leading]
        others.sort(key=lambda one: (one.kind is Kind.BACKUP, -one.confidence, one.table))
        confidences = [member.confidence for member in others]
        first = Member(
            table=leading,
            kind=Kind.LEADS,
            rows=self.survey.facts[leading].rows,
            confidence=1.0,
            evidence=(),
        )
        return Group(
            name="_".join(content(leading.name, frozenset(words(leading.schema)))),
            confidence=round(sum(confidences) / len(confidences), 3),
            members=(first, *others),
            views=self._views(set(family)),
            near=self._near(set(family)),
        )

    def _leading(self, family: tuple[Name, ...]) -> Name:
        """The table that others refer to most; then no copy, with a key, rows, columns."""

        def rank(name: Name) -> tuple[object, ...]:
            facts = self.survey.facts[name]
            return (
                looks_like(name, BACKUP) or looks_like(name, LANDING),
                facts.table.primary_key is None,
                not facts.rows,
                -self.referred.get(name, 0),
                -facts.rows,
                -len(facts.table.columns),
                name,
            )

        return min(family, key=rank)

    def _member(self, name: Name, leading: Name, family: tuple[Name, ...]) -> Member:
        facts, first = self.survey.facts[name], self.survey.facts[leading]
        own = self.pairs[name]
        pair = own.get(leading)
        within = [own[other] for other in family if other in own]
        nearest = pair or max(within, key=lambda p: (p.confidence, p.one, p.other), default=None)
        kind, reasons = _kind(facts, first)
        evidence = list(pair.evidence if pair else ())
        if pair is None and nearest is not None:
            other = nearest.other if nearest.one == name else nearest.one
            evidence = [f"like {other}: {one}" for one in nearest.evidence]
        return Member(
            table=name,
            kind=kind,
            rows=facts.rows,
            confidence=nearest.confidence if nearest else 0.0,
            evidence=(*evidence, *reasons),
        )

    def _near(self, family: set[Name]) -> tuple[Likeness, ...]:
        """The best pair of each table outside that is a little like a member."""
        best: dict[Name, Likeness] = {}
        for name in sorted(family):
            for other, pair in self.pairs[name].items():
                known = best.get(other)
                if other not in family and (known is None or known.confidence < pair.confidence):
                    best[other] = pair
        found = [pair for pair in best.values() if pair.confidence >= NEAR]
        return tuple(sorted(found, key=lambda p: (-p.confidence, p.one, p.other)))

    def _views(self, family: set[Name]) -> tuple[View, ...]:
        return tuple(v for v in self.survey.catalog.views if v.reads and set(v.reads) <= family)


def _referred(survey: Survey) -> Mapping[Name, int]:
    referred: Counter[Name] = Counter()
    for facts in survey.facts.values():
        referred.update({key.references for key in facts.table.foreign_keys})
    return referred


def looks_like(name: Name, affixes: frozenset[str]) -> bool:
    """Whether table or schema carries such an affix."""
    found = {*words(name.name), *words(name.schema)}
    return bool(found & affixes)


def _kind(facts: Facts, leading: Facts) -> tuple[Kind, tuple[str, ...]]:
    """What a member is, with reasons beyond those of the pair."""
    table, first = facts.table, leading.table
    within = {c.name for c in table.columns} <= {c.name for c in first.columns}
    bare = table.primary_key is None and not table.uniques and not table.foreign_keys
    reasons = ("no keys",) * bare + ("no column of its own",) * within
    if looks_like(table.name, BACKUP):
        return Kind.BACKUP, ("its name says copy", *reasons)
    if bare and within and len(table.columns) > 3 and first.primary_key is not None:
        return Kind.BACKUP, reasons
    if looks_like(table.name, LANDING) and not looks_like(first.name, LANDING):
        return Kind.LANDING, ("its name says landing", *_payload(table))
    return Kind.SAME, ()


def _payload(table: Table) -> tuple[str, ...]:
    documents = [c.name for c in table.columns if c.type in _DOCUMENTS]
    return (f"holds documents: {', '.join(documents)}",) if documents else ()


def _named(made: Iterable[Group]) -> list[Group]:
    """Groups whose names differ; the second of a name is called by its leading table."""
    taken: set[str] = set()
    named = []
    for group in sorted(made, key=lambda g: (-len(g.members), g.members[0].table)):
        name = group.name
        if name in taken:
            name = str(group.members[0].table).replace(".", "_")
        taken.add(name)
        named.append(replace(group, name=name))
    return named
