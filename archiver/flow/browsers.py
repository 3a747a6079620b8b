"""Who may use a browser now: jobs that are sure to need one, and looks that turned out to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Browsers:
    """Places at the browsers, ``at_once`` of them.

    A job that is sure to need a browser takes its place before it begins. A light look that brings
    news waits for one, with ``most_waiting`` others at most; one place is kept from them, so that
    they do not hold up what somebody asked for. ``are_well`` tells whether browsers start at all.
    """

    def __init__(self, at_once: int, most_waiting: int, are_well: Callable[[], bool]) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._are_well = are_well
        self._busy = 0
        self._guests = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def free(self) -> int:
        """How many jobs that need a browser may be taken now."""
        return max(self._at_once - self._busy, 0) if self._are_well() else 0

    def occupy(self) -> None:
        """Take a place for a job."""
        self._busy += 1

    def vacate(self) -> None:
        """Give a job's place back."""
        self._busy -= 1
        self._let_in()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Wait for a place; false at once when browsers do not start or too many wait already."""
        if not self._are_well() or len(self._waiting) >= self._most_waiting:
            yield False
            return
        await self._enter()
        try:
            yield True
        finally:
            self._guests -= 1
            self.vacate()

    async def _enter(self) -> None:
        if not self._has_room():
            door: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(door)
            try:
                await door
            except asyncio.CancelledError:
                if door.done() and not door.cancelled():  # let in and called off in one moment
                    self._guests -= 1
                    self.vacate()
                raise
        else:
            self._admit()

    def _has_room(self) -> bool:
        return self._busy < self._at_once and self._guests < max(self._at_once - 1, 1)

    def _admit(self) -> None:
        self._busy += 1
        self._guests += 1

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            door = self._waiting.popleft()
            if not door.done():
                self._admit()
                door.set_result(None)
