"""An ETL of an unrelated project: readings of sensors, every row accounted for."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from field_project import (
    PACKETS,
    READINGS,
    SMALL_BATCHES,
    STATE,
    Field,
    figures,
    made_field,
    progress,
)

from integrity.cli.main import cli
from integrity.config.pipelines import load_pipelines
from integrity.errors import ConfigFailure
from integrity.pipelines.etl_tests import run_tests


@pytest.fixture
def field(tmp_path: Path, make_database: Callable[[], str]) -> Field:
    return made_field(tmp_path, make_database)


@pytest.mark.parametrize("batch", [100, 1])
def test_every_row_has_one_end(field: Field, batch: int) -> None:
    field.packet(1, soil=8)
    field.packet(2)  # says the same as 1: a repeat
    field.packet(3, air=11)  # says something else of the same moment
    field.packet(4, station="test")
    field.packet(5, station="moon", at="11:00")
    field.packet(6, air="warm", at="12:00")
    field.packet(7, air=99, at="13:00")
    field.execute("insert into field.notes values (1, 'South', '2024-05-01 10:00+00', '7')")
    first = figures(field.run(batch=batch))
    assert first == {
        "found": 15, "created": 3, "repeated": 1, "dropped": 2, "empty": 5, "quarantined": 4,
        "repeat-differs": 1, "lookup-none": 1, "cast": 1, "check": 1,
    }  # fmt: skip
    assert field.readings() == [(1, "air", 10, 1), (1, "soil", 8, 0), (2, "air", 7, 0)]
    again = figures(field.run("all", batch=batch))
    assert again == {
        "found": 15, "unchanged": 4, "dropped": 2, "empty": 5, "quarantined": 4,
        "repeat-differs": 1, "lookup-none": 1, "cast": 1, "check": 1,
    }  # fmt: skip
    assert field.readings() == [(1, "air", 10, 1), (1, "soil", 8, 0), (2, "air", 7, 0)]


def test_increments_read_what_is_new_late_or_was_rejected(field: Field) -> None:
    field.packet(1, at="10:00")
    field.packet(2, at="12:00")
    field.packet(3, at="09:00", station="west")
    assert figures(field.run())["found"] == 6
    assert figures(field.run()) == {
        "found": 4, "unchanged": 1, "empty": 2, "quarantined": 1, "lookup-none": 1,
    }  # fmt: skip
    field.packet(4, at="11:30")  # late, within the hour
    field.packet(5, at="08:00")  # too late
    field.execute("insert into field.stations values (3, 'west')")
    assert figures(field.run()) == {"found": 6, "created": 2, "unchanged": 1, "empty": 3}
    assert field.rows("select source, watermark from kit.integrity_pipeline_cursors") == [
        ("field.packets", "2024-05-01 12:00:00+00")
    ]
    assert figures(field.run(since="2024-05-01T08:00Z"))["created"] == 1
    assert figures(field.run("all")) == {"found": 10, "unchanged": 5, "empty": 5}


def test_a_later_repeat_is_counted_on_the_row_that_stands(field: Field) -> None:
    field.packet(1)
    field.run()
    field.packet(2)
    field.packet(3)
    assert figures(field.run()) == {"found": 6, "unchanged": 1, "repeated": 2, "empty": 3}
    assert field.readings() == [(1, "air", 10, 2)]
    assert figures(field.run())["unchanged"] == 3
    assert field.readings() == [(1, "air", 10, 2)]


@pytest.mark.parametrize("batch", [100, 1])
def test_a_row_that_came_by_another_way_is_known_by_its_first_observation(
    field: Field, batch: int
) -> None:
    field.execute(
        "insert into lab.readings (station_id, kind, sensor, taken_at, value)"
        " values (1, 'air', 1, '2024-05-01 10:00+00', 10)"
    )
    field.packet(1, air=11)  # says something else: it is not that observation
    field.packet(2)
    field.packet(3)
    first = figures(field.run(batch=batch))
    assert first == {
        "found": 6, "unchanged": 1, "repeated": 1, "empty": 3, "quarantined": 1,
        "repeat-differs": 1,
    }  # fmt: skip
    assert field.readings() == [(1, "air", 10, 1)]
    assert figures(field.run("all", batch=batch))["unchanged"] == 2
    assert field.readings() == [(1, "air", 10, 1)]


def test_dropped_rows_are_counted_by_the_first_rule_that_holds(field: Field) -> None:
    field.write(
        READINGS.replace(
            "because: a rehearsal}\n",
            "because: a rehearsal}\n      - {when: \"id > 5\", because: 'it''s 100 % \"late\"'}\n",
        )
    )
    for key in (4, 5, 6, 7, 8):
        field.packet(key, station="test" if key % 2 else "north", at=f"1{key}:00")
    result = field.run(batch=2)
    assert result.figures.drops == {"a rehearsal": 4, 'it\'s 100 % "late"': 4}
    ((kept, dropped),) = field.rows("select drops, dropped from kit.integrity_pipeline_runs")
    assert (kept, dropped) == (result.figures.drops, 8)


def test_an_arm_that_passes_closes_its_own_entry(field: Field) -> None:
    field.packet(1, air="warm", soil="wet")
    assert figures(field.run())["cast"] == 2
    field.execute("update field.packets set payload = payload || '{\"air\": 9}'")
    assert figures(field.run()) == {"found": 2, "created": 1, "quarantined": 1, "cast": 1}
    assert field.rows(
        "select arm, resolved_at is null from kit.integrity_pipeline_quarantine order by 1"
    ) == [("air", False), ("soil", True)]


@pytest.mark.parametrize("batch", [100, 1])
def test_an_upsert_updates_what_differs(field: Field, batch: int) -> None:
    field.write(READINGS.replace("load: append", "load: upsert").replace("repeats: times\n", ""))
    field.packet(1, soil=8)
    field.packet(2, air=20)
    assert figures(field.run(batch=batch)) == {
        "found": 4, "created": 2, "empty": 1, "quarantined": 1, "match-shared": 1,
    }  # fmt: skip
    field.execute("update field.packets set payload = payload || '{\"air\": 30}' where id = 1")
    assert figures(field.run(batch=batch)) == {
        "found": 4, "updated": 1, "unchanged": 1, "empty": 1, "quarantined": 1, "match-shared": 1,
    }  # fmt: skip
    assert field.readings() == [(1, "air", 30, 0), (1, "soil", 8, 0)]
    assert field.rows("select old, new from kit.integrity_pipeline_history") == [
        ({"value": 10.0}, {"value": 30.0})
    ]
    field.packet(0, air=40)  # comes later, though its key is smaller: 1 stands
    assert figures(field.run("all", batch=batch))["match-shared"] == 2
    assert field.readings() == [(1, "air", 30, 0), (1, "soil", 8, 0)]
    field.execute("delete from field.packets where id in (1, 2)")
    assert figures(field.run("all", batch=batch)) == {"found": 2, "updated": 1, "empty": 1}


def test_the_dry_run_gives_the_numbers_of_the_run_and_changes_nothing(field: Field) -> None:
    for number in range(1, 31):
        field.packet(number, at=f"10:{number % 7:02}", air=10 if number < 20 else number)
    dry = field.run(dry_run=True, batch=8)
    assert field.readings() == []
    assert field.rows("select to_regclass('kit.integrity_pipeline_cursors')") == [(None,)]
    real = field.run(batch=8)
    assert figures(dry) == figures(real)
    assert field.rows("select max(reading_id) from lab.readings") == [(7,)]


def test_what_the_server_refuses_costs_one_row(field: Field) -> None:
    field.execute(
        "create function lab.refuse() returns trigger language plpgsql as $$ begin"
        " if new.value = 13 then raise exception 'not this one'; end if; return new; end $$",
        "create trigger refuse before insert on lab.readings"
        " for each row execute function lab.refuse()",
    )
    for number in range(1, 21):
        field.packet(number, at=f"10:{number:02}", air=number)
    assert figures(field.run()) == {
        "found": 40, "created": 19, "empty": 20, "quarantined": 1, "refused": 1,
    }  # fmt: skip


def test_declared_tests_pass_and_fail(field: Field, server: str) -> None:
    (pipeline,) = load_pipelines(field.configs, field.project)
    (passed,) = run_tests(server, field.project, pipeline)
    assert passed.differences == ()
    field.write(READINGS.replace("value: 9,", "value: 8,").replace("empty: 1", "empty: 2"))
    (pipeline,) = load_pipelines(field.configs, field.project)
    (wrong,) = run_tests(server, field.project, pipeline)
    assert (
        wrong.differences[0] == 'no row {"kind": "soil", "station_id": 7, "times": 0, "value": 8.0}'
    )
    assert wrong.differences[1].startswith("a row that is not expected: ")
    assert wrong.differences[2] == "empty is 1, expected 2"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("load: append", "load: apend", "did you mean 'append'"),
        ("repeats: times", "repeats: time", "lab.readings has no column 'time'"),
        ("natural_key: [station_id, kind", "natural_key: [station, kind", "no column 'station'"),
        ("      changed: received_at\n", "", "no column says when one changed"),
        (
            "      field.packets:\n",
            "      field.packet:\n",
            "no unified table is named field.packet",
        ),
        ("load: append\n", "", "has no load"),
        ("natural_key: [station_id, kind, sensor, taken_at]\n", "", "add natural_key: [...]"),
    ],
)
def test_what_is_wrong_has_a_place(field: Field, old: str, new: str, said: str) -> None:
    assert READINGS.count(old) == 1
    field.write(READINGS.replace(old, new))
    with pytest.raises(ConfigFailure) as failed:
        load_pipelines(field.configs, field.project)
    assert said in str(failed.value)
    assert all(one.location.file.endswith("readings.yaml") for one in failed.value.problems)


def test_the_commands(field: Field) -> None:
    field.packet(1, soil=8)
    base = ["--config", str(field.configs), "--database", field.url]

    def told(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*base, "--json", "etl", *words])
        assert done.exception is None, done.exception
        return json.loads(done.stdout)

    assert told("status")["pipelines"][0]["last"] is None
    assert told("run", "readings", "--dry-run")["created"] == 2
    assert told("run", "readings")["created"] == 2
    assert told("run", "readings", "--full")["unchanged"] == 2
    (status,) = told("status")["pipelines"]
    assert status["last"]["outcome"] == "done"
    assert status["watermarks"] == {"field.packets": "2024-05-01 10:00:00+00"}
    wrong = CliRunner().invoke(cli, [*base, "etl", "run", "readings", "--since", "soon"])
    assert wrong.exit_code == 2


@pytest.mark.slow
def test_killed_at_random_it_ends_like_an_undisturbed_run(
    field: Field, tmp_path: Path, make_database: Callable[[], str]
) -> None:
    chance = random.Random()
    other = made_field(tmp_path / "other", make_database)
    for one in (field, other):
        one.write(SMALL_BATCHES)
        one.execute(PACKETS)
    other.run()
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(field.configs)]
    command += ["--database", field.url, "etl", "run", "readings"]
    kills = 0
    for number in range(1, 4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = (number, chance.randrange(1, 40))
        while process.poll() is None and progress(field) < wanted:
            time.sleep(0.002)
        process.kill()
        kills += process.wait() < 0
    assert kills
    assert field.rows("select * from kit.integrity_pipeline_cursors") == []
    last = figures(field.run())
    assert last["unchanged"] > 0
    for query in STATE:
        assert field.rows(query) == other.rows(query)
