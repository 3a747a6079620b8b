"""The ticker goes on whatever is done to the time of day."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from archiver.daemon import ticker
from archiver.daemon.ticker import Ticker

pytestmark = pytest.mark.anyio

OFTEN = timedelta(milliseconds=20)


class TimeOfDay:
    """The machine's time of day as APScheduler reads it, which a test sets."""

    set_by = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo) -> datetime:
        return (datetime.now(UTC) + cls.set_by).astimezone(tz)


class Machine:
    """The same, as a clock of ours."""

    def now(self) -> datetime:
        return TimeOfDay.now(UTC)

    def steady(self) -> timedelta:
        return timedelta(seconds=time.monotonic())

    async def sleep(self, duration: timedelta) -> None:
        """Nobody sleeps on it."""


@pytest.mark.parametrize("days", [-1, 1, -20_000, 20_000])
async def test_it_ticks_on_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch, days: int):
    monkeypatch.setattr(base, "datetime", TimeOfDay)
    monkeypatch.setattr(ticker, "LOOK_S", 0.02)
    monkeypatch.setattr(TimeOfDay, "set_by", timedelta(0))
    ticks = asyncio.Semaphore(0)

    async def tick() -> None:
        ticks.release()

    made = Ticker({"tick": (OFTEN, tick), "never": (timedelta(days=9), tick)}, Machine())
    keeping = asyncio.create_task(made.keep())
    try:
        for set_by in (timedelta(0), timedelta(days=days)):
            TimeOfDay.set_by = set_by
            for _ in range(5):
                await asyncio.wait_for(ticks.acquire(), 20)
    finally:
        keeping.cancel()
        made.close()


async def test_it_ticks_on_when_summer_ends(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    last_second = datetime(2026, 10, 25, 0, 59, 59, 900_000, tzinfo=UTC)  # of summer time there
    monkeypatch.setattr(base, "datetime", TimeOfDay)
    monkeypatch.setattr(TimeOfDay, "set_by", last_second - datetime.now(UTC))
    ticks = asyncio.Semaphore(0)

    async def tick() -> None:
        ticks.release()

    made = Ticker({"tick": (OFTEN, tick)}, Machine())
    try:
        for _ in range(20):
            await asyncio.wait_for(ticks.acquire(), 20)
    finally:
        made.close()
