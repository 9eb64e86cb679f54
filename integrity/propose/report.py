"""The report as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from integrity.model import Name
from integrity.propose.model import Group, Likeness, Member

if TYPE_CHECKING:
    from integrity.propose.proposal import Proposal


def as_json(proposal: Proposal) -> str:
    """The report, ending with a newline."""
    return json.dumps(document(proposal), indent=2, ensure_ascii=False) + "\n"


def document(proposal: Proposal) -> dict[str, Any]:
    """Groups, what has no contract, and every table with what the draft does with it."""
    return {
        "database": proposal.database,
        "groups": [_group(proposal, group) for group in proposal.groups],
        "unmanaged": list(proposal.survey.catalog.unmanaged),
        "tables": [_table(proposal, name) for name in sorted(proposal.survey.facts)],
    }


def _group(proposal: Proposal, group: Group) -> dict[str, Any]:
    merge = proposal.fates.merge_named(group.name)
    followers = [str(n) for n, name in proposal.fates.followers.items() if name == group.name]
    return {
        "name": group.name,
        "confidence": group.confidence,
        "draft": proposal.verdict(group),
        "unified_table": str(merge.tables[0]) if merge else None,
        "natural_key": merge.key.candidate.column if merge else None,
        "loaded_along": followers if merge else [],
        "members": [_member(member) for member in group.members],
        "views": [
            {"view": str(view.name), "kind": "view of", "reads": [str(name) for name in view.reads]}
            for view in group.views
        ],
        "near": [_near(group, pair) for pair in group.near],
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "table": str(member.table),
        "kind": member.kind.value,
        "rows": member.rows,
        "confidence": member.confidence,
        "evidence": list(member.evidence),
    }


def _near(group: Group, pair: Likeness) -> dict[str, Any]:
    inside, outside = sides(group, pair)
    return {
        "table": str(outside),
        "like": str(inside),
        "confidence": pair.confidence,
        "evidence": list(pair.evidence),
    }


def sides(group: Group, pair: Likeness) -> tuple[Name, Name]:
    """The member of the group, then the table outside."""
    return (pair.one, pair.other) if pair.one in group.tables else (pair.other, pair.one)


def _table(proposal: Proposal, name: Name) -> dict[str, Any]:
    facts, group = proposal.survey.facts[name], proposal.group_of(name)
    entry: dict[str, Any] = {
        "table": str(name),
        "rows": facts.rows,
        "counted": facts.counted,
        "group": group.name if group else None,
        "draft": proposal.fate(name),
    }
    return entry | ({"note": facts.note} if facts.note else {})
