"""A clock that can be moved, so that a story of weeks is told in a minute."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

STORY_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday morning, mid-day for no time zone
LONGEST_WAIT = timedelta(milliseconds=10)  # real time one sleep may take


class MovableClock:
    """Runs in real time from a given moment on, and can be moved ahead; never goes back.

    ``sleep`` never waits long: it waits a moment and then moves the clock on to where it would have
    been. Sleepers at the same time do not add up: the clock goes to the latest of their ends.
    So it must not be used for deadlines on real work (``asyncio.timeout`` is), and a loop that
    sleeps and sleeps runs the story's time away.
    """

    def __init__(self, start: datetime = STORY_START) -> None:
        if start.tzinfo is None:
            raise ValueError("the clock starts at an aware moment")
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()
        self._moved = timedelta()

    def now(self) -> datetime:
        """Return the story's time, aware UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._began) + self._moved

    def steady(self) -> timedelta:
        """Return how far the story has come: this clock is never set."""
        return self.now() - self._start

    def advance(self, duration: timedelta) -> None:
        """Move the clock ahead."""
        if duration < timedelta():
            raise ValueError("time does not go back")
        self._moved += duration

    async def sleep(self, duration: timedelta) -> None:
        """Come back when the clock has gone that far, after a moment of real time at most."""
        until = self.now() + duration
        await asyncio.sleep(max(0.0, min(duration, LONGEST_WAIT).total_seconds()))
        self.advance(max(timedelta(), until - self.now()))
