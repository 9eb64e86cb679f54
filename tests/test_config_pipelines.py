"""Pipelines in YAML: what is read, and every mistake with its place and the nearest right thing."""
# ruff: noqa: E501 - whole messages

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from config_files import FILES, write

from integrity.config import load_project
from integrity.config.pipelines import load_pipelines
from integrity.errors import ConfigFailure
from integrity.model import Name
from integrity.pipeline_model import Breaker, Schedule

FILE = "configs/pipelines/orders.yaml"
ORDERS = """\
kind: sync
extract:
  query: |
    select o.id, o.no, o.total, o.note, c.mail
    from old.orders as o
    join old.clients as c on c.id = o.client_id
  key: [id]
  watch: old.orders
into: shop.orders
match:
  - number: {number: code(no)}
  - {amount: total::numeric, number: note}
create: true
drop:
  - {when: "note = 'test'", because: rows of a trial}
columns:
  amount: total::numeric
only_new:
  number: code(no)
  customer_id: {lookup: shop.customers, by: {email: mail}}
validate:
  paid: {check: "total <> '0'", because: nothing is free}
quality:
  into: amount
  tests:
    note: [0.5, note is not null]
modes:
  missing: target.amount is null
  recent: {by: id::text::date, days: 3}
batch: 200
rejects: {max: 2.5%}
breaker: {failures: 2, rejects: 20%, reset: 2min, successes: 1}
schedule: {cron: "15 6 * * *", zone: Europe/Vienna, mode: missing}
""".replace("quality:\n  into: amount", "quality:\n  into: origin_share")
SOUND = ORDERS.replace(
    "quality:\n  into: origin_share\n  tests:\n    note: [0.5, note is not null]\n", ""
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(text: str, name: str = "pipelines/orders.yaml") -> str:
    configs = write(Path(), {**FILES, name: text})
    try:
        load_pipelines(configs, load_project(configs))
    except ConfigFailure as failure:
        return "\n".join(map(str, failure.problems))
    return ""


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return problems(SOUND.replace(old, new))


def test_a_sync_is_read() -> None:
    configs = write(Path(), {**FILES, "pipelines/orders.yaml": SOUND})
    (made,) = load_pipelines(configs, load_project(configs))
    assert (made.name, made.kind, made.into) == ("orders", "sync", Name("shop", "orders"))
    assert [rung.name for rung in made.match] == ["number", "amount, number"]
    assert (made.batch, made.max_reject_share, made.create) == (200, Decimal("0.025"), True)
    assert made.breaker == Breaker(
        failures=2, reject_share=Decimal("0.2"), reset_seconds=120, successes=1
    )
    assert made.schedule == Schedule(cron="15 6 * * *", zone="Europe/Vienna", mode="missing")
    assert made.mode_names == ("all", "corrected", "missing", "recent")
    (source,) = made.sources
    assert source.extract.key == ("id",)
    assert source.extract.watch == Name("old", "orders")
    assert [rule.name for rule in source.rules] == ["paid"]


def test_a_table_brings_its_key_and_is_watched() -> None:
    text = "kind: sync\nextract: old.orders\ninto: shop.orders\ncreate: false\nmatch: [{number: '\"no\"'}]\ncolumns: {amount: total::numeric}\n"
    configs = write(Path(), {**FILES, "pipelines/orders.yaml": text})
    (made,) = load_pipelines(configs, load_project(configs))
    assert made.sources[0].extract.key == ("id",)
    assert made.sources[0].extract.watch == Name("old", "orders")
    assert made.max_reject_share is None


def test_no_folder_is_no_pipeline() -> None:
    configs = write(Path(), FILES)
    assert load_pipelines(configs, load_project(configs)) == ()


def test_pipelines_change_nothing_of_the_project() -> None:
    bare = load_project(write(Path(), FILES)).digest
    assert load_project(write(Path(), {**FILES, "pipelines/orders.yaml": SOUND})).digest == bare


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: sync", "kind: synk", "configs/pipelines/orders.yaml:1:7: kind of pipeline: expected"),
        ("batch: 200", "batsh: 200", f"{FILE}:26:1: sync orders has no key 'batsh'\n  hint: did you mean 'batch'?"),
        ("batch: 200", "batch: 0", f"{FILE}:26:8: batch of sync orders: expected a whole number from 1 to 1000000, found '0'"),
        ("into: shop.orders", "into: shop.order", f"{FILE}:9:7: into: no contract and no unified table is named shop.order\n  hint: did you mean 'shop.orders'?"),
        ("from old.orders as o", "from old.order as o", f"{FILE}:5:10: query: no contract and no unified table is named old.order\n  hint: did you mean 'old.orders'?"),
        ("from old.orders as o", "from orders as o", f"{FILE}:5:10: the table 'orders' has no schema\n  hint: write schema.orders"),
        ("    join old.clients as c on c.id = o.client_id", "    join old.clients as c on c.id = o.client_id for update", f"{FILE}:3:10: a query that locks no rows is expected"),
        ("select o.id, o.no, o.total, o.note, c.mail", "select o.id, o.no, o.total, now() as note, c.mail", f"{FILE}:4:33: now gives something else on each run"),
        ("key: [id]", "key: [idd]", f"{FILE}:7:9: the query has no column 'idd'\n  hint: did you mean 'id'?"),
        ("  key: [id]\n", "", f"{FILE}:3:3: the extract needs a key: columns that identify a row\n  hint: add key: [...]"),
        ("watch: old.orders", "watch: old.oders", f"{FILE}:8:10: watch: no contract and no unified table is named old.oders\n  hint: did you mean 'old.orders'?"),
        ("  amount: total::numeric\n", "  amout: total::numeric\n", f"{FILE}:17:3: shop.orders has no column 'amout'\n  hint: did you mean 'amount'?"),
        ("  amount: total::numeric\n", "  amount: totl::numeric\n", f"{FILE}:17:11: the query has no column 'totl'\n  hint: did you mean 'total'?"),
        ("  amount: total::numeric\n", "  doubled: total::numeric\n", f"{FILE}:17:3: column 'doubled' is generated: no pipeline fills it\n  hint: leave it out"),
        ("number: {number: code(no)}", "number: {numbr: code(no)}", f"{FILE}:11:14: shop.orders has no column 'numbr'\n  hint: did you mean 'number'?"),
        ("lookup: shop.customers", "lookup: shop.customer", f"{FILE}:20:25: lookup: there is no unified table shop.customer\n  hint: did you mean 'shop.customers'?"),
        ("  number: code(no)\n", "", f"{FILE}:1:1: nothing fills 'number' of a new row, which must not be null\n  hint: add number: ... to only_new, or write create: false"),
        ("  number: code(no)\n", "  number: code(no)\n  amount: '1'\n", f"{FILE}:20:3: column 'amount' is filled by columns and by only_new\n  hint: fill it in one of the two"),
        ("missing: target.amount is null", "missing: target.amont is null", f"{FILE}:24:12: shop.orders has no column 'amont'\n  hint: did you mean 'amount'?"),
        ("recent: {by: id::text::date, days: 3}", "recent: {by: idd}", f"{FILE}:25:16: the query has no column 'idd'\n  hint: did you mean 'id'?"),
        ("rejects: {max: 2.5%}", "rejects: {max: many}", f"{FILE}:27:16: max of rejects of sync orders: expected a share, found 'many'\n  hint: write max: 10% or max: 0.1"),
        ("reset: 2min", "reset: soon", f"{FILE}:28:45: reset of breaker of sync orders: expected a duration such as 60s, 5min, 2h or 1d, found 'soon'"),
        ('cron: "15 6 * * *"', 'cron: "15 6"', f"{FILE}:29:18: cron of schedule: expected five fields, found '15 6'\n  hint: minute hour day month weekday, as in '15 6 * * *'"),
        ("zone: Europe/Vienna", "zone: Europe/Viena", f"{FILE}:29:38: there is no time zone 'Europe/Viena'\n  hint: did you mean 'Europe/Vienna'?"),
        ("mode: missing}", "mode: mising}", f"{FILE}:29:59: orders has no mode 'mising'\n  hint: did you mean 'missing'?"),
    ],
)  # fmt: skip
def test_mistakes_have_a_place_and_a_hint(old: str, new: str, said: str) -> None:
    found = changed(old, new)
    assert said in found, found


def test_quality_names_a_column_of_the_target() -> None:
    assert (
        problems(ORDERS)
        == f"{FILE}:24:9: shop.orders has no column 'origin_share'\n  hint: did you mean 'origin'?"
    )


def test_a_sound_file_has_no_problem() -> None:
    assert problems(SOUND) == ""


def test_files_of_other_names_are_not_left_out_in_silence() -> None:
    assert problems(SOUND, "pipelines/orders.yml") == (
        "configs/pipelines/orders.yml:1:1: is not read\n  hint: name it orders.yaml"
    )
