"""Put right what a wrong clock wrote, a part at a time, beside the other work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from archiver.daemon.clockwatch import apart
from archiver.daemon.conditions import Conditions
from archiver.errors import StoreError
from archiver.flow.outside import Outside
from archiver.model.worker import Condition, IncidentKind
from archiver.ports import Longest

SPREAD = timedelta(hours=1)
"""Sources that a wrong clock put off are due within this: not all of them at once."""
AHEAD = timedelta(hours=1)
AMPLE = 2
"""By how much longer than the longest schedule a source waits whose time a wrong clock wrote:
the schedules may have been others, and their jitter puts some off."""
PART = 2000
AGAIN_S = 5.0  # after the database refused


class PuttingRight:
    """Brings due times back after the clock was set back; one round at a time.

    By a clock that the database's server contradicts nothing is put right: whoever sees the two
    agree again calls :meth:`after_start` then. ``feeds_every`` is the usual time between two looks
    at a feed; ``then`` is called when all due times were gone through.
    """

    def __init__(
        self,
        outside: Outside,
        conditions: Conditions,
        feeds_every: timedelta,
        then: Callable[[], object],
    ) -> None:
        table = outside.timetable
        self._outside = outside
        self._conditions = conditions
        self._longest = Longest(
            look=AMPLE * table.longest,
            per_day=table.budget.per_day,
            spacing=table.budget.spacing,
            pause=table.retry_cap,
            feed=feeds_every,
        )
        self._then = then
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("archiver.daemon")

    async def after_start(self) -> None:
        """Find out whether the clock was wrong before this process began; put it right then.

        What a process before this one began to put right, and did not end, is ended. So it is
        found out whether the clock of a database's server was.

        Raises:
            StoreError: the database refused.
        """
        async with self._one_at_a_time:  # what is being put right is found no second time
            await self._find_out()

    async def _find_out(self) -> None:
        calendar = self._outside.store.calendar
        if await apart(self._outside.store, self._outside.clock) is not None:
            return
        if not calendar.goes_by_our_clock and (ahead := await calendar.ahead()) > AHEAD:
            note = f"jobs were queued {ahead} from now: the database's clock was wrong then"
            self._conditions.note(IncidentKind.CLOCK_BACK, note)
            await self._until_put_right(ahead, None, of_server=True)
        newest = await calendar.newest_time(self._outside.lease)
        ahead = newest - self._outside.clock.now() if newest is not None else timedelta(0)
        if ahead > AHEAD:
            note = f"the newest work was done {ahead} from now: the clock was wrong then"
            if not calendar.goes_by_our_clock:  # no word there says that it was put right before
                await self._pull_back(note)
                return
            self._conditions.note(IncidentKind.CLOCK_BACK, note)
            await self._until_put_right(ahead, None)
        elif await calendar.is_half_done():  # whoever did it died of something, or was stopped
            await self._until_put_right(timedelta(0), None)
        else:
            await self._pull_back_latest()

    async def _pull_back_latest(self) -> None:
        """Make sources due that wait for longer than any schedule says, whatever their looks do."""
        latest = await self._outside.store.calendar.latest_due()
        if latest is None or latest <= self._outside.clock.now() + self._longest.look:
            return
        # Nothing is told when its host has so many.
        await self._pull_back(f"a source waited until {latest:%Y-%m-%d}: a clock was wrong then")

    async def after_set_back(
        self, by: timedelta, since: datetime | None, *, of_server: bool = False
    ) -> None:
        """Let nothing wait for a time that only a wrong clock showed; tries until it is done.

        ``since`` is when the clock was still the wrong one, as it tells the time since then; None
        means before this process began. ``of_server`` means the clock of the database's server:
        jobs, turns and leases go by it, and when sources are due goes by ours.
        """
        async with self._one_at_a_time:
            await self._until_put_right(by, since, of_server=of_server)

    async def _until_put_right(
        self, by: timedelta, since: datetime | None, *, of_server: bool = False
    ) -> None:
        clock = "the database's clock" if of_server else "the clock"
        why = f"{clock} was set back " + (f"by {by}" if by else "before")
        self._conditions.begin(Condition.CLOCK_JUMPED, why)
        while True:
            if await self._put_right(by, since, of_server=of_server):
                break
            await asyncio.sleep(AGAIN_S)
        self._conditions.end(Condition.CLOCK_JUMPED)

    async def _put_right(self, by: timedelta, since: datetime | None, *, of_server: bool) -> bool:
        """Tell whether it could be done, or is not to be done now."""
        moved = due = 0
        try:
            if (why := await apart(self._outside.store, self._outside.clock)) is not None:
                self._log.warning("times not put right", action="clock", error=why)
                return True
            if of_server or self._outside.store.calendar.goes_by_our_clock:
                moved = await self._set_back(by, since)
            if not of_server:
                due = await self._pull_back()
        except StoreError as error:
            self._log.warning("times not put right", action="clock", error=str(error))
            return False
        self._log.info("times put right", action="clock", moved=moved, made_due=due)
        return True

    async def _set_back(self, by: timedelta, since: datetime | None) -> int:
        outside = self._outside
        return await outside.store.calendar.set_back(by, since, outside.worker, outside.lease)

    async def _pull_back(self, why: str | None = None) -> int:
        """Bring due times back; where any was, note what that tells of the clock."""
        calendar, at = self._outside.store.calendar, self._outside.clock.now()
        due, after = 0, ""
        while True:
            last, made_due = await calendar.pull_back(at, SPREAD, after, PART, self._longest)
            due += made_due
            if last is None:
                if why is not None and due:
                    self._conditions.note(IncidentKind.CLOCK_BACK, f"{why}; {due} sources are due")
                self._then()
                return due
            after = last
