# ruff: noqa: E501 - whole messages
"""YAML that is not what was expected: the whole message for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import edited, problems

# what is wrong: file, text, its replacement, the message
EDITS: dict[str, tuple[str, str, str, str]] = {
    "misspelt key": (
        "unified/shop.yaml",
        "primary_key: [customer_id]",
        "primry_key: [customer_id]",
        """\
configs/unified/shop.yaml:8:5: table 'customers' has no key 'primry_key'
  hint: did you mean 'primary_key'?""",
    ),
    "unknown key": (
        "mappings/orders.yaml",
        "rejects: {max: 0.5%}",
        """\
rejects: {max: 0.5%}
colour: red""",
        """\
configs/mappings/orders.yaml:3:1: mapping has no key 'colour'
  hint: known: description, match, order, rejects, sources, survivorship, table""",
    ),
    "comma without quotes": (
        "project.yaml",
        """\
    arguments: [label]
    sql: upper(trim(label))
""",
        """\
    {arguments: [label], sql: coalesce(label, label)}
""",
        """\
configs/project.yaml:4:39: '(' is not closed
configs/project.yaml:4:47: function 'code' has no key 'label)'
  hint: known: arguments, sql; a value that holds a comma is written in quotes""",
    ),
    "two keys of one name": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "email:       {type: integer}",
        """\
configs/mappings/customers.yaml:6:7: shop.customers has no column 'name'
  hint: known: customer_id, email
configs/unified/shop.yaml:7:7: 'email' stands twice in columns of table 'customers'
  hint: first at configs/unified/shop.yaml:6:7""",
    ),
    "yes for true": (
        "unified/shop.yaml",
        "null: false, check",
        "null: no, check",
        """\
configs/unified/shop.yaml:6:39: null of column 'email': expected true or false, found 'no'
  hint: write false""",
    ),
    "quoted true": (
        "unified/shop.yaml",
        "null: false, check",
        "null: 'false', check",
        "configs/unified/shop.yaml:6:39: null of column 'email': expected true or false, found 'false'",
    ),
    "number for true": (
        "unified/shop.yaml",
        "null: false, check",
        "null: 0, check",
        "configs/unified/shop.yaml:6:39: null of column 'email': expected true or false, found '0'",
    ),
    "on as text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: on}",
        """\
configs/unified/shop.yaml:7:27: type of column 'name': expected text, found the yes/no value on
  hint: a text is written in quotes: 'on'""",
    ),
    "1e3 as text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: 1e3}",
        """\
configs/unified/shop.yaml:7:27: type of column 'name': expected text, found the number 1e3
  hint: a text is written in quotes: '1e3'""",
    ),
    "minutes as text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: 12:30}",
        """\
configs/unified/shop.yaml:7:27: type of column 'name': expected text, found the number 12:30
  hint: a text is written in quotes: '12:30'""",
    ),
    "nothing as text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: }",
        "configs/unified/shop.yaml:7:27: type of column 'name': expected text, found nothing",
    ),
    "null as text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: null}",
        """\
configs/unified/shop.yaml:7:27: type of column 'name': expected text, found nothing
  hint: a text is written in quotes: 'null'""",
    ),
    "yes as name": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
name: {type: text}
      yes:         {type: text}""",
        """\
configs/unified/shop.yaml:8:7: key of columns of table 'customers': expected text, found the yes/no value yes
  hint: a text is written in quotes: 'yes'""",
    ),
    "number as name": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
name: {type: text}
      2024:         {type: text}""",
        """\
configs/unified/shop.yaml:8:7: key of columns of table 'customers': expected text, found the number 2024
  hint: a text is written in quotes: '2024'""",
    ),
    "date as expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: 2024-01-01",
        """\
configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found the date 2024-01-01
  hint: a text is written in quotes: '2024-01-01'""",
    ),
    "yes as expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: yes",
        """\
configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found the yes/no value yes
  hint: a text is written in quotes: 'yes'""",
    ),
    "octal as expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: 010",
        """\
configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found the number 010
  hint: a text is written in quotes: '010'""",
    ),
    "hexadecimal as expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: 0x1F",
        """\
configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found the number 0x1F
  hint: a text is written in quotes: '0x1F'""",
    ),
    "list as expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: [0]",
        "configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found a list",
    ),
    "empty expression": (
        "unified/shop.yaml",
        "default: 0",
        "default: ' '",
        "configs/unified/shop.yaml:15:53: default of column 'amount': expected an SQL expression, found nothing",
    ),
    "text for list": (
        "unified/shop.yaml",
        "natural_key: [number]",
        "natural_key: number",
        "configs/unified/shop.yaml:19:18: columns of natural_key of table 'orders': expected a list, found the text 'number'",
    ),
    "text for mapping": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        text",
        "configs/unified/shop.yaml:7:20: column 'name': expected a mapping, found the text 'text'",
    ),
    "mapping for text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: {a: b}}",
        "configs/unified/shop.yaml:7:27: type of column 'name': expected text, found a mapping",
    ),
    "list for mapping": (
        "mappings/orders.yaml",
        "rejects: {max: 0.5%}",
        "rejects: [1%]",
        "configs/mappings/orders.yaml:2:10: rejects of mapping of shop.orders: expected a mapping, found a list",
    ),
    "nothing for mapping": (
        "mappings/orders.yaml",
        "rejects: {max: 0.5%}",
        "rejects:",
        "configs/mappings/orders.yaml:2:9: rejects of mapping of shop.orders: expected a mapping, found nothing",
    ),
    "list as key": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
? [name]
      : {type: text}
      name: {type: text}""",
        "configs/unified/shop.yaml:7:9: columns of table 'customers': expected a word as key, found a list",
    ),
    "tab": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "\tname:        {type: text}",
        """\
configs/unified/shop.yaml:7:7: not valid YAML: while scanning for the next token, found character that cannot start any token
  hint: indent with spaces, not with tabs""",
    ),
    "unknown tag": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: !varchar text}",
        """\
configs/unified/shop.yaml:7:27: unknown tag !varchar
  hint: tags are not used here: leave it out""",
    ),
    "known tag": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        !!map {type: text}",
        """\
configs/unified/shop.yaml:7:20: unknown tag !!map
  hint: tags are not used here: leave it out""",
    ),
    "unknown alias": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        *text",
        "configs/unified/shop.yaml:7:20: not valid YAML: found undefined alias",
    ),
    "merge of a text": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
name:        {type: text}
      <<: name""",
        "configs/unified/shop.yaml:8:11: columns of table 'customers': << expects an anchored mapping, found the text 'name'",
    ),
    "not closed": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {type: text",
        "configs/unified/shop.yaml:8:16: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'",
    ),
    "two documents": (
        "mappings/customers.yaml",
        "table: shop.customers",
        """\
--- {}
---
table: shop.customers""",
        "configs/mappings/customers.yaml:2:1: not valid YAML: expected a single document in the stream, but found another document",
    ),
    "control character": (
        "mappings/customers.yaml",
        "full_name",
        "full\x01name",
        "configs/mappings/customers.yaml:6:17: not valid YAML: the character '\\x01' may not stand in a file\n  hint: in double quotes it can be written as an escape, such as \"\\u0001\"",
    ),
    "NUL character": (
        "mappings/customers.yaml",
        "full_name",
        '"full\\0name"',
        "configs/mappings/customers.yaml:6:13: column 'name': holds a NUL character, PostgreSQL cannot store it",
    ),
    "long name": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
name: {type: text}
      éééééééééééééééééééééééééééééééé: {type: text}""",
        """\
configs/unified/shop.yaml:8:7: name of a column: identifier 'éééééééééééééééééééééééééééééééé' has 64 bytes, PostgreSQL allows 63
  hint: choose a shorter name""",
    ),
    "empty name": (
        "unified/shop.yaml",
        "name:        {type: text}",
        """\
name: {type: text}
      '': {type: text}""",
        "configs/unified/shop.yaml:8:7: name of a column: an identifier is empty",
    ),
    "word twice in a list": (
        "unified/shop.yaml",
        "natural_key: [number]",
        "natural_key: [number, number]",
        "configs/unified/shop.yaml:19:27: 'number' stands twice in columns of natural_key of table 'orders'",
    ),
    "empty list": (
        "unified/shop.yaml",
        "natural_key: [number]",
        "natural_key: []",
        "configs/unified/shop.yaml:19:18: natural_key of table 'orders': expected at least one column",
    ),
    "missing key": (
        "unified/shop.yaml",
        "name:        {type: text}",
        "name:        {}",
        """\
configs/unified/shop.yaml:7:7: column 'name' has no type
  hint: add type: ...""",
    ),
    "wrong word": (
        "unified/shop.yaml",
        """\
{type: bigint, key: assigned}
      number""",
        """\
{type: bigint, key: given}
      number""",
        "configs/unified/shop.yaml:12:40: key of column 'order_id': expected assigned, found 'given'",
    ),
    "one of several words": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "fk: {columns: [customer_id], references: shop.customers, on_delete: cascad}",
        """\
configs/unified/shop.yaml:21:75: on_delete of foreign key 'fk': expected no action or restrict or cascade or set null or set default, found 'cascad'
  hint: did you mean 'cascade'?""",
    ),
    "name without schema": (
        "unified/shop.yaml",
        "customer_id: shop.customers",
        "customer_id: customers",
        "configs/unified/shop.yaml:21:20: foreign key 'customer_id': expected schema.name, found 'customers'",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), EDITS.values(), ids=EDITS.keys())
def test_an_edit(
    file: str, old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems(edited(file, old, new)) == message


@pytest.mark.parametrize("opener", ["[", "{a: ", "- "], ids=["lists", "mappings", "blocks"])
def test_a_text_that_nests_too_deep(
    opener: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = problems(
        edited("project.yaml", "project: shop\n", f"project: shop\n? {opener * 200_000}x\n")
    )
    assert "nested deeper than 1000 levels" in found, found
