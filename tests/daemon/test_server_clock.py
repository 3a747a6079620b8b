"""A daemon on a server whose clock is set, alone or with the daemon's own, or that was gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from archiver.daemon.clockwatch import ServerWatch
from archiver.daemon.rota import Duties
from archiver.daemon.service import Service
from archiver.flow.outside import Outside
from archiver.model.job import Lane
from archiver.model.worker import Condition, IncidentKind
from archiver.platforms import recognise
from archiver.ports import Claim
from archiver.store.store import SqlStore
from tests import build, postgres
from tests.daemon.outage import Outage
from tests.fakes import FrozenClock
from tests.flow.world import article, world

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=90)


@dataclass
class Machines:
    """A daemon's surroundings, and the clocks of its machine and of the server."""

    outside: Outside
    clock: FrozenClock
    apart: timedelta = timedelta(0)

    @property
    def ahead(self) -> timedelta:
        """How far the server's clock is ahead of the time that it is."""
        return self.clock.now() + self.apart - datetime.fromtimestamp(time.time(), UTC)

    async def due(self, number: int) -> list[str]:
        """Return sources that are due."""
        at, sources = self.clock.now(), self.outside.store.sources
        urls = [f"https://site{one}.example/a" for one in range(number)]
        return [(await sources.register(recognise(url), None, at)).id for url in urls]

    async def taken(self, number: int) -> list[Claim]:
        """Return claims of a worker elsewhere, each with a job."""
        await self.due(number)
        queue = self.outside.store.queue
        await queue.enqueue_due(self.clock.now(), number)
        self.clock.advance(SECOND)
        taken = await queue.take("elsewhere", LEASE, lane=Lane.BROWSER, limit=number)
        assert len(taken) == number
        return [one.claim for one in taken]

    async def incidents(self) -> list[IncidentKind]:
        told = await self.outside.store.workers.incidents(99)
        return [one.kind for one in told if one.kind is not IncidentKind.CONDITION]


class SlowAnswers(Outage):
    """A database whose answers are long on their way."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__()
        self._clock = clock
        self.by = timedelta(0)

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        self._clock.advance(self.by)
        return answer


@asynccontextmanager
async def machines(home: Path) -> AsyncIterator[Machines]:
    server = postgres.server()
    url = server.url(server.create(postgres.migrated()))
    async with world(home) as (_, outside, web, clock):
        for number in range(9):
            web.serve(f"https://site{number}.example/a", article("https://cited.example/"))
        these = Machines(outside, clock)
        store = await SqlStore.open(home, url, clock_ahead=lambda: these.ahead)
        these.outside = replace(outside, store=store, lease=LEASE)
        try:
            yield these
        finally:
            await store.close()


async def put_right(service: Service) -> None:
    """Come back when what a wrong clock wrote was put right, and that is told."""
    while service.conditions.has(Condition.CLOCK_JUMPED):
        await asyncio.sleep(0)
    await service.conditions.tell()


@pytest.mark.parametrize("is_alone", [True, False], ids=["the server's alone", "with ours"])
async def test_after_the_server_s_clock_was_set_back_nothing_waits_for_the_wrong_time(
    tmp_path: Path, is_alone: bool
):
    async with machines(tmp_path) as these:
        [queued] = await these.due(1)
        these.apart = DAY if is_alone else timedelta(0)
        await these.outside.store.queue.enqueue_due(these.clock.now(), 1)
        daemons = [Service(these.outside) for _ in range(2)]
        for service in daemons:
            await service.sweep()
        await these.outside.store.turns.hold("site0.example", MINUTE)
        if is_alone:
            these.apart = timedelta(0)
        else:
            these.clock.set_by(-DAY)

        for service in daemons:
            these.clock.advance(5 * SECOND)
            await service.tick()
            await put_right(service)
        these.clock.advance(2 * MINUTE)
        await daemons[0].tick()
        await daemons[0].idle()

        assert len(await these.outside.store.looks.of(queued)) == 1
        told = await these.incidents()
        seen_by_each = 1 if is_alone else 2
        assert told.count(IncidentKind.CLOCK_BACK) == seen_by_each * len(daemons)
        assert told.count(IncidentKind.PUT_RIGHT) == 1


def set_ours(these: Machines, by: timedelta) -> None:
    """Set our machine's clock; the server's goes on."""
    these.clock.set_by(by)
    these.apart -= by


@pytest.mark.parametrize("off", [400 * DAY, -DAY], ids=["ahead", "behind"])
@pytest.mark.parametrize("is_worker", [False, True], ids=["daemon", "worker"])
async def test_by_a_clock_that_the_server_contradicts_nothing_is_done_until_they_agree(
    tmp_path: Path, off: timedelta, *, is_worker: bool
):
    async with machines(tmp_path) as these:
        sources, looks = these.outside.store.sources, these.outside.store.looks
        [source] = await these.due(1)
        right = Service(these.outside)
        await right.tick()
        await right.idle()
        seen = await sources.source(source)
        [waiting] = [one for one in await these.due(2) if one != source]
        set_ours(these, off)
        if is_worker:
            await these.outside.store.queue.enqueue_due(these.clock.now() - off, 1)
            these.clock.advance(SECOND)

        wrong = Service(these.outside, duties=Duties(enqueues=not is_worker))
        await wrong._putting_right.after_start()
        for _ in range(3):
            these.clock.advance(5 * SECOND)
            await wrong.tick()
            await wrong.idle()
        stands, put_off = dict(wrong.conditions.standing), await sources.source(source)
        before = len(await looks.of(waiting))
        set_ours(these, -off)
        for _ in range(2):
            these.clock.advance(5 * SECOND)
            await wrong.tick()
            await wrong.idle()
        await put_right(wrong)

        ours, server = (f"{at:%Y-%m-%d}" for at in (these.clock.now() + off, these.clock.now()))
        assert set(stands) == {Condition.CLOCKS_APART}
        assert f"our clock says {ours}" in stands[Condition.CLOCKS_APART]
        assert f"database's server {server}" in stands[Condition.CLOCKS_APART]
        assert put_off == seen
        assert (before, len(await looks.of(waiting))) == (0, 1)
        assert not wrong.conditions.standing


async def test_errands_and_telling_rest_while_the_clocks_are_apart(tmp_path: Path):
    async with machines(tmp_path) as these:
        done: list[str] = []

        async def errand() -> None:
            done.append("errand")

        async def tell() -> None:
            done.append("tell")

        service = Service(these.outside, duties=Duties(errands=[errand], notify={"desk": tell}))
        set_ours(these, DAY)
        await service.beat()
        await service._rota.finish(1)
        apart = list(done)
        set_ours(these, -DAY)
        await service.beat()
        await service._rota.finish(1)

        assert (apart, sorted(done)) == ([], ["errand", "tell"])


async def test_digests_keep_their_hour_while_the_clocks_are_apart(tmp_path: Path):
    async with machines(tmp_path) as these:
        asked: list[str] = []

        async def targets() -> None:
            asked.append("the hours of digests")

        set_ours(these, -30 * DAY)
        service = Service(these.outside, duties=Duties(targets=targets))
        running = asyncio.create_task(service.run())
        while not service.conditions.has(Condition.CLOCKS_APART):
            await asyncio.sleep(0)
        await service._putting_right.after_start()
        apart = list(asked)
        set_ours(these, 30 * DAY)
        await service.tick()
        service.stop()
        await running

        assert (apart, set(asked)) == ([], {"the hours of digests"})


async def test_a_start_on_a_server_tells_of_a_clock_that_was_wrong_where_it_puts_something_right(
    tmp_path: Path,
):
    async with machines(tmp_path) as these:
        store, ahead = these.outside.store, these.clock.now() + 400 * DAY
        [source] = await these.due(1)
        claim = await store.claims.claim(source, "w", LEASE)
        assert claim is not None
        look = build.observation(source, at=ahead)
        await store.looks.keep(claim, look, build.verdict(), [], ahead + DAY)
        await store.claims.release(claim)

        for _ in range(3):
            service = Service(these.outside)
            await service._putting_right.after_start()
            await service.conditions.tell()
            these.clock.advance(HOUR)
            await service.tick()
            await service.idle()

        assert await these.incidents() == [IncidentKind.CLOCK_BACK]
        assert len(await store.looks.of(source)) == 2


async def test_what_was_set_back_while_the_clocks_were_apart_is_put_right_when_they_agree(
    tmp_path: Path,
):
    async with machines(tmp_path) as these:
        [queued] = await these.due(1)
        await these.outside.store.queue.enqueue_due(these.clock.now(), 1)
        service = Service(these.outside)
        await service.sweep()
        these.apart = -DAY
        await service.tick()
        await service.conditions.tell()
        apart = await these.incidents()
        set_ours(these, -DAY)

        await service.tick()
        await service._rota.finish(1)
        these.clock.advance(2 * SECOND)
        await service.tick()
        await service.idle()

        assert apart == [IncidentKind.CLOCK_BACK]
        assert (await these.incidents()).count(IncidentKind.PUT_RIGHT) == 1
        assert len(await these.outside.store.looks.of(queued)) == 1


async def test_a_server_s_clock_that_was_wrong_before_the_start_is_noticed(tmp_path: Path):
    async with machines(tmp_path) as these:
        [queued] = await these.due(1)
        these.apart = DAY
        await these.outside.store.queue.enqueue_due(these.clock.now(), 1)
        these.apart = timedelta(0)

        service = Service(these.outside)
        await service._putting_right.after_start()
        these.clock.advance(SECOND)
        await service.tick()
        await service.idle()

        assert len(await these.outside.store.looks.of(queued)) == 1
        assert await these.incidents() == [IncidentKind.CLOCK_BACK, IncidentKind.PUT_RIGHT]


async def test_who_lives_keeps_its_jobs_when_the_server_s_clock_is_set_forward(tmp_path: Path):
    async with machines(tmp_path) as these:
        claims = await these.taken(3)
        service = Service(these.outside)
        await service.sweep()
        swept, lost = [], []

        for _ in range(2):
            these.apart += DAY
            swept += await service.sweep()
            lost += await these.outside.store.claims.extend_all(claims, LEASE)
            these.clock.advance(MINUTE)
            swept += await service.sweep()
        await service.conditions.tell()

        assert (swept, lost) == ([], [])
        assert await these.incidents() == 2 * [IncidentKind.CLOCK_FORWARD]


async def test_who_is_dead_is_known_by_the_clock_that_was_set_forward(tmp_path: Path):
    async with machines(tmp_path) as these:
        claims = await these.taken(3)
        service = Service(these.outside)
        await service.sweep()
        these.apart = DAY
        await service.sweep()

        these.clock.advance(MINUTE)

        assert sorted(await service.sweep()) == sorted(str(one.job_id) for one in claims)


async def test_who_lives_keeps_its_jobs_when_a_daemon_is_the_first_on_a_server_that_was_gone(
    tmp_path: Path,
):
    async with machines(tmp_path) as these:
        claims = await these.taken(3)
        these.clock.advance(2 * LEASE)  # no sign of life could be given

        service = Service(these.outside)
        early = await service.sweep()
        lost = await these.outside.store.claims.extend_all(claims[:2], LEASE)
        these.clock.advance(LEASE / 2)
        late = await service.sweep()

        assert (early, lost) == ([], [])
        assert late == [claims[2].job_id]


@pytest.mark.parametrize(
    ("passed", "set_by", "seen"),
    [
        (5 * SECOND, timedelta(0), None),
        (5 * SECOND, -SECOND, None),
        (5 * SECOND, 20 * SECOND, None),
        (5 * SECOND, -DAY, IncidentKind.CLOCK_BACK),
        (8 * HOUR, DAY, IncidentKind.CLOCK_FORWARD),
    ],
    ids=str,
)
async def test_a_jump_is_what_the_time_that_passed_here_does_not_explain(
    tmp_path: Path, passed: timedelta, set_by: timedelta, seen: IncidentKind | None
):
    async with machines(tmp_path) as these:
        watch = ServerWatch(these.outside.store, these.clock, LEASE / 4)
        await watch.look()
        since = these.clock.now() + set_by

        these.clock.advance(passed)
        these.apart = set_by
        jump, again = await watch.look(), await watch.look()

        assert (jump.kind if jump else None, again) == (seen, None)
        assert jump is None or abs(jump.by - abs(set_by)) < SECOND
        assert jump is None or abs(jump.since - since) < SECOND


async def test_what_a_slow_answer_explains_is_no_jump(tmp_path: Path):
    async with machines(tmp_path) as these:
        slow = SlowAnswers(these.clock)
        watch = ServerWatch(slow.over(these.outside).store, these.clock, LEASE / 4)
        jumps = []
        for delay in (0, 60, 0, 60, 90, 0):
            slow.by = delay * SECOND
            jumps.append(await watch.look())
        these.apart = -HOUR
        slow.by = MINUTE
        last = await watch.look()

        assert jumps == [None] * 6
        assert last is not None
        assert last.by >= HOUR - MINUTE
