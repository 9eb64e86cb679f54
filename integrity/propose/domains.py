"""Drafts hold no domains: the toolkit types expressions by the server, which sees the type below.

A domain's checks belong to the draft as checks; which of them to keep is for a person to decide.
"""

from __future__ import annotations

from dataclasses import replace

from integrity.model import Table
from integrity.propose.drafts import Draft
from integrity.propose.model import Facts, Survey
from integrity.sql.quote import qualified


def without_domains(survey: Survey) -> Survey:
    """The survey with the type below in place of each domain."""
    below = {qualified(domain.name): domain.type for domain in survey.catalog.domains}

    def plain(spelt: str) -> str:
        element = spelt.removesuffix("[]")
        while element in below:
            element = below[element]
        return element + spelt[len(spelt.removesuffix("[]")) :]

    def changed(facts: Facts) -> Facts:
        columns = tuple(replace(c, type=plain(c.type)) for c in facts.table.columns)
        return replace(facts, table=replace(facts.table, columns=columns))

    if not below:
        return survey
    return replace(survey, facts={name: changed(one) for name, one in survey.facts.items()})


def noted(draft: Draft, before: Survey, after: Survey) -> Draft:
    """The draft with a note on each of its columns that was of a domain."""
    old, new = (side.facts[draft.table.name].table for side in (before, after))
    was = _changed(old, new)
    if not was:
        return draft
    note = f"Decide: columns of domains, whose checks are not carried over: {', '.join(was)}"
    return replace(draft, table=replace(draft.table, notes=(*draft.table.notes, note)))


def _changed(old: Table, new: Table) -> list[str]:
    pairs = zip(old.columns, new.columns, strict=True)
    return [f"{one.name} ({one.type})" for one, other in pairs if one.type != other.type]
