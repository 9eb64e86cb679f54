"""--follow on the command line: what it says, how it ends, and which options it goes with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_project import call
from click.testing import CliRunner
from pipeline_disturbances import start, until
from pipeline_project import Shop, shop

from integrity.cli.main import cli
from integrity.errors import Exit


@pytest.fixture
def made(tmp_path: Path, make_database: Callable[[], str]) -> Shop:
    return shop(tmp_path, make_database)


@contextmanager
def json_lines(made: Shop) -> Iterator[subprocess.Popen[str]]:
    """A follower that prints JSON."""
    command = [sys.executable, "-m", "integrity.cli.main", "--config", str(made.configs), "--json"]
    command += ["--database", made.url, "sync", "orders", "--follow"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_one_line_of_json_per_pass(made: Shop) -> None:
    made.order(1)
    with json_lines(made) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert (first["mode"], first["found"], first["created"]) == ("catch-up", 1, 1)
        made.order(2, amount="x")
        second = json.loads(process.stdout.readline())
        assert (second["mode"], second["found"], second["reasons"]) == ("follow", 1, {"cast": 1})
        assert 0 < second["seconds"] <= second["lag"] < 60
        (follower,) = json.loads(said(made, "--json", "status"))["followers"]
        assert (follower["running"], follower["waiting"]) == (True, 0)
        assert follower["tables"] == ["shop.orders"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        last = json.loads(out)
        assert (last["mode"], last["found"], last["quarantined"]) == ("follow", 1, 1)
        assert (process.returncode, err) == (Exit.OK, "")
    made.order(3)
    lines = [line for line in said(made, "status").splitlines() if "shop.orders" in line]
    assert lines[-1].split()[:3] == ["orders", "stopped", "1"]


def said(made: Shop, *arguments: str) -> str:
    given = ["--config", str(made.configs), "--database", made.url, *arguments]
    result = CliRunner().invoke(cli, given)
    assert result.exit_code == Exit.OK, result.output
    return result.stdout


def test_a_second_follower_and_unfollow_are_refused(made: Shop) -> None:
    with json_lines(made) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for option in ("--follow", "--unfollow"):
            other = start(made, option)
            out, err = other.communicate(timeout=30)
            assert (other.returncode, out) == (Exit.LOCKED, "")
            assert "error: another run is in progress on follower orders: pid" in err
        place = ["--config", str(made.configs), "--database", made.url]
        assert call(*place, "sync", "orders").code == Exit.OK
    until(lambda: call(*place, "sync", "orders", "--unfollow").code == Exit.OK)
    done = call(*place, "sync", "orders", "--unfollow")
    assert (done.code, done.out) == (Exit.OK, "orders: triggers taken from 0 tables\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--follow", "--unfollow"], "--follow and --unfollow exclude each other"),
        (["--follow", "--dry-run"], "--follow goes without --dry-run"),
        (["--follow", "--mode", "all"], "--follow goes without --mode"),
        (["--unfollow", "--limit", "3"], "--unfollow goes without --limit"),
        (["--catch-up", "3"], "--catch-up goes with --follow only"),
    ],
)
def test_options_that_do_not_go_together(made: Shop, options: list[str], said: str) -> None:
    done = call("--config", str(made.configs), "--database", made.url, "sync", "orders", *options)
    assert (done.code, done.err.splitlines()[0]) == (Exit.USAGE, f"error: {said}")


def test_a_database_that_is_not_there(made: Shop) -> None:
    url = "postgresql://nobody@localhost:1/none"
    done = call("--config", str(made.configs), "--database", url, "sync", "orders", "--follow")
    assert done.code == Exit.DATABASE
    assert "cannot connect to" in done.err
