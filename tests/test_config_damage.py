"""However the files are damaged, the answer is a project or its problems, each with a place."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from config_files import FILES, write
from hypothesis import example, given
from hypothesis import strategies as st

from integrity.config import load_project
from integrity.errors import ConfigFailure

PIECES = (
    "[]", "{}", "[a]", "{a: b}", "null", "yes", "1e3", "''", "'", '"', ":", "- ", "? ", "&a ", "*a",
    "<<: ", "!x ", "|\n", "\n", "\t", "\x00", "\\0", "shop.orders", "old.clients", "id", "%", "#",
)  # fmt: skip


@given(
    file=st.sampled_from(sorted(FILES)),
    start=st.integers(0, 900),
    length=st.integers(0, 25),
    piece=st.sampled_from(PIECES),
)
@example(file="project.yaml", start=0, length=900, piece="project: {}")
def test_damage(file: str, start: int, length: int, piece: str) -> None:
    text = FILES[file]
    start %= len(text)
    with TemporaryDirectory() as directory:
        damaged = text[:start] + piece + text[start + length :]
        root = write(Path(directory), {**FILES, file: damaged})
        try:
            load_project(root)
        except ConfigFailure as failure:
            for problem in failure.problems:
                assert problem.location.file.startswith(str(root))
                assert problem.location.line >= 1
                assert problem.location.column >= 1
