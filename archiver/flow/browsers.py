"""Who may use a browser now: jobs that are sure to need one, and looks that turned out to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Browsers:
    """Places at the browsers; ``most`` says how many there are now, none while none starts.

    A job that is sure to need a browser takes its place before it begins. A light look that brings
    news waits for one, with ``most_waiting`` others at most; one place is kept from them, so that
    they do not hold up what somebody asked for. Where there is but one place, it is kept from them
    after each of them: ``look_for_jobs`` is called, and they go on after :meth:`offered`.
    """

    def __init__(
        self, most: Callable[[], int], most_waiting: int, look_for_jobs: Callable[[], None]
    ) -> None:
        self._most = most
        self._most_waiting = most_waiting
        self._look_for_jobs = look_for_jobs
        self._busy = 0
        self._guests = 0
        self._is_for_jobs = False
        self._waiting: deque[asyncio.Future[bool]] = deque()

    @property
    def free(self) -> int:
        """How many jobs that need a browser may be taken now."""
        return max(self._most() - self._busy, 0)

    def occupy(self) -> None:
        """Take a place for a job."""
        self._busy += 1

    def vacate(self) -> None:
        """Give a job's place back."""
        self._busy -= 1
        self.review()

    def offered(self) -> None:
        """Say that jobs were looked for: a place that is still free is for whoever comes."""
        self._is_for_jobs = False
        self.review()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Wait for a place; false when browsers do not start, or too many wait already."""
        if not await self._enter():
            yield False
            return
        try:
            yield True
        finally:
            self._leave()

    def review(self) -> None:
        """Let in those there is room for; turn all away when there is no browser any more."""
        while self._waiting and (self._has_room() or not self._most()):
            door = self._waiting.popleft()
            if not door.done():
                is_open = self._has_room()
                if is_open:
                    self._admit()
                door.set_result(is_open)

    async def _enter(self) -> bool:
        if self._has_room():
            self._admit()
            return True
        if not self._most() or len(self._waiting) >= self._most_waiting:
            return False
        door: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(door)
        try:
            return await door
        except asyncio.CancelledError:
            if door.done() and not door.cancelled() and door.result():
                self._leave()  # let in and called off in one moment
            raise

    def _has_room(self) -> bool:
        most = self._most()
        if most == 1:
            return not self._busy and not self._is_for_jobs
        return self._busy < most and self._guests < most - 1

    def _admit(self) -> None:
        self._busy += 1
        self._guests += 1

    def _leave(self) -> None:
        self._guests -= 1
        self._is_for_jobs = self._most() == 1
        self.vacate()
        if self._is_for_jobs:
            self._look_for_jobs()
