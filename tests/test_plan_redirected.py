"""Views that keep reading legacy, functions whose names change their meaning."""

from __future__ import annotations

import pytest

from integrity.model import Catalog, Column, ForeignKey, Function, Name, Table, View
from integrity.plan.model import Redirected
from integrity.plan.redirected import find_redirected

GAMES = Name("core_betting", "games")
MONEYLINE = Name("mlb_betting", "moneyline")
OLD = Name("public", "games")
ODD = Name('Odd "schema"', "Games")


def _catalog(*views: View, functions: tuple[Function, ...] = ()) -> Catalog:
    tables = tuple(
        Table(name=name, columns=(Column(name="id", type="bigint"),))
        for name in (GAMES, MONEYLINE, OLD, ODD)
    )
    return Catalog(tables=tables, views=views, functions=functions)


def _find(catalog: Catalog) -> tuple[Redirected, ...]:
    return find_redirected(
        catalog,
        parked={GAMES, ODD},
        unified={GAMES, Name("core_betting", "betting_lines")},
        sources={GAMES, MONEYLINE, OLD, ODD},
    )


def _function(body: str, *, head: str = "") -> Function:
    definition = (
        "CREATE OR REPLACE FUNCTION s.f(a integer)\n RETURNS trigger\n LANGUAGE plpgsql\n"
        f"{head}AS $function$\n{body}\n$function$\n"
    )
    return Function(name=Name("s", "f"), arguments="a integer", definition=definition)


def _names(body: str, *, head: str = "") -> tuple[str, ...]:
    found = _find(_catalog(functions=(_function(body, head=head),)))
    return found[0].names if found else ()


def test_a_view_over_a_parked_table_keeps_reading_it() -> None:
    view = View(name=Name("analytics", "v"), definition="", reads=(GAMES,))
    (one,) = _find(_catalog(view))
    assert one == Redirected(
        kind="view",
        name="analytics.v",
        names=("core_betting.games",),
        effect="goes on reading the old rows, in core_betting__legacy.games",
    )


def test_a_view_over_a_view_is_found_too() -> None:
    inner = View(name=Name("a", "inner"), definition="", reads=(MONEYLINE,))
    outer = View(name=Name("a", "outer"), definition="", reads=(inner.name,), materialized=True)
    other = View(name=Name("a", "other"), definition="", reads=(Name("x", "y"),))
    found = _find(_catalog(inner, outer, other))
    assert [(one.kind, one.name) for one in found] == [
        ("materialized view", "a.outer"),
        ("view", "a.inner"),
    ]
    assert found[0].effect == (
        "a refresh goes on reading legacy mlb_betting.moneyline, read-only after the switch"
    )


def test_views_that_read_each_other_end() -> None:
    one = View(name=Name("a", "one"), definition="", reads=(Name("a", "two"), GAMES))
    two = View(name=Name("a", "two"), definition="", reads=(Name("a", "one"),))
    assert [found.name for found in _find(_catalog(one, two))] == ["a.one", "a.two"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("select * from core_betting.games", ("core_betting.games",)),
        ("select * from Core_Betting . GAMES g", ("core_betting.games",)),
        ('select * from "core_betting"."games"', ("core_betting.games",)),
        ('select * from "core_betting"."Games"', ()),
        ('select * from "Odd ""schema"""."Games"', ('Odd "schema".Games',)),
        ("select core_betting.games.id from core_betting.games", ("core_betting.games",)),
        ("r core_betting.games%rowtype;", ("core_betting.games",)),
        ("select 1 -- from core_betting.games", ()),
        ("select 1 /* core_betting.games */", ()),
        ("execute 'delete from core_betting.games'", ("core_betting.games",)),
        ("execute 'select ''x'' from core_betting.games'", ("core_betting.games",)),
        ("execute $q$select * from core_betting.games$q$", ("core_betting.games",)),
        ("select * from core_betting.games_old, xcore_betting.games", ()),
        ("select * from games", ("public.games",)),
        ("select games from other", ()),
        ("select * from other o, games", ("public.games",)),
        ("select * from (select 1, 2) x, games g where true", ("public.games",)),
        ("select other, games from x", ()),
        ("select * from other where a in (b, games)", ()),
        ("truncate games", ("public.games",)),
        ("delete from other using games g", ("public.games",)),
        ("table games", ("public.games",)),
        ("declare r games%rowtype;", ("public.games",)),
        ("insert into games (id) values (1)", ("public.games",)),
        ("select id into games from other", ()),
        ("select * from games(1)", ()),
        ("it's not SQL # core_betting.games", ("core_betting.games",)),
    ],
)
def test_names_in_a_body(body: str, names: tuple[str, ...]) -> None:
    assert _names(body) == names


def test_an_unqualified_name_follows_the_function_s_search_path() -> None:
    head = " SET search_path TO 'nowhere', 'core_betting', 'public'\n"
    assert _names("select * from games", head=head) == ("core_betting.games",)


def test_a_name_taken_by_a_unified_table_changes_its_meaning() -> None:
    body = "select * from core_betting.games join mlb_betting.moneyline using (id)"
    (one,) = _find(_catalog(functions=(_function(body),)))
    assert one.name == "s.f(a integer)"
    assert one.effect == (
        "will mean the unified core_betting.games; "
        "still means legacy mlb_betting.moneyline, read-only after the switch"
    )


def test_a_name_that_nobody_takes_is_missed() -> None:
    (one,) = _find(_catalog(functions=(_function('table "Odd ""schema"""."Games"'),)))
    assert one.effect == 'will find no table Odd "schema".Games'


def test_a_body_the_server_parsed_is_bound_as_a_view_is() -> None:
    definition = (
        "CREATE OR REPLACE FUNCTION s.g()\n RETURNS bigint\n LANGUAGE sql\n"
        "BEGIN ATOMIC\n SELECT count(*) FROM core_betting.games;\nEND\n"
    )
    function = Function(name=Name("s", "g"), arguments="", definition=definition)
    (one,) = _find(_catalog(functions=(function,)))
    assert one.effect == "goes on reading the old rows, in core_betting__legacy.games"


def test_a_foreign_key_of_a_table_that_stays_goes_on_referring_to_legacy() -> None:
    key = ForeignKey(name="fk", columns=("game_id",), references=GAMES, to=("id",))
    taken = Table(name=MONEYLINE, columns=(), foreign_keys=(key,))
    stays = Table(name=Name("x", "notes"), columns=(), foreign_keys=(key,))
    catalog = Catalog(tables=(Table(name=GAMES, columns=()), taken, stays))
    (one,) = _find(catalog)
    assert (one.kind, one.name) == ("foreign key", "x.notes.fk")
    assert one.effect == (
        "goes on referring to core_betting__legacy.games: it accepts no key of a new unified row"
    )
