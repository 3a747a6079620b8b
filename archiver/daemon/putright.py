"""Put right what a wrong clock wrote, a part at a time, beside the other work."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from archiver.daemon.conditions import Conditions
from archiver.errors import StoreError
from archiver.flow.outside import Outside
from archiver.model.worker import Condition, IncidentKind

SPREAD = timedelta(hours=1)
"""Sources that a wrong clock put off are due within this: not all of them at once."""
AHEAD = timedelta(hours=1)
PART = 2000
AGAIN_S = 5.0  # after the database refused


class PuttingRight:
    """Brings due times back after the clock was set back; one round at a time."""

    def __init__(self, outside: Outside, conditions: Conditions) -> None:
        self._outside = outside
        self._conditions = conditions
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("archiver.daemon")

    async def after_start(self) -> None:
        """Find out whether the clock was wrong before this process began; put it right then.

        What a process before this one began to put right, and did not end, is ended.

        Raises:
            StoreError: the database refused.
        """
        calendar = self._outside.store.calendar
        newest = await calendar.newest_time(self._outside.lease)
        ahead = newest - self._outside.clock.now() if newest is not None else timedelta(0)
        if ahead > AHEAD:
            note = f"the newest work was done {ahead} from now: the clock was wrong then"
            self._conditions.note(IncidentKind.CLOCK_BACK, note)
            await self.after_set_back(ahead, None)
        elif await calendar.is_half_done():  # whoever did it died of something, or was stopped
            await self.after_set_back(timedelta(0), None)

    async def after_set_back(self, by: timedelta, since: datetime | None) -> None:
        """Let nothing wait for a time that only a wrong clock showed; tries until it is done.

        ``since`` is when the clock was still the wrong one, as it tells the time since then; None
        means before this process began.
        """
        async with self._one_at_a_time:
            why = f"the clock was set back by {by}" if by else "the clock was set back before"
            self._conditions.begin(Condition.CLOCK_JUMPED, why)
            while True:
                if await self._put_right(by, since):
                    break
                await asyncio.sleep(AGAIN_S)
            self._conditions.end(Condition.CLOCK_JUMPED)

    async def _put_right(self, by: timedelta, since: datetime | None) -> bool:
        """Tell whether it could be done."""
        try:
            moved, due = await self._move(by, since)
        except StoreError as error:
            self._log.warning("times not put right", action="clock", error=str(error))
            return False
        self._log.info("times put right", action="clock", moved=moved, made_due=due)
        return True

    async def _move(self, by: timedelta, since: datetime | None) -> tuple[int, int]:
        calendar, at = self._outside.store.calendar, self._outside.clock.now()
        moved = await calendar.set_back(by, since, self._outside.worker, self._outside.lease)
        due, after = 0, ""
        while True:
            last, made_due = await calendar.pull_back(at, SPREAD, after, PART)
            due += made_due
            if last is None:
                return moved, due
            after = last
