from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, UndefinedError

from integrity.errors import Failure
from integrity.model import Name
from integrity.sql import template
from integrity.sql.quote import RESERVED, cut, dollar, ident, idents, literal, qualified
from integrity.sql.scan import SqlProblem, indented, tokens

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
ON_ONE_DATABASE = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("games", "games"),
        ("_a1", "_a1"),
        ("Games", '"Games"'),
        ("1a", '"1a"'),
        ("a b", '"a b"'),
        ('a"b', '"a""b"'),
        ("order", '"order"'),
        ("left", '"left"'),
        ("values", '"values"'),
        ("json_table", '"json_table"'),
        ("status", "status"),
        ("a$b", '"a$b"'),
        ("é", '"é"'),
    ],
)
def test_ident_quotes_what_needs_it(name: str, quoted: str) -> None:
    assert ident(name) == quoted
    assert qualified(Name(name, name)) == f"{quoted}.{quoted}"
    assert idents([name, "x"]) == f"{quoted}, x"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "an identifier is empty"),
        ("a\0b", r"identifier 'a\x00b' holds a NUL character, PostgreSQL cannot store it"),
        ("\ud800", r"identifier '\ud800' is not valid Unicode"),
        ("é" * 32, f"identifier {'é' * 32!r} has 64 bytes, PostgreSQL allows 63"),
    ],
)
def test_ident_refuses_what_no_identifier_can_be(name: str, message: str) -> None:
    with pytest.raises(Failure) as caught:
        ident(name)
    assert caught.value.message == message


@pytest.mark.both_servers
def test_key_words_are_the_servers(connection) -> None:
    rows = connection.execute("select word from pg_get_keywords() where catcode <> 'U'")
    assert {word for (word,) in rows} <= RESERVED


@ON_ONE_DATABASE
@given(names=st.lists(TEXTS.filter(bool).map(cut), min_size=1, max_size=5, unique=True))
def test_identifiers_round_trip(connection, names: list[str]) -> None:
    columns = ", ".join(f"{n} as {ident(name)}" for n, name in enumerate(names))
    described = connection.execute(f"select {columns}").description
    assert [column.name for column in described] == names


@pytest.mark.both_servers
@pytest.mark.parametrize("conforming", ["on", "off"])
def test_texts_round_trip(connection, conforming: str) -> None:
    connection.execute("set escape_string_warning = off")
    connection.execute(f"set standard_conforming_strings = {conforming}")

    @settings(max_examples=100, deadline=None)
    @given(text=TEXTS | st.text("'\\$%{}\n:;-", max_size=12))
    def check(text: str) -> None:
        row = connection.execute(f"select {literal(text)}, {dollar(text)}").fetchone()
        assert row == (text, text)

    check()


@pytest.mark.parametrize("body", ["", "$", "$$", "$body$", "x$body", "$body$ $body1$", "$body1"])
def test_dollar_tags_do_not_occur_in_the_body(connection, body: str) -> None:
    assert connection.execute(f"select {dollar(body)}").fetchone() == (body,)


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "'NaN'::pg_catalog.numeric"),
        ("it's", "'it''s'"),
        ("a\\'b", "E'a\\\\''b'"),
    ],
)
def test_literals(value: str | int | Decimal | None, sql: str) -> None:
    assert literal(value) == sql


def test_a_text_with_nul_is_refused() -> None:
    with pytest.raises(Failure, match="holds a NUL character"):
        literal("a\0")


def test_cut_keeps_short_names_and_makes_long_ones_distinct() -> None:
    assert cut("é" * 31) == "é" * 31
    long = cut("é" * 60)
    assert long == "é" * 27 + "_f989aaf5"
    assert len(long.encode()) == 63
    assert cut("é" * 61) != long


@given(TEXTS | st.text("ab'\"$E\\-/*\n(1.", max_size=20))
def test_tokens_joined_are_the_text(text: str) -> None:
    try:
        found = list(tokens(text))
    except SqlProblem as problem:
        assert problem.offset is not None and 0 <= problem.offset < len(text)
        return
    assert "".join(token.text for token in found) == text
    assert "".join(text[t.offset : t.offset + len(t.text)] for t in found) == text


def test_indenting_leaves_strings_as_they_are() -> None:
    text = "a\n|| 'x\ny' -- it's\n|| \"q\nq\" || $t$\n$t$ || E'\\'\n'\n"
    assert indented(text, 2) == "a\n  || 'x\ny' -- it's\n  || \"q\nq\" || $t$\n$t$ || E'\\'\n'\n  "


@pytest.fixture
def templates(tmp_path, monkeypatch):
    monkeypatch.setattr(template, "directory", lambda: tmp_path)
    template._environment.cache_clear()
    yield tmp_path
    template._environment.cache_clear()


def test_a_template_is_rendered_with_its_filters(templates) -> None:
    (templates / "load.rows.sql").write_text(
        "insert into {{ table | qualified }} ({{ columns | idents }})\n"
        "select\n"
        "    {{ values | lines(4) }}\n"
        "{% if keep %}\n"
        "where {{ columns[0] | ident }} <> {{ keep | literal }}\n"
        "{% endif %}\n"
    )
    values = ["a", "case\n  when b = '\n' then 1\nend"]
    text = template.render(
        "load.rows.sql", table=Name("s", "Order"), columns=["Id", "b"], values=values, keep="it's"
    )
    assert text == (
        'insert into s."Order" ("Id", b)\n'
        "select\n"
        "    a,\n"
        "    case\n      when b = '\n' then 1\n    end\n"
        "where \"Id\" <> 'it''s'\n"
    )


def test_an_undefined_value_is_an_error(templates) -> None:
    (templates / "x.sql").write_text("{{ missing }}")
    with pytest.raises(UndefinedError, match="'missing' is undefined"):
        template.render("x.sql")
    with pytest.raises(TemplateNotFound):
        template.render("y.sql")


def test_templates_lie_in_the_checkout_or_in_the_package(tmp_path, monkeypatch) -> None:
    assert template.directory().name == "templates"
    assert (template.directory().parent / "pyproject.toml").exists()
    package = tmp_path / "integrity"
    (package / "templates").mkdir(parents=True)
    monkeypatch.setattr(template, "_PACKAGE", package)
    assert template.directory() == package / "templates"
