"""Five fields of cron in the words of APScheduler, whose weekdays begin with Monday.

The rules are those of crontab(5): weekday 0 and 7 are Sunday, and where both the day of the month
and the weekday are restricted, a day that meets one of them is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from re import compile as pattern

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELD = pattern(r"[\w*/,-]+", 0)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields; ``weekday`` lists names, or is ``*``."""

    minute: str
    hour: str
    day: str
    month: str
    weekday: str

    @property
    def either_day(self) -> bool:
        """Whether a day that meets one of the two is meant."""
        return not self.day.startswith("*") and self.weekday != "*"

    @property
    def every_hour(self) -> bool:
        """Whether it goes by elapsed time rather than by a fixed hour of the wall clock."""
        return self.hour.startswith("*")


def fields(cron: str) -> Fields:
    """The fields of a line of cron. Raises ValueError that says what is wrong."""
    parts = cron.lower().split()
    if len(parts) != 5:
        raise ValueError(f"expected five fields, found {cron!r}")
    for part in parts:
        if not _FIELD.fullmatch(part):
            raise ValueError(f"cannot read the field {part!r}")
    minute, hour, day, month, weekday = parts
    return Fields(minute, hour, day, month, _weekdays(weekday))


def _weekdays(field: str) -> str:
    if field == "*":
        return field
    days = {day % 7 for part in field.split(",") for day in _range(part)}
    return ",".join(WEEKDAYS[day] for day in sorted(days)) if len(days) < 7 else "*"


def _range(part: str) -> Iterator[int]:
    span, slash, step = part.partition("/")
    low, dash, high = ("0", "-", "6") if span == "*" else span.partition("-")
    first = _weekday(low)
    last = _weekday(high) if dash else 6 if slash else first
    if last < first:  # fri-mon
        last += 7
    if slash and (not step.isdigit() or int(step) < 1):
        raise ValueError(f"cannot read the weekdays {part!r}")
    yield from range(first, last + 1, int(step) if slash else 1)


def _weekday(word: str) -> int:
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    if not word.isdigit() or int(word) > 7:
        raise ValueError(f"there is no weekday {word!r}: 0 to 7 or {', '.join(WEEKDAYS)}")
    return int(word)
