"""When the service last ticked: ticks that hang look well from everywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

LATE = timedelta(minutes=2)
"""A tick that is later than that means that the ticks hang: the watchdog is fed no more."""
LOOKS = 5
"""So many looks in a row, each after ``LATE``, until ticks that hang are given up. More than one: a
process that stood still finds its ticks late, too, and then they go on."""


class Ticks:
    """The time since the last tick.

    ``now`` gives seconds that never go back; ``pause`` comes back after so many.
    """

    def __init__(
        self,
        every: timedelta,
        now: Callable[[], float] | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pause = pause
        self._longest_s = (every + LATE).total_seconds()
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._last_at: float | None = None

    def note(self) -> None:
        """Note a tick."""
        self._last_at = self._now()

    def rest(self) -> None:
        """Expect no more ticks: who stops does not tick."""
        self._last_at = None

    @property
    def age_s(self) -> float | None:
        """Seconds since the last tick; None before the first one and when none is expected."""
        return None if self._last_at is None else self._now() - self._last_at

    @property
    def are_late(self) -> bool:
        """Tell whether the ticks hang."""
        return self.age_s is not None and self.age_s >= self._longest_s

    @property
    def found(self) -> str:
        """Say in a line how long ago the last tick was."""
        if self.age_s is None:
            return "no tick is expected"
        hang = ": the ticks hang" if self.are_late else ""
        return f"last tick {self.age_s:.0f} s ago{hang}"

    async def hang(self) -> None:
        """Come back once the ticks hang for good, which takes a loop that goes on to see."""
        seen = 0
        while seen < LOOKS:
            await self._pause(LATE.total_seconds())
            seen = seen + 1 if self.are_late else 0
