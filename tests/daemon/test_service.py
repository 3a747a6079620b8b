"""Errands of the service: now and then, never twice at a time, and none stops another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from archiver.daemon import service as of_service
from archiver.daemon.ready import Readiness
from archiver.daemon.rota import Duties, Pace
from archiver.daemon.service import BATCH, Service, Surroundings
from archiver.daemon.ticks import LATE, Ticks
from archiver.errors import RevisionError, StoreError
from archiver.flow.outside import Outside
from archiver.flow.seldom import Errand
from archiver.platforms import recognise
from archiver.ports import Attend
from archiver.settings import Supervisor
from tests.daemon.outage import SlowTake
from tests.flow.world import world

pytestmark = pytest.mark.anyio


def service(outside: Outside, errands: Sequence[Errand], grace_s: float = 30) -> Service:
    pace = Pace(tick=timedelta(hours=1), grace=timedelta(seconds=grace_s))
    return Service(outside, pace=pace, duties=Duties(errands=errands))


class Call:
    """An errand that says when it began and ends when it is let go."""

    def __init__(self) -> None:
        self.began: list[None] = []
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self) -> None:
        self.began.append(None)
        self.has_begun.set()
        await self.may_end.wait()


async def test_an_errand_that_fails_stops_neither_the_others_nor_the_service(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        other = Call()
        failures: list[None] = []

        async def fails() -> None:
            failures.append(None)
            raise StoreError("the disk is full")

        running = service(outside, [fails, other])
        await running.beat()
        await other.has_begun.wait()
        other.may_end.set()
        task = asyncio.create_task(running.run())
        while len(failures) < 2:
            await asyncio.sleep(0)
        running.stop()
        await task

        assert len(failures) == 2


async def test_an_errand_that_is_out_is_not_sent_again(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        slow = Call()
        running = service(outside, [slow])

        for _ in range(3):
            await running.beat()
        await slow.has_begun.wait()
        await running.beat()
        assert len(slow.began) == 1

        slow.may_end.set()
        while len(slow.began) != 2:
            await asyncio.sleep(0)
            await running.beat()
        running.stop()
        await running.beat()
        assert len(slow.began) == 2


async def test_a_stop_waits_for_an_errand_and_ends_it_when_the_grace_is_over(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        endless = Call()
        running = service(outside, [endless], grace_s=0)
        task = asyncio.create_task(running.run())
        await endless.has_begun.wait()

        running.stop()

        await asyncio.wait_for(task, 30)
        assert len(endless.began) == 1


@pytest.mark.parametrize("grace_s", [0, 30])
async def test_a_stop_during_the_first_tick_ends_it_after_the_batch_that_is_on_its_way(
    tmp_path: Path, grace_s: float
):
    async with world(tmp_path) as (_, real, _web, clock):
        slow = SlowTake("enqueue_due", first=0)
        for number in range(2 * BATCH):
            ref = recognise(f"https://site{number}.example/a")
            await real.store.sources.register(ref, None, clock.now())
        running = service(slow.over(real), [], grace_s)
        task = asyncio.create_task(running.run())
        await asyncio.wait_for(slow.has_taken.wait(), 30)

        running.stop()
        if grace_s:  # else nobody waits for the answer
            slow.let_come.set()
        await asyncio.wait_for(task, 30)

        depth = await real.store.queue.depth()
        assert sum(depth.queued.values()) == BATCH


async def test_sources_that_were_paused_while_queued_hold_nothing_up_when_they_are_resumed(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, _web, clock):

        async def due(number: int) -> str:
            ref = recognise(f"https://site{number}.example/a")
            return (await outside.store.sources.register(ref, None, clock.now())).id

        running = service(outside, [])
        resumed = [await due(number) for number in range(2 * BATCH)]
        await running._enqueue()
        for paused in (True, False):
            for source in resumed:
                await outside.store.sources.pause(source, paused=paused)
        clock.advance(timedelta(seconds=1))
        await due(2 * BATCH)

        assert await running._enqueue() == 2 * BATCH + 1


class Watchdog(Readiness):
    """A service manager that wants a sign of life whenever it can be given, and counts them."""

    def __init__(self) -> None:
        super().__init__(Supervisor())
        self.feed_every_s = 0.0
        self.feeds = 0
        self.is_fed = asyncio.Event()

    @override
    def feed(self) -> None:
        self.feeds += 1
        self.is_fed.set()

    async def next_feed(self) -> None:
        self.is_fed.clear()
        await asyncio.wait_for(self.is_fed.wait(), 60)


async def test_the_watchdog_is_fed_no_more_while_the_ticks_hang(tmp_path: Path):
    tick, seconds = timedelta(hours=1), [0.0]
    async with world(tmp_path) as (_, outside, _web, _clock):
        watchdog = Watchdog()
        ticks = Ticks(tick, now=lambda: seconds[0])
        around = Surroundings(readiness=watchdog, ticks=ticks)
        running = Service(outside, pace=Pace(tick=tick), around=around)
        task = asyncio.create_task(running.run())
        await watchdog.next_feed()

        seconds[0] += (tick + LATE).total_seconds()
        fed = watchdog.feeds
        for _ in range(100):  # turns of the loop, in which it would be fed
            await asyncio.sleep(0)
        hanging = watchdog.feeds - fed
        await running.tick()
        await watchdog.next_feed()
        running.stop()
        await task

    assert hanging == 0


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_who_is_of_an_older_version_than_the_database_asks_for_messages_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_told_first: bool
):
    monkeypatch.setattr(of_service, "LONGEST_WAIT_S", 1e6)
    monkeypatch.setattr(of_service, "REFUSED_S", 0)
    asked: list[Attend] = []
    is_asked_again = asyncio.Event()

    async def listen(attend: Attend) -> None:
        asked.append(attend)
        if len(asked) == 2:
            is_asked_again.set()
            await asyncio.Event().wait()
        refused = RevisionError("it is at revision 9999 now")
        both = [ExceptionGroup("lanes", [refused]), StoreError("closed")]
        raise ExceptionGroup("both", both if is_told_first else both[::-1])

    async with world(tmp_path) as (_, outside, _web, _clock):
        told = Service(outside, around=Surroundings(listen=listen))
        with capture_logs() as lines:
            running = asyncio.create_task(told.run())
            await asyncio.wait_for(is_asked_again.wait(), 30)
            told.stop()
            await running

    said = [one["error"] for one in lines if one.get("action") == "messages"]
    assert said == ["it is at revision 9999 now"]
