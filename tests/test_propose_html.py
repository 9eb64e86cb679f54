"""The report's page: safe by construction, and as a real Chromium shows it.

The tests in a browser are skipped, by name, where no Chromium is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_plan_html import CHROMIUM, FLAGS, _Tags

from integrity.model import Catalog, Column, Key, Name, Table, View
from integrity.propose.fates import Fates
from integrity.propose.groups import groups
from integrity.propose.html import render_html
from integrity.propose.model import ColumnSample, Facts, Survey
from integrity.propose.proposal import Proposal

HOSTILE = "<script>document.title='owned'</script>\"><img src=x onerror=alert(1)>"


def _facts(schema: str, name: str, columns: str, rows: int) -> Facts:
    table = Table(
        name=Name(schema, name),
        columns=tuple(Column(name=one, type="text") for one in columns.split()),
        primary_key=Key(name=f"{name}_pkey", columns=(columns.split()[0],)),
    )
    sample = ColumnSample(filled=rows, distinct=rows, sketch=tuple(range(min(rows, 400))))
    samples = {columns.split()[0]: sample} if rows else {}
    return Facts(table=table, rows=rows, counted=True, sampled=rows, columns=samples)


@cache
def proposal(*, tables: int = 0, hostile: bool = False) -> Proposal:
    """Customers twice, a view of them, and ``tables`` others in twenty schemas."""
    made = [
        _facts("crm", "customers", "email full_name phone", 60),
        _facts("web", "customers_v2", "email full_name newsletter", 55),
        _facts("hr", "shifts", "day hours", 0),
    ]
    made += [
        _facts(f"s{n % 20}", f"thing{n}_of_{n * n}", f"a{n} b{n} c{n}", 10 ** (n % 7))
        for n in range(tables)
    ]
    if hostile:
        made += [
            _facts(HOSTILE, "a\u202eb", "x \u0007y", 1),
            _facts("{{7*7}}", HOSTILE, "x y", 2),
        ]
    catalog = Catalog(
        schemas=tuple(sorted({one.table.name.schema for one in made})),
        tables=tuple(one.table for one in made),
        views=(
            View(name=Name("crm", "all_customers"), definition="", reads=(made[0].table.name,)),
        ),
    )
    survey = Survey(catalog=catalog, facts={one.table.name: one for one in made})
    found = groups(survey)
    fates = Fates(
        merges=(),
        followers={},
        archived={},
        moved=tuple(sorted(survey.facts)),
        reasons={group.name: f"no key {HOSTILE if hostile else ''}" for group in found},
    )
    return Proposal(
        database=HOSTILE if hostile else "shop",
        survey=survey,
        groups=found,
        fates=fates,
        drafts=(),
        seconds=0.0,
    )


BOTH = pytest.mark.parametrize("large", [True, False], ids=["large", "hostile"])


@cache
def rendered(large: bool) -> str:
    return render_html(proposal(tables=250) if large else proposal(hostile=True))


@BOTH
def test_the_page_is_well_formed_and_asks_for_nothing(large: bool) -> None:
    page = _Tags(rendered(large))
    assert (page.wrong, page.open) == ([], [])
    names = [tag for tag, _ in page.tags]
    assert names.count("script") == names.count("style") == names.count("h1") == 1
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & set(names)
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in attributes if name.startswith("on")} | (
        attributes & {"src", "style", "srcset", "action"}
    )
    links = {attrs["href"] or "" for _, attrs in page.tags if "href" in attrs}
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_hostile_text_is_escaped_and_spelt() -> None:
    page = rendered(False)
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in page
    assert "{{7*7}}" in page
    assert "a\\u202eb" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u200b\u202e\u2066]", page)


def test_each_table_is_drawn_once_and_each_member_linked() -> None:
    shown = proposal(tables=250)
    page = rendered(True)
    assert page.count('<g class="box') == len(shown.survey.facts) == 253
    members = sum(len(group.members) - 1 for group in shown.groups)
    assert page.count('<path class="line') == members >= 1


# --- in a browser ----------------------------------------------------------------------------

Show = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Show]:
    """Opens the page of a proposal; the page has lists ``requests`` and ``messages``."""
    contexts = []

    def open_page(text: str, *, width: int = 1280, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1440, 390])
@BOTH
def test_browser_no_request_no_message_no_sideways_scroll(
    show: Show, large: bool, width: int
) -> None:
    page = show(rendered(large), width=width)
    page.locator("#expand").click()
    assert len(page.requests) == 1
    assert page.messages == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_browser_hostile_text_is_text(show: Show) -> None:
    page = show(rendered(False))
    assert page.title().startswith("Fragmentation of <script>document.title='owned'</script>")
    assert page.locator("img").count() == 0


def test_browser_the_filter_finds_groups_and_lights_tables(show: Show) -> None:
    page = show(rendered(True))
    page.locator("#filter").fill("customer")
    assert page.locator("article:visible").count() == 1
    assert page.locator(".drawing.dim .box.lit").count() == 2
    assert page.locator(".drawing .line.lit").count() == 1
    page.locator("#filter").press("Escape")
    assert page.locator(".drawing.dim").count() == 0


def test_browser_a_table_leads_to_its_group(show: Show) -> None:
    page = show(render_html(proposal()))
    page.locator(".box.in a").first.click()
    assert page.evaluate("location.hash") == "#group-1"


def test_browser_works_without_scripts(show: Show) -> None:
    page = show(render_html(proposal()), java_script_enabled=False)
    assert page.locator(".tools").is_hidden()
    page.locator("article summary").first.click(position={"x": 5, "y": 5})
    assert page.locator("article table").first.is_visible()


def test_browser_names_stay_in_their_boxes(show: Show) -> None:
    page = show(rendered(True))
    assert page.evaluate(
        """() => {
            const box = document.querySelector('.map svg').getBoundingClientRect();
            return [...document.querySelectorAll('.map text')].every(text => {
                const one = text.getBoundingClientRect();
                return one.left >= box.left - 1 && one.right <= box.right + 1;
            });
        }"""
    )


@pytest.mark.parametrize(("scheme", "ground"), [("light", 252), ("dark", 20)])
def test_browser_follows_the_colour_scheme(show: Show, scheme: str, ground: int) -> None:
    page = show(render_html(proposal()), color_scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour.startswith(f"rgb({ground}, ")
