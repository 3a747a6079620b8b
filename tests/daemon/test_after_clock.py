"""A daemon that starts just after its machine's clock was set, on an SQLite file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.daemon.rota import Duties
from archiver.daemon.service import Service
from archiver.flow.outside import Outside
from archiver.model.job import Lane
from archiver.model.worker import Condition, IncidentKind
from archiver.platforms import recognise
from archiver.store.store import SqlStore
from archiver.wiring.worker import free_dead_claims, worker_name
from tests import build
from tests.fakes import FrozenClock
from tests.flow.bench import NoBrowser
from tests.flow.world import article, world

pytestmark = pytest.mark.anyio

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LEASE = timedelta(seconds=90)
SOON = 2 * HOUR
"""Within this everything that waits is done: what a wrong clock put off is spread over one hour."""
AGAIN = timedelta(minutes=5)
"""A page that was seen for the first time is looked at again after so long, not before."""
HOST, BOOT, PID, START, SPACE = worker_name().split("/")
FORMER = {
    "crashed": f"{HOST}/{BOOT}/{PID}/{START}0/{SPACE}",
    "before a restart": f"{HOST}/the-boot-before/{PID}/{START}/{SPACE}",
    "in a container": f"{HOST}/{BOOT}/1/{START}/another-space",  # known by its lease alone
}
HELD, QUEUED, DUE, SEEN = (f"https://{one}.example/a" for one in ("held", "queued", "due", "seen"))


@asynccontextmanager
async def machine(home: Path) -> AsyncIterator[tuple[Outside, FrozenClock]]:
    """Yield an archive whose database reads the same clock as its processes do."""
    async with world(home) as (_, outside, web, clock):
        for url in (HELD, QUEUED, DUE, SEEN):
            web.serve(url, article("https://cited.example/"))
        store = await SqlStore.open(
            home, clock_ahead=lambda: clock.now() - datetime.fromtimestamp(time.time(), UTC)
        )
        try:
            yield replace(outside, store=store, recorder=NoBrowser()), clock
        finally:
            await store.close()


async def add(outside: Outside, url: str) -> str:
    at = outside.clock.now()
    return (await outside.store.sources.register(recognise(url), None, at)).id


async def seen(outside: Outside, url: str, due_at: datetime) -> str:
    """Return a source with a look made now, by the clock as it is."""
    source = await add(outside, url)
    claim = await outside.store.claims.claim(source, "w", LEASE)
    assert claim is not None
    look = build.observation(source, at=outside.clock.now())
    await outside.store.looks.keep(claim, look, build.verdict(), [], due_at)
    await outside.store.claims.release(claim)
    return source


async def queued(outside: Outside, clock: FrozenClock, url: str) -> str:
    """Return a source with a job that is ready."""
    source = await add(outside, url)
    await outside.store.queue.enqueue_due(clock.now(), 1)
    clock.advance(timedelta(seconds=1))  # the database may be a few milliseconds behind
    return source


async def held_by(worker: str, outside: Outside, clock: FrozenClock) -> str:
    """Return a source whose job a worker took."""
    source = await queued(outside, clock, HELD)
    [_] = await outside.store.queue.take(worker, LEASE, lane=Lane.BROWSER, limit=1)
    return source


async def work(outside: Outside, clock: FrozenClock, *wanted: tuple[str, int]) -> None:
    """Start a daemon, and let it work until sources have so many looks, or so much time passed."""
    await free_dead_claims(outside.store, clock.now(), is_server=False)
    service = Service(outside)
    running = asyncio.create_task(service.run())
    until = clock.now() + SOON
    while clock.now() < until:
        await service.tick()
        await service.sweep()
        await service.idle()
        if all([await looks_at(outside, one) >= number for one, number in wanted]):
            break
        clock.advance(MINUTE)
    service.stop()
    await running


async def looks_at(outside: Outside, source: str) -> int:
    return len(await outside.store.looks.of(source))


async def assert_seen_once(outside: Outside, source: str, number: int) -> None:
    """Hold a source to so many looks at least, and none sooner than the timetable says."""
    times = sorted(one.at for one in await outside.store.looks.of(source))
    assert len(times) >= number
    assert all(later - earlier >= AGAIN for earlier, later in pairwise(times))


@pytest.mark.parametrize("former", FORMER)
@pytest.mark.parametrize("since_look", [MINUTE, 20 * HOUR, None], ids=str)
async def test_after_the_clock_was_set_back_what_waits_is_done_once(
    tmp_path: Path, former: str, since_look: timedelta | None
):
    async with machine(tmp_path) as (outside, clock):
        before = []
        if since_look is not None:
            before = [(await seen(outside, SEEN, clock.now() + DAY + HOUR), 2)]
            clock.advance(since_look)
        held = await held_by(FORMER[former], outside, clock)
        waiting = await queued(outside, clock, QUEUED)
        due = await add(outside, DUE)
        clock.set_by(-DAY)

        await work(outside, clock, (held, 1), (waiting, 1), (due, 1), *before)

        for source, number in ((held, 1), (waiting, 1), (due, 1), *before):
            await assert_seen_once(outside, source, number)
        assert await outside.store.claims.standing() == []


async def test_a_start_ends_what_another_began_to_put_right(tmp_path: Path):
    async with machine(tmp_path) as (outside, clock):
        clock.set_by(400 * DAY)
        waiting = await queued(outside, clock, QUEUED)
        due = await add(outside, DUE)
        clock.set_by(-400 * DAY)
        await outside.store.calendar.set_back(400 * DAY, None, "died then", LEASE)

        await work(outside, clock, (waiting, 1), (due, 1))

        for source in (waiting, due):
            await assert_seen_once(outside, source, 1)
        assert not await outside.store.calendar.is_half_done()


async def test_a_look_made_before_the_start_does_not_hide_those_of_a_wrong_clock(tmp_path: Path):
    async with machine(tmp_path) as (outside, clock):
        clock.set_by(400 * DAY)
        wrong = await seen(outside, SEEN, clock.now() + DAY)
        clock.set_by(-400 * DAY)
        right = await seen(outside, DUE, clock.now() + DAY)

        await work(outside, clock, (wrong, 2))

        assert (await looks_at(outside, wrong), await looks_at(outside, right)) == (2, 1)


@pytest.mark.parametrize("is_at_work", [True, False], ids=["at work", "started since"])
async def test_what_a_site_puts_off_while_the_clock_is_wrong_is_due_soon(
    tmp_path: Path, *, is_at_work: bool
):
    async with machine(tmp_path) as (outside, clock):
        sources = outside.store.sources
        held = [await seen(outside, f"https://a.example/{n}", clock.now() + DAY) for n in range(3)]
        service = Service(outside)
        clock.set_by(400 * DAY)
        await sources.hold_host("a.example", clock.now(), MINUTE)
        if is_at_work:
            await service.tick()
        clock.set_by(-400 * DAY)

        if is_at_work:
            await service.tick()
            while service.conditions.has(Condition.CLOCK_JUMPED):
                await asyncio.sleep(0)
        else:
            await service._putting_right.after_start()

        due = [(await sources.source(one)).next_due_at for one in held]
        assert all(one is not None and one <= clock.now() + HOUR for one in due)


async def test_a_start_says_of_sources_put_off_beyond_all_schedules_that_a_clock_was_wrong(
    tmp_path: Path,
):
    async with machine(tmp_path) as (outside, clock):
        await seen(outside, SEEN, clock.now() + 400 * DAY)
        services = [Service(outside) for _ in range(2)]
        for service in services:
            await service._putting_right.after_start()
            await service.conditions.tell()

        [told] = await outside.store.workers.incidents(9)
        until = f"{clock.now() + 400 * DAY:%Y-%m-%d}"
        assert told.kind is IncidentKind.CLOCK_BACK
        why = f"a source waited until {until}: a clock was wrong then"
        assert told.note == f"{why}; 1 sources are due"


async def test_digests_wait_for_their_hour_again_when_times_were_put_right(tmp_path: Path):
    async with machine(tmp_path) as (outside, clock):
        told: list[str] = []

        async def targets() -> None:
            told.append("the hours of digests")

        service = Service(outside, duties=Duties(targets=targets))
        clock.set_by(-DAY)
        await service.tick()
        await service._rota.finish(9)

        assert told == ["the hours of digests"]


@pytest.mark.parametrize("former", FORMER)
async def test_after_the_clock_was_set_ahead_what_waits_is_done_once(tmp_path: Path, former: str):
    async with machine(tmp_path) as (outside, clock):
        later = await seen(outside, SEEN, clock.now() + HOUR)
        held = await held_by(FORMER[former], outside, clock)
        waiting = await queued(outside, clock, QUEUED)
        due = await add(outside, DUE)
        clock.set_by(DAY)

        await work(outside, clock, (held, 1), (waiting, 1), (due, 1), (later, 2))

        for source, number in ((held, 1), (waiting, 1), (due, 1), (later, 2)):
            await assert_seen_once(outside, source, number)
        assert await outside.store.claims.standing() == []
