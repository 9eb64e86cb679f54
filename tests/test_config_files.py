"""Files that cannot be read, or that are not what their folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import FILES, problems

# what is wrong: file, its bytes (None: a directory stands there), the message
FILES_AS_THEY_ARE: dict[str, tuple[str, bytes | None, str]] = {
    "empty file": (
        "mappings/more.yaml",
        b"# nothing yet\n",
        "configs/mappings/more.yaml:1:1: the file is empty\n"
        "  hint: write its keys, or delete the file",
    ),
    "list": (
        "mappings/more.yaml",
        b"- a\n",
        "configs/mappings/more.yaml:1:1: mapping: expected a mapping, found a list",
    ),
    "text": (
        "unified/more.yaml",
        b"schema\n",
        "configs/unified/more.yaml:1:1: file: expected a mapping, found the text 'schema'",
    ),
    "not UTF-8": (
        "legacy/more.yaml",
        "schema: caf\u00e9\nx: \u00e9".encode() + b"\xe9\n",
        "configs/legacy/more.yaml:2:5: not UTF-8 text: byte 0xe9\n  hint: save the file as UTF-8",
    ),
    "directory": (
        "legacy/more.yaml",
        None,
        "configs/legacy/more.yaml:1:1: cannot be read: is a directory",
    ),
    "other suffix": (
        "mappings/more.yml",
        b"table: x.y\n",
        "configs/mappings/more.yml:1:1: is not read\n  hint: name it more.yaml",
    ),
    "misspelt folder": (
        "mapping/more.yaml",
        b"table: x.y\n",
        "configs/mapping:1:1: is not read\n  hint: did you mean 'mappings'?",
    ),
}


@pytest.mark.parametrize(
    ("name", "content", "message"), FILES_AS_THEY_ARE.values(), ids=FILES_AS_THEY_ARE.keys()
)
def test_a_file(
    name: str,
    content: bytes | None,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is None:
        (tmp_path / "configs" / name).mkdir(parents=True)
        assert problems(FILES) == message
    else:
        assert problems({**FILES, name: content}) == message


def test_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({}) == (
        "configs/project.yaml:1:1: cannot be read: no such file or directory\n"
        "  hint: choose the directory that holds project.yaml"
    )


def test_without_contracts_the_hint_is_to_inspect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {name: text for name, text in FILES.items() if name != "legacy/old.yaml"}
    assert problems(files) == (
        "configs/mappings/customers.yaml:3:11: source: there is no contract old.clients\n"
        "  hint: integrity inspect writes the contracts\n"
        "configs/mappings/orders.yaml:4:11: source: there is no contract old.orders\n"
        "  hint: integrity inspect writes the contracts"
    )


@pytest.mark.parametrize("broken", ["unified/shop.yaml", "legacy/old.yaml"])
def test_what_a_broken_file_may_hold_is_not_missed(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**FILES, broken: "schema: [\n"}) == (
        f"configs/{broken}:2:1: not valid YAML: while parsing a flow node,"
        " did not find expected node content"
    )


@pytest.mark.parametrize("text", ["\ufeffschema: x\ntabels: {}\n", "schema: x\r\ntabels: {}\r\n"])
def test_places_do_not_depend_on_how_the_file_was_saved(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems({**FILES, "legacy/x.yaml": text}) == (
        "configs/legacy/x.yaml:2:1: contract has no key 'tabels'\n  hint: did you mean 'tables'?"
    )


def test_a_mapping_that_merges_itself_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = FILES["mappings/customers.yaml"].replace("columns:", "columns: &x\n      <<: *x")
    assert problems({**FILES, "mappings/customers.yaml": text}) == ""
