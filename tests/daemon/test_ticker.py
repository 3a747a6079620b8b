"""The ticker goes on whatever is done to the time of day."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from archiver.daemon.ticker import Ticker

pytestmark = pytest.mark.anyio

OFTEN = timedelta(milliseconds=20)
SELDOM = timedelta(days=9)


class Machine:
    """A clock that goes on, and whose time of day a test sets."""

    def __init__(self) -> None:
        self.set_by = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.set_by

    def steady(self) -> timedelta:
        return timedelta(seconds=time.monotonic())

    async def sleep(self, duration: timedelta) -> None:
        """Nobody sleeps on it."""


class Ticks:
    """Counts the ticks of jobs by name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._often = asyncio.Semaphore(0)

    def of(self, job: str) -> Callable[[], Awaitable[None]]:
        async def tick() -> None:
            self.counts[job] += 1
            if job == "often":
                self._often.release()

        return tick

    async def some_more(self) -> None:
        """Wait for some more of the job that ticks often."""
        for _ in range(5):
            await asyncio.wait_for(self._often.acquire(), 20)


@pytest.mark.parametrize(
    ("days", "seldom"), [(-20_000, 0), (-1, 0), (1, 0), (20_000, 1)], ids=lambda one: f"{one}"
)
async def test_each_job_ticks_as_it_should_when_the_clock_is_set(days: int, seldom: int):
    machine, ticks = Machine(), Ticks()
    jobs = {"often": (OFTEN, ticks.of("often")), "seldom": (SELDOM, ticks.of("seldom"))}
    ticker = Ticker(jobs, machine)
    keeping = asyncio.create_task(ticker.keep())
    try:
        await ticks.some_more()
        machine.set_by = timedelta(days=days)
        await ticks.some_more()
    finally:
        keeping.cancel()
        ticker.close()

    assert ticks.counts["seldom"] == seldom


async def test_it_ticks_on_when_summer_ends(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    last_second = datetime(2026, 10, 25, 0, 59, 59, 950_000, tzinfo=UTC)  # of summer time there
    machine, ticks = Machine(), Ticks()
    machine.set_by = last_second - datetime.now(UTC)
    jobs = {"often": (OFTEN, ticks.of("often")), "seldom": (timedelta(hours=1), ticks.of("seldom"))}
    ticker = Ticker(jobs, machine)
    try:
        for _ in range(4):
            await ticks.some_more()
    finally:
        ticker.close()

    assert machine.now() > last_second + OFTEN
    assert ticks.counts["seldom"] == 0
