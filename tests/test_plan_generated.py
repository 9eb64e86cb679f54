"""generated_sql/: what is written, and what differs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from integrity.plan.generated import (
    CHECKSUMS,
    Difference,
    NotAFileName,
    check_generated,
    write_generated,
)

FILES = {"014.sql": "select 'ü';\n", "013.sql": "select 1;\n"}


def test_what_is_written_is_right(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "generated_sql"
    assert [str(one) for one in write_generated(folder, FILES)] == [
        "missing: 013.sql",
        "missing: 014.sql",
        "missing: CHECKSUMS",
    ]
    assert check_generated(folder, FILES) == []
    assert sorted(path.name for path in folder.iterdir()) == ["013.sql", "014.sql", "CHECKSUMS"]
    assert (folder / "014.sql").read_bytes() == "select 'ü';\n".encode()


def test_sha256sum_agrees(tmp_path: Path) -> None:
    write_generated(tmp_path, FILES)
    command = ["sha256sum", "--strict", "-c", CHECKSUMS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "013.sql: OK\n014.sql: OK\n")


def test_writing_twice_touches_nothing(tmp_path: Path) -> None:
    write_generated(tmp_path, FILES)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert write_generated(tmp_path, dict(reversed(FILES.items()))) == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_every_kind_of_difference_is_named(tmp_path: Path) -> None:
    write_generated(tmp_path, {**FILES, "012.sql": ""})
    (tmp_path / "013.sql").unlink()
    (tmp_path / "014.sql").write_text("select 2;\n")
    differences = check_generated(tmp_path, FILES)
    assert differences == [
        Difference("012.sql", "extra"),
        Difference("013.sql", "missing"),
        Difference("014.sql", "changed"),
        Difference("CHECKSUMS", "changed"),
    ]
    assert write_generated(tmp_path, FILES) == differences
    assert check_generated(tmp_path, FILES) == [Difference("012.sql", "extra")]


def test_a_changed_line_ending_is_a_difference(tmp_path: Path) -> None:
    write_generated(tmp_path, FILES)
    (tmp_path / "013.sql").write_bytes(b"select 1;\r\n")
    assert check_generated(tmp_path, FILES) == [Difference("013.sql", "changed")]


def test_a_folder_that_is_missing_misses_all(tmp_path: Path) -> None:
    found = check_generated(tmp_path / "none", FILES)
    assert {one.kind for one in found} == {"missing"}
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["../x.sql", "/x", "a\\b", "a\nb", ".hidden", CHECKSUMS])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAFileName):
        write_generated(tmp_path, {name: ""})
    assert list(tmp_path.iterdir()) == []
