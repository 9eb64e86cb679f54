"""The project's own configuration and the example of docs/mappings.md: both load, all explained."""

from __future__ import annotations

from pathlib import Path
from re import DOTALL, findall

from integrity.config import load_project
from integrity.config.coverage import coverage
from integrity.model import Name

ROOT = Path(__file__).parent.parent

# What the example of the page reads; the page shows mappings, not contracts.
DESK = """\
schema: desk
tables:
  members:
    columns:
      member_id: {type: integer}
      card_no: {type: text}
      full_name: {type: text}
      joined: {type: timestamp without time zone}
      age: {type: integer}
    primary_key: [member_id]
  slips:
    columns:
      slip: {type: integer}
      member_id: {type: integer}
      copy_no: {type: integer}
      taken_on: {type: date}
      returned_on: {type: date}
    primary_key: [slip]
"""
WEB = """\
schema: web
tables:
  accounts:
    columns:
      id: {type: integer}
      card: {type: text}
      email: {type: text}
      display_name: {type: text}
      created_at: {type: timestamp with time zone}
    primary_key: [id]
"""


def test_every_legacy_column_of_a_mapped_table_is_explained() -> None:
    covered = {t.table: t for t in coverage(load_project(ROOT / "configs"))}
    fed = [t for t in covered.values() if t.feeds]

    assert {str(t.table): t.unexplained for t in fed if t.unexplained} == {}
    assert len(fed) == 26


def test_deleted_ids_never_delete_the_game_they_stand_on() -> None:
    project = load_project(ROOT / "configs")
    mapping = project.mapping(Name("core_betting", "game_id_mappings"))

    assert mapping is not None
    assert not any(source.write_back for source in mapping.sources)


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
    files = {
        "project.yaml": "project: library\n",
        "legacy/desk.yaml": DESK,
        "legacy/web.yaml": WEB,
        **{
            path: text
            for path, text in findall(r"```yaml\n# configs/(\S+)\n(.*?)```", page, DOTALL)
        },
    }
    for path, text in files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")

    project = load_project(tmp_path)

    assert [str(m.table) for m in project.mappings] == ["lending.loans", "lending.readers"]
    loans = project.mappings[0]
    assert [arm.label for arm in loans.sources[0].arms] == ["taken", "returned"]
    assert {str(t.table): t.unexplained for t in coverage(project) if t.unexplained} == {}
