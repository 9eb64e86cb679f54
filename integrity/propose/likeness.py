"""How much two tables look like the same thing, from names, columns, keys and values.

Names and columns give a first figure as independent hints do: 1 - (1 - a)(1 - b). A word or column
counts the more, the fewer tables have it. Overlap of key values raises the figure or lowers it; a
foreign key from one table to the other, or another noun, lowers it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import fsum, log

from integrity.model import Name, Table
from integrity.propose.model import ColumnSample, Facts, Likeness, Survey
from integrity.propose.survey import UNIQUE
from integrity.propose.words import alike, column_words, content, context_words, words

NAMES, COLUMNS = 0.62, 0.80  # what equal names, or equal columns, are worth alone
CONTEXT = 0.2  # what a word counts that some schema is named by
MOST_HOLDERS = 40  # columns that hold a value; one that more hold tells nothing apart
FEW = 4  # columns in common that evidence names
LEAST = 0.25  # pairs below are not kept
_CLASSES = {
    "character varying": "text", "character": "text", "text": "text", "smallint": "number",
    "integer": "number", "bigint": "number", "numeric": "number", "real": "number",
    "double precision": "number", "json": "document", "jsonb": "document", "date": "time",
    "timestamp without time zone": "time", "timestamp with time zone": "time",
}  # fmt: skip

Words = tuple[str, ...]
Overlaps = list[tuple[float, str, str]]  # share, column, column of the other table


def likenesses(survey: Survey) -> tuple[Likeness, ...]:
    """Every pair that is alike enough to be worth a look, by name."""
    compare = Comparison.of(survey)
    pairs = combinations(sorted(survey.facts), 2)
    found = (compare.pair(one, other) for one, other in pairs)
    return tuple(one for one in found if one is not None)


def type_class(spelt: str) -> str:
    """What kind of value a type holds: text, number, time, document, or the type itself."""
    return _CLASSES.get(spelt.split("(")[0], spelt)


def overlap(one: ColumnSample, other: ColumnSample) -> float:
    """Share of the values of the column with fewer values that the other has too, estimated."""
    ends = [c.sketch[-1] for c in (one, other) if len(c.sketch) < c.distinct]
    end = min(ends, default=None)
    left, right = (
        {hash_ for hash_ in c.sketch if end is None or hash_ <= end} for c in (one, other)
    )
    fewest = min(len(left), len(right))
    return len(left & right) / fewest if fewest else 0.0


@dataclass(slots=True)
class Comparison:
    """Compares tables; what depends on one table only is computed once."""

    survey: Survey
    about: dict[Name, Words]
    columns: dict[Name, dict[Words, str]]  # words of a column -> what kind of value it holds
    word_weight: dict[str, float]
    column_weight: dict[Words, float]
    weights: dict[Name, float]  # of all columns of a table
    parents: dict[Name, set[Name]]
    keys: dict[Name, list[tuple[Words, str]]] = field(default_factory=dict)
    met: dict[tuple[Name, Name], set[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, survey: Survey) -> Comparison:
        """Over all tables of the survey."""
        tables = [facts.table for facts in survey.facts.values()]
        context = context_words(survey.catalog.schemas)
        about = {t.name: content(t.name.name, frozenset(words(t.name.schema))) for t in tables}
        columns = {t.name: _columns(t) for t in tables}
        keys = {name: _key_columns(facts) for name, facts in survey.facts.items()}
        column_weight = _weights(columns.values())
        return cls(
            survey=survey,
            about=about,
            columns=columns,
            word_weight=_lighter(_weights(about.values()), context),
            column_weight=column_weight,
            weights={name: _sum(column_weight, own) for name, own in columns.items()},
            parents={t.name: {key.references for key in t.foreign_keys} for t in tables},
            keys=keys,
            met=_met(survey, keys),
        )

    def pair(self, one: Name, other: Name) -> Likeness | None:
        """The likeness of two tables; None when it is not worth a look."""
        names, columns = self._names(one, other), self._columns_alike(one, other, [])
        if names < 0.3 and columns < 0.3 and (one, other) not in self.met:
            return None
        values = self._values(one, other)
        columns = self._columns_alike(one, other, values)
        found = 1 - (1 - NAMES * names) * (1 - COLUMNS * columns)
        confidence = round(self._tempered(one, other, found, names, values), 3)
        if confidence < LEAST:
            return None
        return Likeness(
            one=one,
            other=other,
            confidence=confidence,
            names=round(names, 3),
            columns=round(columns, 3),
            values=round(values[0][0], 3) if values else None,
            evidence=tuple(self._evidence(one, other, names, columns, values)),
        )

    # --- parts -------------------------------------------------------------------------------

    def _names(self, one: Name, other: Name) -> float:
        """1 for equal content; less by the weight of words that only one has."""
        left, right = self.about[one], self.about[other]
        if left == right:
            return 1.0
        both = set(left) & set(right)
        whole = _sum(self.word_weight, set(left) | set(right))
        share = _sum(self.word_weight, both) / whole if whole else 0.0
        return share if left[-1] == right[-1] else share * (0.6 if len(both) < 2 else 0.85)

    def _columns_alike(self, one: Name, other: Name, values: Overlaps) -> float:
        """Weight of common columns: half as a share of all, half as a share of the smaller table.

        A column of another kind of value counts half; two columns of other names that hold the
        same values are common too.
        """
        left, right = self.columns[one], self.columns[other]
        common = left.keys() & right.keys()
        shared = fsum(self.column_weight[c] * (1.0 if left[c] == right[c] else 0.5) for c in common)
        renamed = [
            share * min(self.column_weight[c] for c in pair)
            for share, *pair in self._renamed(one, other, values)
        ]
        shared += sum(renamed)
        weights = self.weights[one], self.weights[other]
        whole = sum(weights) - shared
        if whole <= 0 or not min(weights):
            return 0.0
        few = min(1.0, (len(common) + len(renamed)) / 3)  # two columns in common say little
        return min(1.0, few * (0.5 * shared / whole + 0.5 * shared / min(weights)))

    def _renamed(
        self, one: Name, other: Name, values: Overlaps
    ) -> Iterator[tuple[float, Words, Words]]:
        """Columns of other names that hold the same values."""
        for share, column, other_column in values:
            pair = column_words(column, one.name), column_words(other_column, other.name)
            if pair[0] != pair[1] and share > 0.3:
                yield share, *pair

    def _values(self, one: Name, other: Name) -> Overlaps:
        """Overlaps of columns that are unique in both tables, the best first.

        Numbers are compared where the columns are called alike only: small numbers meet by chance.
        """
        found: dict[tuple[str, str], float] = {}
        left, right = (self.survey.facts[name].columns for name in (one, other))
        met = self.met.get((one, other), ())
        for own, column in self.keys[one]:
            for other_words, other_column in self.keys[other]:
                if (column, other_column) in met or alike(own, other_words):
                    share = overlap(left[column], right[other_column])
                    found[column, other_column] = share
        return _best(found)

    def _tempered(
        self, one: Name, other: Name, found: float, names: float, values: Overlaps
    ) -> float:
        """Values speak for or against; so do foreign keys and other nouns."""
        best, second = (*(share for share, _, _ in values), 0.0, 0.0)[:2]
        trust = 1.0 if names else 0.5  # with no word in common values may meet by chance
        if best > 0.2:
            found += (1 - found) * 0.5 * trust * best * max(names, found)
        if second > 0.3:  # a table about the same things shares one column, a copy several
            found += (1 - found) * 0.7 * trust * second
        if values and best < 0.02:
            found *= 0.9 if names >= 0.5 else 0.75
        related = other in self.parents[one] or one in self.parents[other]
        if related and names < 1:
            found *= 0.4
        if self.about[one][-1] != self.about[other][-1] and second < 0.5:
            found *= 0.6 if one.schema == other.schema else 0.85
        return found

    # --- in words ----------------------------------------------------------------------------

    def _evidence(
        self,
        one: Name,
        other: Name,
        names: float,
        columns: float,
        values: Overlaps,
    ) -> Iterator[str]:
        if names == 1:
            yield f"same name: {' '.join(self.about[one])}"
        elif names >= 0.3:
            shared = [word for word in self.about[one] if word in self.about[other]]
            yield f"names share {', '.join(shared)}"
        common = self.columns[one].keys() & self.columns[other].keys()
        if common and columns >= 0.1:
            yield self._shared_columns(one, other, common)
        if same := _same_key(self.survey.facts[one].table, self.survey.facts[other].table):
            yield f"same key: {', '.join(same)}"
        for share, column, other_column in values[:1] + [v for v in values[1:3] if v[0] > 0.3]:
            pair = column if column == other_column else f"{column} and {other_column}"
            yield f"value overlap {share:.0%} of {pair}"
        if other in self.parents[one] or one in self.parents[other]:
            yield "a foreign key leads from one to the other"

    def _shared_columns(self, one: Name, other: Name, common: Iterable[Words]) -> str:
        heaviest = sorted(common, key=lambda c: (-self.column_weight[c], c))
        table = self.survey.facts[one].table
        spelt = {column_words(c.name, one.name): c.name for c in table.columns}
        named = ", ".join(spelt[column] for column in heaviest[:FEW])
        fewest = min(len(self.columns[one]), len(self.columns[other]))
        more = ", ..." if len(heaviest) > FEW else ""
        return f"{len(heaviest)} of {fewest} columns shared: {named}{more}"


def _columns(table: Table) -> dict[Words, str]:
    return {column_words(c.name, table.name.name): type_class(c.type) for c in table.columns}


def _weights(sets: Iterable[Iterable[object]]) -> dict:  # type: ignore[type-arg]
    """How much a word or column tells apart: the logarithm of how rare it is."""
    sets = [set(one) for one in sets]
    counts = Counter(item for one in sets for item in one)
    return {item: log((len(sets) + 1) / count) for item, count in counts.items()}


def _lighter(weights: dict[str, float], context: frozenset[str]) -> dict[str, float]:
    """Words that schemas are named by say less."""
    return {w: value * (CONTEXT if w in context else 1.0) for w, value in weights.items()}


def _sum(weights: dict, items: Iterable[object]) -> float:  # type: ignore[type-arg]
    return fsum(weights[item] for item in items)  # exact, so the order does not matter


def _key_columns(facts: Facts) -> list[tuple[Words, str]]:
    """Sampled columns whose values hardly repeat."""
    table = facts.table.name.name
    return [
        (column_words(name, table), name)
        for name, sample in facts.columns.items()
        if sample.filled > 2 and sample.distinct >= UNIQUE * sample.filled
    ]


def _met(
    survey: Survey, keys: dict[Name, list[tuple[Words, str]]]
) -> dict[tuple[Name, Name], set[tuple[str, str]]]:
    """Pairs of text columns, whatever they are called, that share several values."""
    holders: dict[int, list[tuple[Name, str]]] = defaultdict(list)
    for name in sorted(keys):
        for _, column in keys[name]:
            declared = survey.facts[name].table.column(column)
            if declared is not None and type_class(declared.type) != "number":
                for hash_ in survey.facts[name].columns[column].sketch:
                    holders[hash_].append((name, column))
    shared: Counter[tuple[tuple[Name, str], tuple[Name, str]]] = Counter()
    for holding in holders.values():
        if len(holding) <= MOST_HOLDERS:
            shared.update(combinations(holding, 2))
    found: dict[tuple[Name, Name], set[tuple[str, str]]] = defaultdict(set)
    for ((one, column), (other, other_column)), count in shared.items():
        if one != other and count >= 3:
            found[one, other].add((column, other_column))
    return dict(found)


def _best(found: dict[tuple[str, str], float]) -> Overlaps:
    """The best overlap of each column, no column twice."""
    best: Overlaps = []
    ranked = sorted((-share, pair) for pair, share in found.items())
    for share, (column, other_column) in ranked:
        if all(column != one and other_column != other for _, one, other in best):
            best.append((-share, column, other_column))
    return best


def _same_key(one: Table, other: Table) -> tuple[str, ...]:
    """Columns of a key that both declare, but for a bare number."""
    keys: Counter[tuple[str, ...]] = Counter()
    for table in (one, other):
        keys.update({tuple(sorted(key.columns)) for key in table.keys()})  # noqa: SIM118
    both = sorted(columns for columns, count in keys.items() if count == 2 and columns != ("id",))
    return both[0] if both else ()
