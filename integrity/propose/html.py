"""The report as one HTML page that needs nothing else: no request, no script to be read.

Style, script and policy are those of the plan's page, with what the map needs beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrity.plan.explain.html import content_policy
from integrity.plan.shown import number, plural, shown
from integrity.propose.picture import group_colours, picture
from integrity.propose.report import sides
from integrity.sql.template import directory, render_page

if TYPE_CHECKING:
    from integrity.propose.proposal import Proposal

_NAME = 30  # letters of a table that fit into its box


def render_html(proposal: Proposal) -> str:
    """The page, ending with a newline. The same proposal gives the same bytes."""
    style, script = (_joined(f"plan.{end}", f"propose.{end}") for end in ("css", "js"))
    grouped = {name for group in proposal.groups for name in group.tables}
    facts = proposal.survey.facts
    text = render_page(
        "propose.html",
        show=shown,
        filters={"number": number, "plural": plural, "short": _short, "sure": _sure},
        policy=content_policy(style, script),
        style=style,
        script=script,
        proposal=proposal,
        picture=picture(proposal),
        colours=group_colours(proposal.groups),
        grouped=len(grouped),
        alone=[facts[name] for name in sorted(facts.keys() - grouped)],
        notes=[one for _, one in sorted(facts.items()) if one.note],
        sides=sides,
    )
    return text.rstrip("\n") + "\n"


def _joined(*names: str) -> str:
    return "".join((directory() / name).read_text(encoding="utf-8") for name in names)


def _short(text: str, most: int = _NAME) -> str:
    """At most that many characters, the end left out."""
    text = shown(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _sure(confidence: float) -> str:
    """A confidence in per cent."""
    return f"{confidence:.0%}"
