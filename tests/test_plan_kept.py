"""The compiled project that ``plan`` keeps: it saves the compiling, and never lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cli_project
import pytest
from cli_project import Library

from integrity.config import load_project
from integrity.plan.compile_all import Generated, compile_all
from integrity.plan.kept import Kept


@pytest.fixture
def library(tmp_path: Path, server: str, database: str) -> Library:
    return cli_project.library(tmp_path, database, server)


@pytest.fixture
def kept(library: Library) -> Kept:
    return Kept(library.configs, library.directory / "generated_sql", 18)


@pytest.fixture
def make(library: Library, kept: Kept, server: str) -> Callable[[], Generated]:
    return lambda: compile_all(load_project(library.configs), server, kept.generated)


def never() -> Generated:
    raise AssertionError("it was compiled again")


def test_it_comes_back_whole(kept: Kept, make: Callable[[], Generated]) -> None:
    made = kept.generated_by(make)
    assert kept.generated_by(never) == replace(made, files={})
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert (kept.path.parent / ".gitignore").read_text() == "*\n"


def test_every_file_counts(kept: Kept, library: Library, make: Callable[[], Generated]) -> None:
    kept.generated_by(make)
    assert replace(kept, major=15).key() != kept.key()
    library.edit("project.yaml", "lock: 2s", "lock: 3s")
    with pytest.raises(AssertionError):
        kept.generated_by(never)
    now = kept.generated_by(make)
    assert now.compiled.project.settings.lock_timeout_ms == 3000
    kept.generated.mkdir(exist_ok=True)
    (kept.generated / "CHECKSUMS").write_text("")
    with pytest.raises(AssertionError):
        kept.generated_by(never)


def test_damage_is_passed_over(kept: Kept, make: Callable[[], Generated]) -> None:
    made = kept.generated_by(make)
    good = kept.path.read_bytes()
    assert b"readers" in good
    for bad in (b"", b"\xff\n{}", good[:-5], good.replace(b"readers", b"writers", 1)):
        kept.path.write_bytes(bad)
        with pytest.raises(AssertionError):
            kept.generated_by(never)
        assert kept.generated_by(make) == made
        assert kept.path.read_bytes() == good


def test_a_file_that_others_may_write_is_passed_over(
    kept: Kept, make: Callable[[], Generated]
) -> None:
    kept.generated_by(make)
    kept.path.chmod(0o620)
    with pytest.raises(AssertionError):
        kept.generated_by(never)


def test_what_was_edited_meanwhile_is_not_kept(
    kept: Kept, library: Library, make: Callable[[], Generated]
) -> None:
    def slowly() -> Generated:
        made = make()
        library.edit("project.yaml", "lock: 2s", "lock: 3s")
        return made

    kept.generated_by(slowly)
    assert not kept.path.exists()
