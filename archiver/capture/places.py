"""Who has a browser next: captures before renders, which are not kept waiting for ever."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

IN_A_ROW = 4
"""Captures that may overtake a render that waits, before one is let in."""

Door = asyncio.Future[None]


class Places:
    """So many browsers at a time; of captures, and of renders, who came first is let in first.

    A capture is what somebody asked for, or news; of renders, which are part of light looks, a
    hundred may wait.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._captures: deque[Door] = deque()
        self._renders: deque[Door] = deque()
        self._in_a_row = 0

    @asynccontextmanager
    async def place(self, *, is_capture: bool) -> AsyncIterator[None]:
        """Wait for a place and hold it."""
        await self._enter(self._captures if is_capture else self._renders)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, queue: deque[Door]) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        door: Door = asyncio.get_running_loop().create_future()
        queue.append(door)
        try:
            await door
        except asyncio.CancelledError:
            if door.cancelled():
                queue.remove(door)
            else:
                self._leave()  # let in and called off in one moment
            raise

    def _leave(self) -> None:
        door = self._next()
        if door is None:
            self._free += 1
        else:
            door.set_result(None)

    def _next(self) -> Door | None:
        """Return whose turn it is; who was called off goes by itself."""
        captures, renders = (
            next((door for door in queue if not door.done()), None)
            for queue in (self._captures, self._renders)
        )
        is_overdue = renders is not None and self._in_a_row >= IN_A_ROW
        if captures is not None and not is_overdue:
            self._in_a_row = self._in_a_row + 1 if renders is not None else 0
            self._captures.remove(captures)
            return captures
        self._in_a_row = 0
        if renders is not None:
            self._renders.remove(renders)
        return renders
