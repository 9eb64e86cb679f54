"""What a kind of pipeline may leave as it is: nothing is added to a batch."""

from __future__ import annotations

from collections.abc import Iterator


class Plain:
    """Adds nothing; a kind overrides what it needs."""

    __slots__ = ()

    def opened(self) -> Iterator[str]:
        """Run once, before the first batch of a pass."""
        yield from ()

    def conditions(self) -> tuple[str, ...]:
        """Further conditions over the extract ``s``."""
        return ()

    def survey_tables(self) -> Iterator[str]:
        """Tables for what must be known of the whole source first; none: nothing must."""
        yield from ()

    def claimed(self) -> Iterator[str]:
        """Fills the fates of one slice for the survey."""
        yield from ()

    def surveyed(self) -> Iterator[str]:
        """Notes that of the settled candidates of one slice."""
        yield from ()

    def survey_closed(self) -> Iterator[str]:
        """Concludes from what was noted."""
        yield from ()

    def judged(self) -> Iterator[str]:
        """Decides between candidates that the target's rules accept."""
        yield from ()

    def repeated(self) -> Iterator[str]:
        """Writes down repeats, once new rows stand."""
        yield from ()

    def after(self) -> Iterator[str]:
        """What is written down once the batch's own entries in quarantine stand."""
        yield from ()

    def closed(self) -> Iterator[str]:
        """Run once, when every row of the source was passed."""
        yield from ()
