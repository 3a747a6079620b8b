"""Errands: they come up every ``daemon.errands_s``, and some are worth running less often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from archiver.ports import Clock

Errand = Callable[[], Awaitable[object]]
"""Something to be done now and then; what it returns is counted in the log when it is a list."""


class Seldom:
    """Runs ``work`` when called, but no more often than ``every``; else does nothing."""

    def __init__(self, work: Errand, every: timedelta, clock: Clock) -> None:
        self.work = work
        self._every = every
        self._clock = clock
        self._next_at: timedelta | None = None

    async def __call__(self) -> object:
        """Run the work if it is time, and return what was done."""
        now = self._clock.steady()
        if self._next_at is not None and now < self._next_at:
            return None
        self._next_at = now + self._every
        return await self.work()
