"""The files for psql of the retailer, committed: a change of generated SQL shows in its diff.

``pytest tests/test_golden_retailer.py --golden`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import retailer_case as case

PLACE = Path(__file__).resolve().parent / "golden" / "retailer"


def test_generated_sql_is_the_committed_sql(server: str, request: pytest.FixtureRequest) -> None:
    made = case.files(case.compiled(server))
    if request.config.getoption("--golden"):
        PLACE.mkdir(parents=True, exist_ok=True)
        for orphan in PLACE.iterdir():
            orphan.unlink()
        for name, text in made.items():
            (PLACE / name).write_text(text, encoding="utf-8", newline="\n")
    assert sorted(path.name for path in PLACE.iterdir()) == sorted(made)
    for name, text in made.items():
        committed = (PLACE / name).read_text(encoding="utf-8")
        assert committed == text, f"{name} changed: look at it, then run with --golden"
