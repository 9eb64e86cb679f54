"""Random small projects with their rows: sources, types, arms, ladders, survivorship, references.

Everything is drawn from small domains, so that duplicates, conflicts, dirty values and ambiguous
matches are common. What is drawn is written as YAML (JSON is YAML), so the whole way is tested.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Entries = dict[str, Any]

# Values of each type as the server reads them. None is NULL.
DOMAINS: dict[str, list[str | None]] = {
    "text": ["a", "b", "B", " a", "", "é", "it's", "%s", "1", None],
    "integer": ["0", "1", "2", "-1", None],
    "bigint": ["0", "1", "5000000000", None],
    "numeric(6,2)": ["0.00", "1.50", "-1", "2", None],
    "numeric": ["1.5", "1.50", "0", "1e3", "NaN", None],
    "timestamp with time zone": ["2024-03-10 07:00+00", "2024-10-27 01:30+02", "infinity", None],
    "date": ["2024-02-29", "1999-12-31", None],
    "boolean": ["true", "false", None],
    "uuid": [f"00000000-0000-0000-0000-00000000000{n}" for n in range(3)] + [None],
    "jsonb": ["null", "{}", '{"a": 1, "b": [2]}', "[1, null]", '"x"', None],
    "text[]": ["{}", "{a,NULL}", '{"x y"}', "{{a,b},{c,d}}", None],
    "character varying(3)": ["abc", "ab", "", None],
}
DIRTY = ["x", "99999999999", "1,5", "", "{", "2024-13-01", "  1 ", "abcdef"]
MATCHABLE = [
    "text", "integer", "bigint", "numeric(6,2)", "numeric", "date", "boolean", "uuid",
    "timestamp with time zone", "character varying(3)",
]  # fmt: skip
CHECKS = {
    "integer": "{} >= 0",
    "numeric(6,2)": "{} > -1",
    "text": "{} <> 'b'",
    "date": "{} > '2000-01-01'",
}


@dataclass
class Made:
    """YAML by path, and the rows of each legacy table as texts."""

    files: dict[str, Entries]
    rows: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        for name, entries in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(entries, indent=1, ensure_ascii=False), encoding="utf-8")


@dataclass
class _Unified:
    keys: dict[str, str]  # columns of the ladder
    values: dict[str, str]  # the others
    ladder: list[list[str]]

    @property
    def types(self) -> dict[str, str]:
        return {**self.keys, **self.values}


@st.composite
def projects(draw: DrawFn) -> Made:
    """One unified table from up to three sources, and perhaps one that refers to it."""
    made = Made({"project.yaml": {"project": "drawn", "slice_rows": 2, "workers": 2}})
    target = draw(_unified())
    self_reference = draw(st.sampled_from(["", "", "crosswalk", "lookup"]))
    sources = [
        draw(_source(n, target, made, self_reference)) for n in range(draw(st.integers(1, 3)))
    ]
    by = draw(st.sampled_from(["row", "column"]))
    survivorship: Entries = {"by": by}
    names = [source["from"] for source in sources]
    if draw(st.booleans()):
        survivorship["prefer"] = draw(st.permutations(names))
    if by == "column" and draw(st.booleans()):
        column = draw(st.sampled_from([*target.types]))
        survivorship["columns"] = {column: draw(st.permutations(names))}
    inline = draw(st.booleans())
    made.files["unified/u.yaml"] = {
        "schema": "u",
        "tables": {"t": draw(_table(target, inline, bool(self_reference)))},
    }
    made.files["mappings/t.yaml"] = {
        "table": "u.t",
        "match": target.ladder,
        "order": draw(_order(target)),
        "survivorship": survivorship,
        "rejects": {"max": "100%"},
        "sources": sources,
    }
    if draw(st.booleans()):
        draw(_child(made, target, sources))
    made.files["legacy/l.yaml"] = {
        "schema": "l",
        "tables": {name: made.files.pop(f"legacy/{name}") for name in made.rows},
    }
    return made


@st.composite
def _unified(draw: DrawFn) -> _Unified:
    kinds = st.sampled_from(MATCHABLE)
    keys = {f"k{n}": draw(kinds) for n in range(draw(st.integers(1, 3)))}
    every = st.sampled_from([*DOMAINS])
    values = {f"v{n}": draw(every) for n in range(draw(st.integers(0, 3)))}
    rung = st.lists(st.sampled_from([*keys]), min_size=1, unique=True)
    ladder = draw(st.lists(rung, min_size=1, max_size=3, unique_by=lambda r: tuple(sorted(r))))
    return _Unified(keys, values, ladder)


@st.composite
def _order(draw: DrawFn, target: _Unified) -> list[str]:
    free = st.lists(st.sampled_from([*target.keys]), min_size=1, unique=True)
    return draw(st.one_of(st.just(target.ladder[0]), free))


@st.composite
def _table(draw: DrawFn, target: _Unified, inline: bool, refers: bool) -> Entries:
    columns: Entries = {"id": {"type": "bigint", "key": "assigned"}}
    for name, kind in target.types.items():
        columns[name] = {"type": kind}
        if draw(st.integers(0, 4)) == 0:
            columns[name]["null"] = False
        if kind in CHECKS and draw(st.integers(0, 2)) == 0:
            columns[name]["check"] = CHECKS[kind].format(name)
    if refers:
        columns["self_id"] = {"type": "bigint"}
    if inline:
        columns |= {
            f"o_{kind}": {"type": "text", "provenance": kind} for kind in ("source", "key", "arm")
        }
    table: Entries = {"columns": columns, "primary_key": ["id"]}
    if draw(st.booleans()):
        table["natural_key"] = draw(st.sampled_from(target.ladder))
    elif draw(st.booleans()):
        table["unique"] = [draw(st.sampled_from(target.ladder))]
    if refers:
        table["foreign_keys"] = {"self_id": "u.t"}
    return table


@st.composite
def _source(draw: DrawFn, number: int, target: _Unified, made: Made, refers: str) -> Entries:
    """A legacy table with its contract, its rows and its part of the mapping."""
    name = f"s{number}"
    composite = draw(st.booleans())
    legacy: dict[str, str] = {"a": "text", "b": "integer"} if composite else {"a": "integer"}
    key = [*legacy]
    labels = [f"arm {n}" for n in range(draw(st.sampled_from([0, 0, 2, 3])))]
    in_arms = set(draw(st.lists(st.sampled_from([*target.types]), min_size=1, unique=True)))
    columns: Entries = {}
    arms: list[Entries] = [{"arm": label} for label in labels]
    for column, kind in target.types.items():
        places = arms if labels and column in in_arms else [columns]
        for nth, place in enumerate(places):
            place[column] = draw(_given(f"c_{column}_{nth}", kind, legacy))
    source: Entries = {"from": f"l.{name}", "columns": columns}
    if arms:
        source["arms"] = arms
    if refers == "crosswalk" and not arms:
        legacy |= {f"up_{one}": legacy[one] for one in key}
        columns["self_id"] = {
            "crosswalk": f"l.{name}", "key": [f"up_{one}" for one in key], "optional": True,
        }  # fmt: skip
    if refers == "lookup":
        by = draw(st.sampled_from([*target.keys]))
        legacy["up"] = target.keys[by]
        columns["self_id"] = {"lookup": "u.t", "by": {by: "up"}, "optional": True}
    if draw(st.integers(0, 2)) == 0:
        legacy["gone"] = "boolean"
        source["drop"] = [{"when": "gone", "because": "it is gone"}]
    made.files[f"legacy/{name}"] = {
        "columns": _contract(legacy, key),
        "primary_key": key,
    }
    made.rows[name] = draw(_rows(legacy, key))
    return source


def _contract(legacy: dict[str, str], key: list[str]) -> Entries:
    required: Entries = {"null": False}
    return {c: {"type": kind, **(required if c in key else {})} for c, kind in legacy.items()}


@st.composite
def _given(draw: DrawFn, column: str, kind: str, legacy: dict[str, str]) -> str:
    """The expression of a target column; adds the legacy columns that it reads."""
    form = draw(st.sampled_from(["same", "same", "text", "payload", "constant", "wall clock"]))
    if form == "constant":
        value = draw(st.sampled_from(DOMAINS[kind]))
        return "null" if value is None else f"'{value.replace(chr(39), chr(39) * 2)}'"
    if form == "payload" and kind not in ("jsonb", "text[]"):
        legacy[column] = "jsonb"
        return f"({column} ->> 'x')::{kind}" if kind != "text" else f"{column} ->> 'x'"
    if form == "wall clock" and kind == "timestamp with time zone":
        legacy[column] = "timestamp without time zone"
        return f"{column} at time zone 'Europe/Berlin'"
    if form == "text" and kind != "text":
        legacy[column] = "text"
        return column if draw(st.booleans()) else f"{column}::{kind}"
    legacy[column] = kind
    return column


@st.composite
def _rows(draw: DrawFn, legacy: dict[str, str], key: list[str]) -> list[dict[str, str | None]]:
    rows = []
    for number in range(draw(st.integers(0, 7))):
        row = {column: draw(_value(kind)) for column, kind in legacy.items()}
        row |= {column: str(number) for column in key}
        for column in key:  # a reference to a row of the same table is mostly found
            if f"up_{column}" in row and draw(st.integers(0, 3)):
                row[f"up_{column}"] = str(draw(st.integers(0, 4)))
        rows.append(row)
    return rows


@st.composite
def _value(draw: DrawFn, kind: str) -> str | None:
    if kind == "jsonb":
        inner = draw(st.sampled_from(["1", "a", "2024-02-29", "true", "x", "-1", None]))
        whole = json.dumps({"x": inner})
        return draw(st.sampled_from([whole, whole, *DOMAINS["jsonb"]]))
    if kind == "timestamp without time zone":
        return draw(st.sampled_from(["2024-03-31 02:30", "2024-10-27 02:30", None]))
    if kind == "text":
        clean = [value for values in DOMAINS.values() for value in values[:2]]
        return draw(st.sampled_from([*DOMAINS["text"], *clean, *DIRTY]))
    return draw(st.sampled_from(DOMAINS[kind]))


@st.composite
def _child(draw: DrawFn, made: Made, target: _Unified, sources: list[Entries]) -> None:
    """A table whose rows find a row of the first in one way, or in the first of several."""
    legacy = {"a": "bigint", "price": "text", "other": "text"}
    ways: list[Entries] = []
    for source in sources:
        if len(source.get("arms", [])) <= 1 and draw(st.booleans()):
            name = source["from"].removeprefix("l.")
            contract = made.files[f"legacy/{name}"]
            keys = {
                f"x_{name}_{k}": contract["columns"][k]["type"] for k in contract["primary_key"]
            }
            legacy |= keys
            ways.append({"crosswalk": source["from"], "key": [*keys]})
    for column in draw(st.lists(st.sampled_from([*target.keys]), max_size=2, unique=True)):
        legacy[f"y_{column}"] = target.keys[column]
        text = target.keys[column] == "text" and draw(st.booleans())
        by = {f"lower({column})": f"lower(y_{column})"} if text else {column: f"y_{column}"}
        ways.append({"lookup": "u.t", "by": by})
    if not ways:
        return
    for way in ways:
        if draw(st.booleans()):
            way["optional"] = True
    nullable = draw(st.booleans())
    made.files["unified/c.yaml"] = {
        "schema": "c",
        "tables": {
            "c": {
                "columns": {
                    "id": {"type": "bigint", "key": "assigned"},
                    "t_id": {"type": "bigint", "null": nullable},
                    "price": {"type": "numeric(6,2)"},
                    "kind": {"type": "text", "null": False},
                },
                "primary_key": ["id"],
                "natural_key": ["t_id", "price", "kind"],
                "foreign_keys": {"t_id": "u.t"},
            }
        },
    }
    arms = [{"arm": "one", "kind": "'one'", "price": "price::numeric"}]
    arms += [{"arm": "two", "kind": "'two'", "price": "other"}]
    made.files["mappings/c.yaml"] = {
        "table": "c.c",
        "survivorship": {"by": draw(st.sampled_from(["row", "column"]))},
        "rejects": {"max": "100%"},
        "sources": [
            {
                "from": "l.child",
                "arms": arms[: draw(st.integers(1, 2))] if draw(st.booleans()) else arms,
                "columns": {"t_id": ways[0] if len(ways) == 1 else {"first_of": ways}},
            }
        ],
    }
    made.files["legacy/child"] = {
        "columns": _contract(legacy, ["a"]),
        "primary_key": ["a"],
    }
    rows = draw(_rows(legacy, ["a"]))
    for row in rows:
        for column in row:
            if column.startswith("x_") and draw(st.integers(0, 3)):
                row[column] = str(draw(st.integers(0, 4)))
    made.rows["child"] = rows
