"""Jobs in hand: each is seen to its end, whatever happens to it."""

from __future__ import annotations

import asyncio
import errno
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from structlog.typing import EventDict
from typing_extensions import override

from archiver.capture.pool import BrowserRecorder
from archiver.daemon import service as service_module
from archiver.daemon.hands import Capacity
from archiver.daemon.heartbeat import Heartbeat
from archiver.daemon.rota import Duties, Pace
from archiver.daemon.service import Listen, Service, Surroundings
from archiver.errors import LaunchError, StoreError, TurnError
from archiver.flow.launches import LONGEST_PAUSE, MOST_FAILURES, Launches
from archiver.flow.outside import Outside
from archiver.flow.retries import Retries
from archiver.model.capture import CRASH, DEADLINE, CaptureOutcome, Gate, Recording, WarcRecord
from archiver.model.inquiry import Answer, Question
from archiver.model.job import Job, Lane
from archiver.model.room import Room
from archiver.model.source import Source
from archiver.model.worker import Condition
from archiver.platforms import platform, recognise
from archiver.ports import Attend, CaptureOrder, Taken
from archiver.store import lost
from archiver.store.store import SqlStore
from archiver.store.uploads import Uploads
from archiver.wiring.browser import LazyRecorder
from tests import build
from tests.answers.x import HANDLE, ID, tweet
from tests.daemon.outage import LostTake, Outage, SlowTake
from tests.flow.bench import NoBrowser
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

AT_ONCE = Retries(tries=3, first=timedelta(0))
NO_GRACE = Pace(grace=timedelta(0))


class Counting:
    """A meter that remembers, by the outcome where there is one."""

    def __init__(self) -> None:
        self.counts = Counter[tuple[str, str | None]]()

    def count(self, name: str, by: float = 1, outcome: str | None = None, **_: str) -> None:
        self.counts[name, outcome] += int(by)

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Nobody reads it."""

    def stands(self, name: str, value: float, **labels: str) -> None:
        """Nobody reads it."""


class Slow(Web):
    """A web whose answers wait until they are let go; ``inhand`` counts the questions that do."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.inhand = asyncio.Semaphore(0)

    @override
    async def ask(self, question: Question) -> Answer:
        answer = await super().ask(question)
        self.inhand.release()
        await self.let_go.wait()
        return answer

    async def has_met(self, number: int) -> None:
        for _ in range(number):
            await asyncio.wait_for(self.inhand.acquire(), 60)


class Dying(Slow):
    """A web whose questions, once they are cancelled, take until they are let die."""

    def __init__(self) -> None:
        super().__init__()
        self.let_die = asyncio.Event()

    @override
    async def ask(self, question: Question) -> Answer:
        try:
            return await super().ask(question)
        finally:
            await self.let_die.wait()


class Failing(Web):
    """A web that raises what it is told to, so many times."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    @override
    async def ask(self, question: Question) -> Answer:
        if self.errors:
            raise self.errors.pop(0)
        return await super().ask(question)


class NoStart(NoBrowser):
    """A recorder whose browser does not start so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        if not self.times:
            return await super().record(order)
        self.times -= 1
        raise LaunchError("the browser did not start")


class Held(NoBrowser):
    """A recorder that is at its first capture until it is let go."""

    def __init__(self) -> None:
        self.has_one = asyncio.Event()
        self.let_go = asyncio.Event()

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        self.has_one.set()
        await self.let_go.wait()
        return await super().record(order)


async def sites(outside: Outside, number: int, web: Web | None = None) -> list[Source]:
    """Return sources that are due, each at a site of its own."""
    urls = [f"https://site{one}.example/a" for one in range(number)]
    for url in urls if web is not None else ():
        assert web is not None
        web.serve(url, article("https://cited.example/"))
    now = outside.clock.now()
    return [await outside.store.sources.register(recognise(url), None, now) for url in urls]


async def looks(outside: Outside, sources: Sequence[Source]) -> list[int]:
    return [len(await outside.store.looks.of(source.id)) for source in sources]


async def light_sites(outside: Outside, number: int, web: Web) -> list[Source]:
    """Return sites that were looked at and captured: their next job, due now, is a light one."""
    sources = await sites(outside, number, web)
    service = Service(outside, capacity=Capacity(10, 10))
    await service.tick()
    await service.idle()
    await outside.clock.sleep(timedelta(hours=1))
    for source in sources:
        await outside.store.sources.schedule(source.id, outside.clock.now())
    return sources


async def sites_with_news(outside: Outside, number: int, web: Web) -> list[Source]:
    """Return such sites that say something else since."""
    sources = await light_sites(outside, number, web)
    for source in sources:
        web.serve(source.ref.url, article("https://other.example/", more="It was all wrong. "))
    return sources


async def ended(service: Service, *, within: float = 60) -> None:
    await asyncio.wait_for(service.idle(), within)


async def waiting(outside: Outside) -> dict[Lane, int]:
    depth = await outside.store.queue.depth()
    return {lane: count for lane, count in depth.queued.items() if count}


async def test_every_source_that_is_due_is_looked_at_once(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        due = await sites(outside, 7, web)
        service = Service(outside, capacity=Capacity(3, 2))

        await service.tick()
        await ended(service)

        assert await looks(outside, due) == [1] * 7


async def test_what_somebody_asks_for_overtakes_what_is_scheduled(tmp_path: Path):
    async with world(tmp_path) as (archive, usual, web, clock):
        await sites(usual, 5, web)
        await usual.store.queue.enqueue_due(clock.now(), 9)
        await archive.capture_later(["https://site4.example/a"])
        service = Service(usual, capacity=Capacity(1, 1))

        await service.tick()
        await ended(service)

        assert web.asked[0].url == "https://site4.example/a"


async def test_no_more_is_taken_in_hand_than_there_are_hands_for(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        await sites(outside, 9)

        taken = await Service(outside, capacity=Capacity(5, 2)).tick()

        assert taken == 2  # nothing was captured yet, so each wants a browser
        assert await waiting(outside) == {Lane.BROWSER: 7}
        web.let_go.set()


async def test_one_site_has_one_look_in_hand(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        for name in "abc":
            ref = recognise(f"https://one.example/{name}")
            await outside.store.sources.register(ref, None, clock.now())
        service = Service(outside, capacity=Capacity(5, 5))

        first, second = await service.tick(), await service.tick()

        assert (first, second) == (1, 0)
        web.let_go.set()
        await ended(service)
        assert len([one for one in web.asked if one.url.startswith("https://one.")]) >= 3


async def test_light_looks_go_on_while_browsers_are_busy(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        light = await light_sites(usual, 3, web)
        held = Held()
        outside = replace(usual, recorder=held)
        ref = recognise("https://new.example/a")
        await outside.store.sources.register(ref, None, outside.clock.now())
        web.serve(ref.url, article("https://cited.example/"))
        service = Service(outside, capacity=Capacity(5, 1))

        await service.tick()
        await held.has_one.wait()
        while await looks(outside, light) != [2] * 3:
            await asyncio.sleep(0)

        held.let_go.set()
        await ended(service)


async def test_news_that_finds_no_browser_is_captured_later(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        light = await sites_with_news(usual, 4, web)
        held = Held()
        outside = replace(usual, recorder=held)
        service = Service(outside, capacity=Capacity(4, 1))  # one at it, one may wait

        await service.tick()
        await held.has_one.wait()
        while (await outside.store.queue.depth()).running.get(Lane.LIGHT, 0) != 2:
            await asyncio.sleep(0)

        assert await looks(outside, light) == [2] * 4
        assert sum((await waiting(outside)).values()) == 2
        held.let_go.set()
        await ended(service)


class InTurn(Held):
    """A recorder that is at its first capture until it is let go, and notes them all."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str | None] = []

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        self.urls.append(order.page_url)
        return await super().record(order)


@pytest.mark.parametrize("condition", [Condition.DISK_LOW, Condition.DATABASE_GONE])
async def test_news_that_waits_for_a_browser_is_put_off_while_nothing_may_be_taken(
    tmp_path: Path, condition: Condition
):
    async with world(tmp_path) as (_, usual, web, clock):
        light = await sites_with_news(usual, 4, web)
        recorder = InTurn()
        outside = replace(usual, recorder=recorder)
        service = Service(outside, capacity=Capacity(12, 1))
        await service.tick()
        await recorder.has_one.wait()
        while await looks(outside, light) != [2] * 4:
            await asyncio.sleep(0)

        service.conditions.begin(condition, "it was")
        recorder.let_go.set()
        await ended(service)

        assert len(recorder.urls) == 1  # the one that was at it
        assert await waiting(outside) == {Lane.BROWSER: 3}
        jobs = [await outside.store.queue.order(one, clock.now()) for one in light]
        assert [job.tries for job in jobs] == [0] * 4


async def unheard(_: Attend) -> None:
    """Carry messages that all get lost."""
    await asyncio.Event().wait()


@pytest.mark.parametrize("listen", [None, unheard])
async def test_with_one_browser_what_somebody_asks_for_waits_for_one_look_with_news(
    tmp_path: Path, listen: Listen | None
):
    async with world(tmp_path) as (archive, usual, web, _clock):
        light = await sites_with_news(usual, 4, web)
        recorder = InTurn()
        outside = replace(usual, recorder=recorder)
        around = Surroundings(listen=listen)
        service = Service(outside, capacity=Capacity(12, 1), around=around)
        asked = "https://asked.example/a"
        web.serve(asked, article("https://cited.example/"))

        await service.tick()
        await service.sweep()
        await recorder.has_one.wait()
        while await looks(outside, light) != [2] * 4:
            await asyncio.sleep(0)
        await archive.capture_later([asked])
        recorder.let_go.set()
        await ended(service)

        assert (len(recorder.urls), recorder.urls[1]) == (5, asked)


class Contexts(Outage):
    """A database that remembers in the context of which look it was asked for jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: set[object] = set()

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        if name == "take":
            self.looks.add(structlog.contextvars.get_contextvars().get("job"))
        return answer


async def test_jobs_that_follow_a_look_with_news_are_none_of_its_context(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        contexts = Contexts()
        due = await sites_with_news(usual, 3, web)
        service = Service(contexts.over(usual), capacity=Capacity(5, 1))

        await service.tick()
        await ended(service)

        assert await looks(usual, due) == [2] * 3
        assert contexts.looks == {None}


@pytest.mark.parametrize("listen", [None, unheard])
async def test_free_memory_is_handed_back_at_rest_and_at_most_once_a_second(
    tmp_path: Path, listen: Listen | None
):
    handed_back: list[int] = []

    async def memory() -> None:
        handed_back.append(len(service._hands))

    async def round_of_looks(after: timedelta) -> None:
        await clock.sleep(after)
        for source in sources:
            await outside.store.sources.schedule(source.id, outside.clock.now())
        await service.tick()
        await service.sweep()
        await ended(service)
        await service._rota.finish(60)

    async with world(tmp_path) as (_, outside, web, clock):
        sources = await sites(outside, 3, web)
        duties, around = Duties(memory=memory), Surroundings(listen=listen)
        service = Service(outside, capacity=Capacity(5, 5), duties=duties, around=around)

        await round_of_looks(timedelta(0))
        await round_of_looks(timedelta(seconds=0.4))
        at_once = list(handed_back)
        await round_of_looks(timedelta(seconds=0.6))

        assert (at_once, handed_back) == ([0], [0, 0])
        assert await looks(outside, sources) == [3] * 3


@pytest.mark.parametrize("error", [StoreError("the disk refused"), OSError("no room"), KeyError(1)])
async def test_trouble_of_our_own_is_tried_again(tmp_path: Path, error: Exception):
    async with world(tmp_path) as (_, usual, _web, _clock):
        outside = replace(usual, fetcher=Failing(error, error))
        [source] = await sites(outside, 1)
        service = Service(outside, retries=AT_ONCE)

        await service.tick()
        await ended(service)

        assert await looks(outside, [source]) == [1]


async def test_what_fails_again_and_again_is_given_up_and_due_hours_later(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, clock):
        outside = replace(usual, fetcher=Failing(*[KeyError("our bug")] * 9))
        [source] = await sites(outside, 1)
        service = Service(outside, retries=AT_ONCE)

        await service.tick()
        await ended(service)

        due_at = (await outside.store.sources.source(source.id)).next_due_at
        assert due_at is not None
        assert timedelta(hours=3) <= due_at - clock.now() <= timedelta(hours=6)
        assert (await looks(outside, [source]), await waiting(outside)) == ([0], {})


async def test_a_site_that_another_worker_asks_costs_no_try(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        busy = [TurnError("another worker is asking it", 0)] * 9
        outside = replace(usual, fetcher=Failing(*busy))
        [source] = await sites(outside, 1)
        service = Service(outside, retries=AT_ONCE)

        await service.tick()
        await ended(service)

        assert await looks(outside, [source]) == [1]


async def test_a_look_counts_though_its_capture_failed(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        outside = replace(usual, recorder=NoStart(1))
        [source] = await sites(outside, 1, web)
        service = Service(outside, retries=Retries(tries=3, first=timedelta(days=999)))

        await service.tick()
        await ended(service)

        assert await looks(outside, [source]) == [1]
        assert sum((await waiting(outside)).values()) == 1  # for the capture that is missing


async def test_a_browser_that_does_not_start_costs_its_jobs_no_try(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        outside = replace(usual, recorder=NoStart(2 * AT_ONCE.tries))
        [source] = await sites(outside, 1, web)
        service = Service(outside, retries=AT_ONCE)

        await service.tick()
        await ended(service)

        assert len(await outside.store.captures.of(source.id)) == 1
        assert await waiting(outside) == {}


async def test_a_look_that_cannot_be_told_of_is_ended_all_the_same(tmp_path: Path):
    def refuse(_: object, __: str, event: EventDict) -> EventDict:
        if event["event"] == "looked":
            raise OSError(errno.ENOSPC, "no space left on device")
        raise structlog.DropEvent

    async with world(tmp_path) as (_, outside, web, _clock):
        sources = await sites(outside, 2, web)
        service = Service(outside, capacity=Capacity(10, 10))
        structlog.configure(processors=[refuse])
        try:
            await service.tick()
            await ended(service)
        finally:
            structlog.reset_defaults()

        assert await looks(outside, sources) == [1, 1]
        assert await waiting(outside) == {}
        assert sum((await outside.store.queue.depth()).running.values()) == 0


async def test_a_worker_that_lost_its_lease_commits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lost, "SPREAD", timedelta(days=1))  # else it may have it again at once
    async with world(tmp_path) as (_, usual, _web, clock):
        web, meter = Slow(), Counting()
        outside = replace(usual, fetcher=web, meter=meter)
        [source] = await sites(outside, 1)
        service = Service(outside)
        await service.tick()
        await web.has_met(1)

        [claim] = await outside.store.claims.standing()
        await outside.store.queue.sweep(clock.now(), [claim])  # as if it were dead
        web.let_go.set()
        await ended(service)

        assert meter.counts["fence_lost_total", None] == 1
        assert await looks(outside, [source]) == [0]


async def test_of_what_a_dead_worker_had_in_hand_one_job_at_a_time_is_taken(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, clock):
        due = await sites(usual, 6)
        await usual.store.queue.enqueue_due(clock.now(), 9)
        lease = timedelta(minutes=1)
        await usual.store.queue.take("dead", lease, lane=Lane.BROWSER, limit=9)
        await usual.store.queue.sweep(clock.now(), await usual.store.claims.standing())
        # Ready at once, not within some seconds.
        await usual.store.calendar.set_back(lease, clock.now(), "w", lease)
        web = Slow()
        service = Service(replace(usual, fetcher=web), capacity=Capacity(9, 9))

        taken = [await service.tick() for _ in range(2)]
        web.let_go.set()
        await ended(service)

        assert taken == [1, 0]
        assert await looks(usual, due) == [1] * 6


async def test_a_message_waits_while_nothing_may_be_taken_and_is_let_go_at_a_stop(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        [source] = await sites(outside, 1)
        job = await outside.store.queue.order(source, clock.now())
        told: list[asyncio.Future[timedelta | None]] = []
        is_told = asyncio.Event()

        async def listen(attend: Attend) -> None:
            told.append(asyncio.ensure_future(attend(job.id, job.lane)))
            is_told.set()
            await asyncio.Event().wait()

        room = Room(1, 100, 50)
        service = Service(outside, around=Surroundings(lambda: room, listen=listen))
        await service.tick()
        running = asyncio.create_task(service.run())
        await asyncio.wait_for(is_told.wait(), 30)
        waits = not told[0].done()
        service.stop()
        await asyncio.wait_for(running, 30)

        assert waits
        assert await told[0] == timedelta(0)  # others are told of it at once
        assert await looks(outside, [source]) == [0]


async def test_a_job_whose_message_is_lost_is_done_at_the_next_sweep(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        [source] = await sites(outside, 1)
        service = Service(outside, around=Surroundings(listen=unheard))
        await service.tick()
        before = await looks(outside, [source])

        await service.sweep()
        await ended(service)

        assert (before, await looks(outside, [source])) == ([0], [1])


class Listening:
    """What carries messages: tells of one job; a cancel waits for what is attended to."""

    def __init__(self, job: Job) -> None:
        self.is_cancelled = asyncio.Event()
        self.again: timedelta | None = None
        self._job = job

    async def __call__(self, attend: Attend) -> None:
        attending = asyncio.ensure_future(attend(self._job.id, self._job.lane))
        try:
            await asyncio.Event().wait()
        finally:
            self.is_cancelled.set()
            self.again = await attending


async def test_a_job_of_a_message_whose_taking_is_on_its_way_at_the_stop_is_given_back(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, usual, web, clock):
        slow = SlowTake("take_job", 0)
        outside = slow.over(usual)
        [source] = await sites(outside, 1)
        listening = Listening(await outside.store.queue.order(source, clock.now()))
        duties = Duties(enqueues=False)
        service = Service(outside, duties=duties, around=Surroundings(listen=listening))
        running = asyncio.create_task(service.run())
        await asyncio.wait_for(slow.has_taken.wait(), 30)

        service.stop()
        await asyncio.wait_for(listening.is_cancelled.wait(), 30)
        slow.let_come.set()
        await asyncio.wait_for(running, 30)

        assert (web.asked, listening.again) == ([], None)
        assert await waiting(outside) == {Lane.BROWSER: 1}


async def test_a_service_that_ends_hears_of_no_more_jobs_and_does_those_in_hand(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        [source] = await sites(outside, 1)
        listening = Listening(await outside.store.queue.order(source, clock.now()))
        pace = Pace(grace=timedelta(hours=1))
        duties = Duties(enqueues=False)
        around = Surroundings(listen=listening)
        service = Service(outside, pace=pace, duties=duties, around=around)
        running = asyncio.create_task(service.run())
        await web.has_met(1)

        service.stop()
        await asyncio.wait_for(listening.is_cancelled.wait(), 30)
        web.let_go.set()
        await asyncio.wait_for(running, 30)

        assert await looks(outside, [source]) == [1]


async def run_out(outside: Outside) -> None:
    """Let every lease have run out, as if its holder had said nothing for long."""
    for claim in await outside.store.claims.standing():
        await outside.store.claims.extend(claim, timedelta(minutes=-1))


async def test_a_service_that_slept_does_not_take_itself_for_dead(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        due = await sites(outside, 2)
        service = Service(outside, capacity=Capacity(5, 5))
        await service.tick()
        await web.has_met(2)
        await run_out(outside)

        swept = await service.sweep()
        web.let_go.set()
        await ended(service)

        assert swept == []
        assert await looks(outside, due) == [1] * 2


@pytest.mark.parametrize("what", ["outage", "sleep", "sleep, then a tick", "clock set"])
async def test_others_get_time_to_show_life_when_they_could_not(tmp_path: Path, what: str):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 2)
        outage = Outage()
        service = Service(outage.over(outside))
        await outside.store.queue.enqueue_due(clock.now(), 9)
        await outside.store.queue.take("other", outside.lease, lane=Lane.BROWSER, limit=9)
        await run_out(outside)
        if what == "outage":
            outage.is_on = True
            await service.tick()
            outage.is_on = False
            await service.tick()
        elif what.startswith("sleep"):
            await clock.sleep(timedelta(hours=8))
            if what != "sleep":
                await service.tick()
        else:
            clock.set_by(timedelta(days=1))

        early = await service.sweep()
        await clock.sleep(outside.lease)
        late = await service.sweep()

        assert (len(early), len(late)) == (0, 2)


async def test_a_sweep_that_comes_late_knows_who_could_be_heard_meanwhile(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 2)
        service = Service(outside)
        await outside.store.queue.enqueue_due(clock.now(), 9)
        await outside.store.queue.take("other", outside.lease, lane=Lane.BROWSER, limit=9)
        await run_out(outside)

        for _ in range(10):  # the ticks went on, as long as a full store takes to be put in order
            await clock.sleep(outside.lease / 2)
            await service.tick()

        assert len(await service.sweep()) == 2


async def test_ticks_that_are_seldom_keep_nobody_from_being_missed(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 20)
        pace = Pace(tick=timedelta(hours=2))
        service = Service(outside, pace=pace)
        await outside.store.queue.enqueue_due(clock.now(), 20)
        await outside.store.queue.take("dead", outside.lease, lane=Lane.BROWSER, limit=20)

        swept = []
        for claim in await outside.store.claims.standing():
            await outside.store.claims.extend(claim, timedelta(minutes=-1))
            await clock.sleep(pace.sweep)
            swept.append(len(await service.sweep()))

        assert swept == [1] * 20


async def test_a_database_that_was_gone_between_two_ticks_gives_others_time(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 2)
        outage = Outage()
        service = Service(outage.over(outside), pace=Pace(tick=timedelta(hours=2)))
        await outside.store.queue.enqueue_due(clock.now(), 9)
        await outside.store.queue.take("other", outside.lease, lane=Lane.BROWSER, limit=9)
        await run_out(outside)
        outage.is_on = True
        with pytest.raises(StoreError):
            await service.sweep()
        outage.is_on = False

        early = await service.sweep()
        await clock.sleep(outside.lease / 2)
        late = await service.sweep()

        assert (len(early), len(late)) == (0, 2)


async def test_a_store_that_cannot_be_put_in_order_keeps_nobody_from_being_missed(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 1)

        async def clear() -> list[str]:
            raise StoreError("the store does not answer")

        service = Service(outside, duties=Duties(clear=clear))
        await outside.store.queue.enqueue_due(clock.now(), 9)
        await outside.store.queue.take("other", outside.lease, lane=Lane.BROWSER, limit=9)
        await run_out(outside)

        _, works = service._jobs()["sweep"]
        with pytest.raises(StoreError):
            await works["clear"]()
        swept = await works["sweep"]()

        assert isinstance(swept, list)
        assert len(swept) == 1


async def test_a_stop_gives_back_what_the_grace_does_not_finish(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        due = await sites(outside, 3)
        service = Service(outside, capacity=Capacity(5, 5), pace=NO_GRACE)
        running = asyncio.create_task(service.run())
        await web.has_met(3)

        service.stop()
        await asyncio.wait_for(running, 30)

        jobs = await outside.store.queue.take(
            "other", timedelta(minutes=1), lane=Lane.BROWSER, limit=9
        )
        assert sorted((one.job.source.id, one.job.deaths, one.job.tries) for one in jobs) == [
            (source.id, 0, 0) for source in sorted(due, key=lambda one: one.id)
        ]
        assert await outside.store.workers.all() == []


@pytest.mark.parametrize("what", ["looks", "errand"])
async def test_what_does_not_end_keeps_neither_jobs_nor_the_last_words_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
):
    monkeypatch.setattr(service_module, "LAST_S", 60)  # a busy machine may take its time
    async with world(tmp_path) as (_, usual, _web, _clock):
        web, dying = Slow(), Dying()
        outside = replace(usual, fetcher=dying if what == "looks" else web)
        errand = partial(dying.ask, Question("https://errand.example/"))
        duties = Duties(errands=[errand] if what == "errand" else [])
        await sites(outside, 3)
        service = Service(outside, capacity=Capacity(5, 5), pace=NO_GRACE, duties=duties)
        running = asyncio.create_task(service.run())
        await asyncio.gather(service.beat(), (dying if what == "looks" else web).has_met(3))
        if what == "errand":
            await dying.has_met(1)
        was_there = len(await outside.store.workers.all())

        service.stop()
        await asyncio.wait_for(running, 30)
        depth = await outside.store.queue.depth()
        is_there = len(await outside.store.workers.all())
        dying.let_die.set()
        await ended(service)

        assert (sum(depth.queued.values()), depth.running) == (3, {})
        assert (was_there, is_there) == (1, 0)


async def test_jobs_whose_taking_is_on_its_way_at_the_stop_are_given_back(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        web, slow = Slow(), SlowTake()
        outside = slow.over(replace(usual, fetcher=web))
        web.let_go.set()
        await sites(outside, 3)
        service = Service(outside, capacity=Capacity(1, 1), pace=NO_GRACE)
        await service.tick()
        await asyncio.wait_for(slow.has_taken.wait(), 30)
        web.let_go.clear()

        service.stop()
        running = asyncio.create_task(service.run())
        while not service._hands._is_ending.is_set():
            await asyncio.sleep(0)
        slow.let_come.set()
        await asyncio.wait_for(running, 30)

        depth = await outside.store.queue.depth()
        assert (sum(depth.queued.values()), sum(depth.running.values())) == (2, 0)


async def test_a_database_that_is_gone_is_named_and_nothing_in_hand_is_lost(tmp_path: Path):
    async with world(tmp_path) as (_, real, _web, _clock):
        web, outage = Slow(), Outage()
        outside = outage.over(replace(real, fetcher=web))
        due = await sites(outside, 3)
        service = Service(outside, capacity=Capacity(5, 5), retries=AT_ONCE)
        running = asyncio.create_task(service.run())
        await web.has_met(3)

        outage.is_on = True
        web.let_go.set()
        await service.tick()
        stands = service.conditions.has(Condition.DATABASE_GONE)
        while outage.refused < 10:
            await asyncio.sleep(0)
        outage.is_on = False
        while await looks(real, due) != [1] * 3:
            await asyncio.sleep(0)
        await asyncio.wait_for(service.idle(), 60)
        is_over = not service.conditions.has(Condition.DATABASE_GONE)
        service.stop()
        await running

        assert (stands, is_over) == (True, True)
        notes = [one.note.partition(":")[0] for one in await real.store.workers.incidents(9)]
        assert "database_gone began" in notes
        assert "database_gone ended" in notes


async def test_a_database_file_that_is_moved_away_is_named_and_takes_nothing(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        due = await sites(outside, 2, web)
        service = Service(outside)
        file, aside = tmp_path / "archiver.db", tmp_path / "aside.db"

        file.rename(aside)
        taken = await service.tick()
        is_named = service.conditions.has(Condition.DATABASE_GONE)
        is_made = file.exists()
        aside.rename(file)
        await service.tick()
        await ended(service)

        assert (taken, is_named, is_made) == (0, True, False)
        assert await looks(outside, due) == [1, 1]
        assert not service.conditions.has(Condition.DATABASE_GONE)


class Crashing(NoBrowser):
    """A recorder whose browser breaks down so many times before there is a picture."""

    def __init__(self, times: int, *records: WarcRecord, limit: str = CRASH) -> None:
        self.times = times
        self.records = records
        self.limit = limit

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        recording = await super().record(order)
        if not self.times:
            return recording
        self.times -= 1
        return replace(
            recording,
            outcome=CaptureOutcome.FAILED,
            reason="it broke down",
            limits=(self.limit,),
            records=self.records,
        )


@pytest.mark.parametrize("limit", [CRASH, DEADLINE])
@pytest.mark.parametrize(("crashes", "shown"), [(2, True), (3, False)])
async def test_a_browser_that_broke_down_is_followed_by_another_until_the_tries_are_over(
    tmp_path: Path, crashes: int, shown: bool, limit: str
):
    async with world(tmp_path) as (_, usual, web, _clock):
        source = (await sites(usual, 1, web))[0]
        outside = replace(usual, recorder=Crashing(crashes, limit=limit))
        service = Service(outside, capacity=Capacity(1, 1), retries=AT_ONCE)

        while await service.tick():
            await ended(service)

        taken = await outside.store.captures.of(source.id)
        assert [one.has_crashed for one in taken] == [True] * crashes + [False] * shown
        assert await looks(outside, [source]) == [3]
        depth = await outside.store.queue.depth()
        assert (depth.queued, depth.running) == ({}, {})
        due = (await outside.store.sources.source(source.id)).next_due_at
        assert due is not None
        assert timedelta(0) < due - outside.clock.now()
        assert (due - outside.clock.now() <= AT_ONCE.cap) is not shown  # its look says days


class Breaking(Crashing):
    """Browsers that start, and break down so many times."""

    async def __aenter__(self) -> Breaking:
        return self


def anywhere(_: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


async def unheeded(*_: object) -> None:
    pass


async def test_while_browsers_break_down_at_every_page_few_looks_are_made_and_nothing_is_lost(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, usual, web, clock):
        due = await sites(usual, MOST_FAILURES, web)
        launches, breaking = Launches(clock), Breaking(1000)
        recorder = LazyRecorder(
            lambda: cast(BrowserRecorder, breaking), launches, anywhere, unheeded
        )
        outside = replace(usual, recorder=recorder)
        around = Surroundings(launches=launches)
        service = Service(outside, capacity=Capacity(5, 5), retries=AT_ONCE, around=around)

        for _ in range(60):
            await service.tick()
            await ended(service)
            clock.advance(timedelta(minutes=1))
        is_named = service.conditions.has(Condition.BROWSER_FAILING)
        made = await looks(outside, due)
        breaking.times = 0
        clock.advance(LONGEST_PAUSE)
        await service.tick()
        await ended(service)

        assert is_named
        assert sum(made) <= 6 * MOST_FAILURES
        newest = [(await outside.store.captures.of(source.id))[-1] for source in due]
        assert [one.has_crashed for one in newest] == [False] * MOST_FAILURES
        assert not launches.are_failing


async def test_a_post_whose_browser_broke_down_is_kept_and_captured_again(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, clock):
        found = recognise(f"https://x.com/{HANDLE}/status/{ID}")
        source = await usual.store.sources.register(found, None, clock.now())
        asked = next(platform("x").inquire(found)).url
        web.serve(asked, json.dumps(tweet()), "application/json")
        outside = replace(usual, recorder=Crashing(1, build.record()))
        service = Service(outside, capacity=Capacity(1, 1), retries=AT_ONCE)

        while await service.tick():
            await ended(service)

        lost, made = await outside.store.captures.of(source.id)
        assert (lost.gate, lost.has_crashed) == (Gate.ACCEPTED, True)
        assert (made.gate, made.has_crashed) == (Gate.ACCEPTED, False)


class Slept(NoBrowser):
    """A recorder whose first captures are given up while its machine sleeps."""

    def __init__(self, uploads: Uploads, times: int) -> None:
        self._uploads = uploads
        self._times = times

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        if self._times:
            self._times -= 1
            await self._uploads.begin(order.capture_id, "this machine")
            await self._uploads.give_up(order.capture_id)
        return await super().record(order)


async def test_captures_that_were_given_up_on_their_way_are_taken_again(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        assert isinstance(usual.store, SqlStore)
        meter = Counting()
        outside = replace(usual, recorder=Slept(Uploads(usual.store.database), 3), meter=meter)
        due = await sites(outside, 3)
        for source in due:
            web.serve(source.ref.url, b"")  # no file of a look tells that files are well
        service = Service(outside, capacity=Capacity(3, 3), retries=AT_ONCE)

        while await service.tick():
            await ended(service)

        taken = [await outside.store.captures.of(source.id) for source in due]
        assert [len(one) for one in taken] == [1] * 3
        assert await outside.store.claims.standing() == []
        assert await waiting(outside) == {}
        assert await outside.store.workers.incidents(9) == []  # nothing refused
        assert meter.counts["jobs_total", "retried"] == 3


async def test_leases_in_hand_are_prolonged_together_and_a_lost_one_is_noticed_once(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, _web, clock):
        sources = await sites(outside, 3)
        await outside.store.queue.enqueue_due(clock.now(), 9)
        lease = timedelta(minutes=1)
        taken = await outside.store.queue.take("w", lease, lane=Lane.BROWSER, limit=3)
        claims = [one.claim for one in taken]
        heartbeat = Heartbeat(outside, lambda: claims)

        kept = await heartbeat.beat()
        await outside.store.queue.sweep(clock.now(), claims[:1])
        lost, again = await heartbeat.beat(), await heartbeat.beat()

        assert len(sources) == 3
        assert (kept, lost, again) == ([], claims[:1], [])


async def test_a_lease_is_not_lost_whose_job_is_being_ended(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await sites(outside, 1)
        await outside.store.queue.enqueue_due(clock.now(), 9)
        lease = timedelta(minutes=1)
        taken = await outside.store.queue.take("w", lease, lane=Lane.BROWSER, limit=1)
        claims = [one.claim for one in taken]
        heartbeat = Heartbeat(outside, lambda: claims, list)

        await outside.store.queue.give_back(taken[0])

        assert await heartbeat.beat() == []


async def test_jobs_whose_take_was_not_heard_of_are_given_back_and_done(tmp_path: Path):
    async with world(tmp_path) as (_, real, web, _clock):
        due, lost = await sites(real, 3, web), LostTake()
        service = Service(lost.over(real), capacity=Capacity(5, 5))

        refused = await service.tick()
        held = await real.store.queue.taken_by(real.worker)
        taken = await service.tick()
        await ended(service)

        assert (refused, len(held), taken) == (0, 3, 3)
        assert {one.job.deaths for one in held} == {0}
        assert await looks(real, due) == [1, 1, 1]
        assert "lost its worker" not in str(await real.store.workers.incidents(9))


class LostThenSlow(SlowTake):
    """A database whose first answer to a take by message is lost; the next are on their way."""

    def __init__(self) -> None:
        super().__init__("take_job", 0)
        self._lost = LostTake("take_job")
        self.is_asked_what_we_hold = asyncio.Event()

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        if name == "taken_by":
            self.is_asked_what_we_hold.set()
        return await super().carry(name, await self._lost.carry(name, answer))


async def test_a_take_that_is_on_its_way_is_none_that_was_not_heard_of(tmp_path: Path):
    async with world(tmp_path) as (_, real, web, clock):
        behind = LostThenSlow()
        outside = behind.over(real)
        due = await sites(real, 2, web)
        lost, slow = [await real.store.queue.order(one, clock.now()) for one in due]
        around = Surroundings(listen=Listening(slow))
        service = Service(outside, duties=Duties(enqueues=False), around=around)

        await service._hands.attend(lost.id, lost.lane)
        attending = asyncio.create_task(service._hands.attend(slow.id, slow.lane))
        await asyncio.wait_for(behind.has_taken.wait(), 30)
        ticking = asyncio.create_task(service.tick())
        await asyncio.wait_for(behind.is_asked_what_we_hold.wait(), 30)
        behind.let_come.set()
        await asyncio.wait_for(asyncio.gather(ticking, attending), 30)

        assert await looks(real, due) == [0, 1]
        assert await waiting(real) == {Lane.BROWSER: 1}
        taken = await real.store.queue.take_job(
            lost.id, "another", timedelta(minutes=1), lane=Lane.BROWSER
        )
        assert isinstance(taken, Taken)
        assert taken.job.deaths == 0
