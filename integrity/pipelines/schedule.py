"""When pipelines run by themselves. The door to APScheduler.

APScheduler only wakes: it keeps no jobs on disk. The schedule comes from the YAML, and what has run
from the ledger (``agenda.py``), so a scheduler that was away knows what it missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from integrity.errors import ConfigFailure, Problem
from integrity.pipeline_model import Schedule
from integrity.pipelines.cron import fields

# What it logs the events of the agenda say; without a handler Python would print it.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())

_INSTANT = timedelta(microseconds=1)
# How far back the last moment is looked for; the longest gap is 29 February, 1896 to 1904 alike.
_LOOK_BACK = tuple(timedelta(days=d) for d in (1 / 24, 1, 8, 32, 367, 9 * 366))
_PULSE = 30  # seconds: after a suspension the scheduler is awake within so many


class Moments(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """The moments of a schedule, in its zone.

    At the change to summer time a moment that does not exist comes as much later as the clock was
    put forward. In autumn, a moment at a fixed hour that exists twice comes the first time only;
    with ``*`` for the hour, both times.
    """

    def __init__(self, schedule: Schedule) -> None:
        try:
            found = fields(schedule.cron)
            self.zone = ZoneInfo(schedule.zone)
            days = [(found.day, found.weekday)]
            if found.either_day:
                days = [(found.day, "*"), ("*", found.weekday)]
            self._triggers = [
                CronTrigger(
                    minute=found.minute,
                    hour=found.hour,
                    day=day,
                    month=found.month,
                    day_of_week=weekday,
                    timezone=self.zone,
                )
                for day, weekday in days
            ]
        except (ValueError, KeyError) as error:
            message = f"cron {schedule.cron!r} of schedule: {error}"
            hint = "minute, hour, day of the month, month, weekday: 15 6 * * mon-fri"
            raise ConfigFailure([Problem(schedule.location, message, hint)]) from None
        self._every_hour = found.every_hour

    def after(self, moment: datetime) -> datetime | None:
        """The first moment after this one; None when there is none any more."""
        found = [self._after(one, moment) for one in self._triggers]
        return min((one for one in found if one), default=None)

    def last(self, now: datetime) -> datetime | None:
        """The last moment that is not after ``now``."""
        for back in _LOOK_BACK:
            found, moment = None, self.after(now - back)
            while moment is not None and moment <= now:
                found, moment = moment, self.after(moment)
            if found is not None:
                return found
        return None

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """As APScheduler asks for it."""
        return self.after(previous or now)

    def _after(self, trigger: CronTrigger, moment: datetime) -> datetime | None:
        while True:
            found = trigger.get_next_fire_time(None, moment.astimezone(UTC) + _INSTANT)
            if found is None:
                return None
            # Through UTC and back: a wall clock that does not exist becomes one that does.
            moment = found.astimezone(UTC).astimezone(self.zone)
            if self._every_hour or not moment.fold:
                return moment


class Clockwork:
    """Calls ``attempt`` with the name of a pipeline at each of its moments, in threads.

    It answers in how many seconds it wants to be called again, or None. ``skipped`` is told of a
    moment at which the pipeline was still at work.
    """

    def __init__(
        self,
        attempt: Callable[[str], float | None],
        skipped: Callable[[str, datetime], None],
        *,
        workers: int,
    ) -> None:
        self._attempt, self._skipped = attempt, skipped
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(workers)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._overlap, EVENT_JOB_MAX_INSTANCES)
        self._scheduler.add_job(lambda: None, IntervalTrigger(seconds=_PULSE), id="")

    def add(self, name: str, moments: Moments) -> None:
        """Call for this pipeline: now, for it may have missed something, and at its moments."""
        self._scheduler.add_job(
            self._call, moments, [name], id=name, next_run_time=datetime.now(UTC)
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Call no more; returns when those that were called have ended."""
        self._scheduler.shutdown(wait=True)

    def next(self, name: str) -> datetime | None:
        """When a pipeline is called next."""
        job = self._scheduler.get_job(name)
        return job.next_run_time if job else None

    def again(self, name: str, moment: datetime) -> None:
        """Call for a pipeline at this moment too, if that is before its next."""
        with suppress(JobLookupError):
            planned = self.next(name)
            if planned is None or moment < planned:
                self._scheduler.modify_job(name, next_run_time=moment)

    def _call(self, name: str) -> None:
        seconds = self._attempt(name)
        if seconds is not None:
            self.again(name, datetime.now(UTC) + timedelta(seconds=seconds))

    def _overlap(self, event: JobSubmissionEvent) -> None:
        if event.job_id:
            self._skipped(event.job_id, event.scheduled_run_times[-1])
