"""Ticks that hang: when they are given up, and when they are only late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.daemon.ready import Readiness
from archiver.daemon.rota import Pace
from archiver.daemon.service import Service, Surroundings
from archiver.daemon.ticks import LOOKS, Ticks
from archiver.settings import Supervisor
from tests.daemon.test_server import Time
from tests.flow.world import world

pytestmark = pytest.mark.anyio

TICK = timedelta(seconds=5)


class Looks:
    """Pauses in which time goes on, and a tick comes in some of them."""

    def __init__(self, *, ticking: tuple[int, ...] = (), most: int = 99) -> None:
        self.made = 0
        self.all_made = asyncio.Event()
        self._time = Time()
        self._ticking = ticking
        self._most = most
        self.ticks = Ticks(TICK, self._time, self)
        self.ticks.note()

    async def __call__(self, seconds: float) -> None:
        if self.made == self._most:
            self.all_made.set()
            await asyncio.Event().wait()
        self.made += 1
        self._time.at += seconds
        if self.made in self._ticking:
            self.ticks.note()

    def stand_still(self) -> None:
        self._time.at += 3600


@pytest.mark.parametrize(
    ("ticking", "looks"),
    # The first look after a tick comes too early to find the next one late.
    [((), LOOKS + 1), ((1,), LOOKS + 2), ((LOOKS,), 2 * LOOKS + 1)],
    ids=["never", "once", "just before the last look"],
)
async def test_ticks_hang_after_some_looks_in_a_row_that_find_them_late(ticking, looks):
    seen = Looks(ticking=ticking)

    await seen.ticks.hang()

    assert seen.made == looks


async def test_ticks_of_a_process_that_stood_still_do_not_hang():
    seen = Looks(ticking=tuple(range(2, 50)), most=49)
    seen.stand_still()

    hanging = asyncio.create_task(seen.ticks.hang())
    await seen.all_made.wait()

    assert not hanging.done()
    hanging.cancel()


@pytest.mark.parametrize(("watchdog_s", "code"), [(0, 4), (3600, None)])
async def test_a_service_that_nobody_watches_is_ended_when_its_ticks_hang(
    tmp_path: Path, watchdog_s: float, code: int | None
):
    async with world(tmp_path) as (_, outside, _web, _clock):
        seen, left = Looks(), asyncio.Queue[int]()
        around = Surroundings(
            readiness=Readiness(Supervisor(watchdog_s=watchdog_s)),
            leave=left.put_nowait,
            ticks=seen.ticks,
        )
        service = Service(outside, pace=Pace(tick=timedelta(hours=1)), around=around)
        running = asyncio.create_task(service.run())
        if code is not None:
            assert await left.get() == code
        service.stop()
        await running

        assert (seen.made > 0, left.empty()) == (code is not None, True)
