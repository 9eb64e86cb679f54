"""Approval of a destructive step: asked for on a terminal, given by hash or --yes elsewhere."""

from __future__ import annotations

import sys

import click

from integrity.cli.session import Session

SHORTEST = 12  # hex digits of a hash that may stand for all of it


def approve(
    session: Session, digest: str, *, yes: bool, approved: str | None, question: str
) -> None:
    """Return when the plan with hash ``digest`` is approved; raise RefusedFailure else."""
    from integrity.errors import RefusedFailure

    if approved is not None:
        if len(approved) >= SHORTEST and digest.startswith(approved.lower()):
            return
        raise RefusedFailure(
            f"--approve {approved} is not the hash of this plan, {digest}",
            hint="look at the plan again: it changed, or it was made for another database",
        )
    if yes:
        return
    if session.as_json or not sys.stdin.isatty():
        raise RefusedFailure(
            "nobody can be asked: this is not a terminal",
            hint=f"approve it with --approve {digest}, or with --yes",
        )
    if not click.confirm(question, default=False, err=True):
        raise RefusedFailure("not approved: nothing was changed")
