"""Random changes: rollback and apply again give the changed rows, or the change is retained."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_project import Case
from test_writeback import LEGACY, ROWS, made  # noqa: F401 - a fixture

from integrity.database.connect import Error, connect
from integrity.plan.compile import Compiled

Tables = dict[str, dict[int, dict[str, Any]]]
KEYS = {
    "clients": "client_id", "items": "item_id", "orders": "order_id", "prices": "price_id",
    "groups": "group_id",
}  # fmt: skip
REFERENCES = {
    "orders": {"client_id": ("clients", "card"), "item_id": ("items", "code")},
    "groups": {"parent": ("groups", "code")},
}
LEFT_OUT = ("source", "key", "arm", "remark")  # where a row came from, and what no source fills
VALUES: dict[str, dict[str, list[Any]]] = {
    "clients": {
        "card": ["A1", "A2", "A3", "A4", "B1", "B2", "W9"], "name": ["Ann", "nobody", "x", None],
        "phone": ["1", None, "0123456789"], "points": [0, 9, -1, None],
        "joined": ["2024-03-10 02:30Z", None], "mail": ["m", None],
    },
    "items": {
        "code": ["saw", "axe", "nut", "new", "'%"], "title": ["t", "u"], "color": ["c", None],
    },
    "orders": {
        "client_id": [1, 2, 3, 4, 5, 6, 7, None], "item_id": [1, 2, 3, 4, 5],
        "total": ["1.5", "2.005", None, "99999"], "note": ["n", None], "channel": ["desk", "web"],
    },
    "prices": {
        "item": ["saw", "axe"], "day": ["2024-01-01", "2024-01-02"], "kind": ["regular", "promo"],
        "price": ["1", "2", None], "memo": ["m", None],
    },
    "groups": {
        "code": ["a", "b", "c", "d", "e"], "parent": [1, 2, 3, 4, 5, None], "title": ["t", None],
    },
}  # fmt: skip


def change(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """One statement of a user, with its parameters."""
    table = chance.choice(list(VALUES))
    pool, key = VALUES[table], KEYS[table]
    match chance.choice(["insert", "update", "update", "delete"]):
        case "insert":
            row = {name: chance.choice(values) for name, values in pool.items()}
            row |= {"channel": "desk"} if table == "orders" else {}
            names, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
            return f"insert into shop.{table} ({names}) values ({marks})", row
        case "update":
            chosen = chance.sample(list(pool), chance.choice([1, 1, 2]))
            row = {name: chance.choice(pool[name]) for name in chosen}
            pairs = ", ".join(f"{name} = %({name})s" for name in row)
            number = {"number": chance.randint(1, 7)}
            return f"update shop.{table} set {pairs} where {key} = %(number)s", row | number
        case _:
            number = {"number": chance.randint(1, 7)}
            return f"delete from shop.{table} where {key} = %(number)s", number


def tables(case: Case) -> Tables:
    return {
        name: {row[key]: row for (row,) in case.rows(f"select to_jsonb(t) from shop.{name} as t")}
        for name, key in KEYS.items()
    }


def without(changed: Tables, retained: list[tuple[Any, ...]]) -> None:
    """Takes back what was retained."""
    for table, number, kind, new, old, reason in retained:
        rows = changed[table.removeprefix("shop.")]
        match kind:
            case "inserted":
                assert rows.pop(int(number)) == new
            case "deleted":
                rows[int(number)] = old
            case _:
                for line in reason.split("; "):
                    name = line.split(":")[0]
                    rows[int(number)][name] = old.get(name)


def content(found: Tables) -> dict[str, list[str]]:
    """Rows without numbers: a reference is what the row that it names is known by."""
    return {
        name: sorted(str(sorted(_plain(found, name, row).items())) for row in rows.values())
        for name, rows in found.items()
    }


def _plain(found: Tables, name: str, row: dict[str, Any]) -> dict[str, Any]:
    plain = {k: v for k, v in row.items() if k != KEYS[name] and k not in LEFT_OUT}
    for column, (parent, known_by) in REFERENCES.get(name, {}).items():
        if plain[column] is not None:
            plain[column] = found[parent][plain[column]][known_by]
    return plain


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_no_change_is_lost_or_doubled(
    made: Compiled,  # noqa: F811
    make_database: Callable[[], str],
    chance: random.Random,
) -> None:
    case = Case(made, make_database())
    case.execute(LEGACY, ROWS)
    case.apply()
    with connect(case.url) as conn:
        for _ in range(40):
            statement, row = change(chance)
            try:
                conn.execute(statement.encode(), row)
            except Error:
                continue  # the unified table refuses it
    changed = tables(case)
    case.roll_back()
    retained = case.rows(
        "select table_name, unified_key, change, new_row, old_row, reason"
        " from kit.integrity_retained"
    )
    counts = case.returned().values()
    assert sum(one[0] for one in counts) == sum(one[1] + one[2] for one in counts)
    assert sum(one[2] for one in counts) == len(retained)
    without(changed, retained)
    case.apply()
    assert content(tables(case)) == content(changed)
    assert case.rows("select * from kit.integrity_quarantine") == []
