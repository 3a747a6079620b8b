"""The machine's own clock, and identifiers that sort by it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

_STEADY: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first is Linux's own


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC)

    def steady(self) -> timedelta:
        """Return the time since the machine started, sleep counted where the system tells it."""
        return timedelta(seconds=time.clock_gettime(_STEADY))

    async def sleep(self, duration: timedelta) -> None:
        """Wait that long in real time."""
        await asyncio.sleep(duration.total_seconds())
