"""The ticker: APScheduler with three habits changed, so that it outlives a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from typing_extensions import override

from archiver.ports import Clock

LOOK_S = 1.0
BACK = timedelta(seconds=1)
"""By less the ticks may be late."""


class Every(BaseTrigger):
    """Fires so long after it was last looked at, whatever was missed.

    APScheduler's own interval goes through every run that was missed, one by one: a machine that
    starts in 1970 and then asks for the time would stand still for minutes.
    """

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    @override
    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return when to fire next."""
        return now + self._interval


class _UniversalTime(tzinfo):
    """The zone in which APScheduler asks for the time of day: it is what our clock tells.

    It asks ``datetime.now(zone)``, and converts nothing that is not in the zone already. A zone of
    summers would have hours twice, or not at all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @override
    def fromutc(self, _machine_s: datetime) -> datetime:
        return self._clock.now().astimezone(UTC).replace(tzinfo=self)

    @override
    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    @override
    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    @override
    def tzname(self, _: datetime | None) -> str:
        return "UTC"


class Ticker:
    """Calls each job again and again, none twice at a time.

    ``jobs`` gives each its interval and what is called. APScheduler waits for a time of day: set
    back by a day, it would call nothing for a day. ``keep`` compares it with time that nobody sets.
    """

    def __init__(
        self, jobs: Mapping[str, tuple[timedelta, Callable[[], Awaitable[None]]]], clock: Clock
    ) -> None:
        make: Any = AsyncIOScheduler
        self._scheduler = make(timezone=_UniversalTime(clock))
        self._clock = clock
        for job, (every, call) in jobs.items():
            self._scheduler.add_job(
                call,
                Every(every),
                id=job,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def keep(self) -> None:
        """Move the ticks with a clock that is set back, until cancelled."""
        wall, steady = self._clock.now(), self._clock.steady()
        while True:
            await asyncio.sleep(LOOK_S)
            last_wall, last_steady = wall, steady
            wall, steady = self._clock.now(), self._clock.steady()
            behind = (steady - last_steady) - (wall - last_wall)
            if behind > BACK:
                self._set_back(behind)

    def _set_back(self, by: timedelta) -> None:
        for job in self._scheduler.get_jobs():
            self._scheduler.modify_job(job.id, next_run_time=job.next_run_time - by)

    def close(self) -> None:
        """Call nothing any more."""
        self._scheduler.shutdown(wait=False)
