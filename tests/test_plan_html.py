"""The HTML page: safe by construction, and as a real Chromium shows it.

The tests in a browser are skipped, by name, where no Chromium is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from plan_fixture import example_plan, hostile_plan

from integrity.plan.explain.html import render_html
from integrity.plan.model import Plan

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STYLE = (Path(__file__).parent.parent / "templates" / "plan.css").read_text()


class _Tags(HTMLParser):
    """Tags with their attributes, and whether they nest."""

    VOID = frozenset({"meta", "input", "br", "rect", "path"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


# --- the text of the page --------------------------------------------------------------------


@pytest.mark.parametrize("plan", [example_plan(), hostile_plan()], ids=["example", "hostile"])
def test_the_page_is_well_formed_and_asks_for_nothing(plan: Plan) -> None:
    page = _Tags(render_html(plan))
    assert (page.wrong, page.open) == ([], [])
    names = [tag for tag, _ in page.tags]
    assert names.count("script") == names.count("style") == names.count("h1") == 1
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & set(names)
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in attributes if name.startswith("on")} | (
        attributes & {"src", "style", "srcset", "action"}
    )
    links = [attrs["href"] or "" for _, attrs in page.tags if "href" in attrs]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_the_policy_allows_the_page_s_own_style_and_script_only() -> None:
    page = render_html(example_plan())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy and "http" not in policy.replace("http-equiv", "")


def test_hostile_text_is_escaped_and_spelt() -> None:
    page = render_html(hostile_plan())
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in page
    assert "{{7*7}}" in page
    assert "\\u202egnp.exe\\u2066" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u200b\u202e\u2066]", page)


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert render_html(example_plan()) == render_html(example_plan())


def test_the_command_names_hash_and_codes_and_is_missing_when_blocked() -> None:
    plan = example_plan()
    command = f"integrity apply --approve {plan.hash} --allow lossy-rollback --allow redirected-"
    assert command in render_html(plan)
    assert "integrity apply --approve" not in render_html(replace(plan, drift=("x",)))


def test_figures_of_the_ledger_are_on_the_page() -> None:
    text = re.sub(r"<[^>]+>", " ", render_html(example_plan()))
    for figure in ("189,613", "125,823", "56,048", "104,525", "core_betting.betting_lines_spread"):
        assert figure in text
    assert "Rows were not counted" in render_html(replace(example_plan(), profiles=None))


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", _long(block)))


def _long(block: str) -> str:
    return re.sub(r"#([0-9a-f])([0-9a-f])([0-9a-f])(?![0-9a-f])", r"#\1\1\2\2\3\3", block)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_of_text_is_at_least_4_5(scheme: int) -> None:
    """WCAG 2.2, success criterion 1.4.3."""
    colours = _colours(re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme])
    pairs = [(text, ground) for text in ("ink", "quiet", "link") for ground in ("paper", "panel")]
    pairs += [(text, f"{text}-soft") for text in ("red", "amber", "green")]
    pairs += [("ink", f"{ground}-soft") for ground in ("red", "amber", "green", "blue")]
    for text, ground in pairs:
        light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


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
    """Opens the page of a plan; the page has lists ``requests`` and ``messages``."""
    contexts = []

    def open_page(plan: Plan, *, width: int = 1280, **options: Any) -> Any:
        path = tmp_path / "plan.html"
        path.write_text(render_html(plan))
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.messages, page.failures = [], [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("requestfailed", lambda request: page.failures.append(request.failure))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1440, 1000, 390])
@pytest.mark.parametrize("plan", [example_plan(), hostile_plan()], ids=["example", "hostile"])
def test_browser_no_request_no_message_no_sideways_scroll(
    show: Show, plan: Plan, width: int
) -> None:
    page = show(plan, width=width)
    page.locator("#expand").click()
    assert len(page.requests) == 1
    assert page.messages == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_browser_hostile_text_is_text(show: Show) -> None:
    page = show(hostile_plan())
    assert page.title().startswith("Plan of <script>document.title='owned'</script>")
    shown = page.locator("#unmanaged li").inner_text()
    assert shown.startswith("<script>document.title='owned'</script> \"><img src=x onerror=")
    assert "\\u202egnp.exe\\u2066 \\u200bzero \\u001b[31mred \\u0000nul" in shown
    assert page.locator("img").count() == 0


def test_browser_the_policy_stops_what_slips_through(show: Show) -> None:
    page = show(example_plan())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'owned'";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "http://127.0.0.1:9/x.png";
            document.body.append(image);
        }"""
    )
    assert page.title() == "Plan of mlb"
    assert any("Content Security Policy" in message for message in page.messages)
    assert page.failures == ["csp"]


def test_browser_filter_and_expand(show: Show) -> None:
    page = show(example_plan())
    page.locator("#filter").fill("sportsbook_mappings")
    assert page.locator("article:visible").count() == 1
    assert " of " in page.locator("#found").inner_text()
    page.locator("#filter").press("Escape")
    assert page.locator("article:visible").count() == 8
    page.locator("#expand").click()
    assert page.locator("details:not([open])").count() == 0
    page.locator("#collapse").click()
    assert page.locator("details[open]").count() == 0


def test_browser_a_link_to_a_hidden_step_opens_it(show: Show) -> None:
    page = show(example_plan())
    page.locator("#filter").fill("no such thing")
    page.evaluate("location.hash = '#step-013-there-2'")
    page.wait_for_function("document.getElementById('step-013-there-2').open")
    assert page.locator("#step-013-there-2 pre").is_visible()
    assert page.locator("#filter").input_value() == ""


def test_browser_works_without_scripts(show: Show) -> None:
    page = show(example_plan(), java_script_enabled=False)
    assert page.locator(".tools").is_hidden()
    assert page.locator("article:visible").count() == 8
    page.locator("#step-013-there-2 > summary").click(position={"x": 5, "y": 5})
    assert page.locator("#step-013-there-2 pre").is_visible()


def test_browser_keyboard_reaches_the_plan_first(show: Show) -> None:
    page = show(example_plan())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the plan"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_browser_headings_tables_and_regions_are_named(show: Show) -> None:
    page = show(example_plan())
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("table:not(:has(> caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    unnamed = "[role=region]:not([aria-label]):not([aria-labelledby])"
    assert page.locator(unnamed).count() == 0
    assert page.locator("nav:not([aria-label])").count() == 0


def test_browser_the_map_names_its_ribbons(show: Show) -> None:
    page = show(example_plan())
    titles = page.evaluate(
        "[...document.querySelectorAll('.ribbon title')].map(t => t.textContent)"
    )
    assert "public.games → core_betting.games: 9,718 inserted" in titles
    inside = page.evaluate(
        """() => {
            const box = document.querySelector('.map svg').getBoundingClientRect();
            return [...document.querySelectorAll('.map text')].every(text => {
                const one = text.getBoundingClientRect();
                return one.left >= box.left - 1 && one.right <= box.right + 1;
            });
        }"""
    )
    assert inside


def test_browser_paper_shows_what_is_folded(show: Show) -> None:
    page = show(example_plan())
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


@pytest.mark.parametrize(("scheme", "ground"), [("light", 252), ("dark", 20)])
def test_browser_follows_the_colour_scheme(show: Show, scheme: str, ground: int) -> None:
    page = show(example_plan(), color_scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour.startswith(f"rgb({ground}, ")
