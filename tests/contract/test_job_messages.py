"""One job, of which a message tells; and what is told, in the transaction that queues it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from archiver.errors import StoreError
from archiver.model.job import Lane
from archiver.ports import Quarantine, Queued, Taken
from archiver.store.store import SqlStore
from archiver.store.tables import jobs
from tests.build import NOW
from tests.contract.test_queue import LEASE, MINUTE, OVER, add, look, queued, take_one

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)


class Told:
    """Notes what it is told, or refuses."""

    def __init__(self) -> None:
        self.jobs: list[Queued] = []
        self.refuses = False

    def __call__(self, connection: object, queued: Sequence[Queued]) -> None:
        if self.refuses:
            raise StoreError("no message can be sent")
        self.jobs += queued

    def take(self) -> list[Queued]:
        jobs, self.jobs = self.jobs, []
        return jobs


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def store(database: str, tmp_path: Path, told: Told) -> AsyncIterator[SqlStore]:
    once = Quarantine(deaths=2, first=timedelta(0))
    opened = await SqlStore.open(tmp_path, database, send=told, quarantine=once)
    yield opened
    await opened.close()


async def job_of(store: SqlStore, told: Told) -> str:
    await queued(store)
    return told.take()[0].job_id


async def test_a_job_that_is_ready_is_taken_once(store: SqlStore, told: Told) -> None:
    job_id = await job_of(store, told)

    taken = await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
    again = await store.queue.take_job(job_id, "other", LEASE, lane=Lane.BROWSER)

    assert isinstance(taken, Taken)
    assert (taken.job.id, taken.claim.worker, again) == (job_id, "w", None)


async def test_of_jobs_told_of_at_once_each_caller_gets_its_own_and_a_site_one(
    store: SqlStore, told: Told
) -> None:
    for number in range(40):
        await add(store, f"https://site{number}.example/")
    await add(store, "https://site0.example/another")
    await store.queue.enqueue_due(NOW, 100)
    names = [job.job_id for job in told.take()]

    got = await asyncio.gather(
        *(
            store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
            for job_id in [*names, names[0]]
        )
    )

    taken = {
        one.job.domain: job_id
        for one, job_id in zip(got, names, strict=False)
        if isinstance(one, Taken) and one.job.id == job_id
    }
    assert len(taken) == 40
    assert [one for one in got if not isinstance(one, Taken)] == [got[-2], None]
    assert isinstance(got[-2], timedelta)


async def test_jobs_told_of_at_once_are_taken_for_whoever_asks(store: SqlStore, told: Told) -> None:
    await queued(store, 6)
    names = [job.job_id for job in told.take()]

    got = await asyncio.gather(
        *(
            store.queue.take_job(job_id, f"w{n % 2}", LEASE, lane=Lane.BROWSER)
            for n, job_id in enumerate(names)
        )
    )

    assert [one.claim.worker for one in got if isinstance(one, Taken)] == ["w0", "w1"] * 3


async def test_nothing_waits_for_a_job_that_is_done_or_unknown(store: SqlStore, told: Told) -> None:
    job_id = await job_of(store, told)
    taken = await take_one(store)
    await look(store, taken)
    await store.queue.finish(taken)

    assert await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER) is None
    assert await store.queue.take_job("nothing", "w", LEASE, lane=Lane.BROWSER) is None


async def test_a_job_is_taken_by_word_of_its_own_lane_alone(store: SqlStore, told: Told) -> None:
    job_id = await job_of(store, told)

    by_light, by_browser = await asyncio.gather(
        *(store.queue.take_job(job_id, "w", LEASE, lane=lane) for lane in Lane)
    )

    assert by_light is None
    assert isinstance(by_browser, Taken)


async def test_jobs_of_both_lanes_told_of_at_once_are_taken(store: SqlStore, told: Told) -> None:
    [captured, fresh] = await queued(store, 2)
    names = [job.job_id for job in told.take()]
    light = update(jobs).where(jobs.c.source_id == captured.id).values(lane=Lane.LIGHT.value)
    await store.database.write(lambda connection: connection.execute(light))

    got = await asyncio.gather(
        *(store.queue.take_job(job_id, "w", LEASE, lane=lane) for job_id in names for lane in Lane)
    )

    taken = {one.job.source.id: one.job.lane for one in got if isinstance(one, Taken)}
    assert taken == {captured.id: Lane.LIGHT, fresh.id: Lane.BROWSER}


async def test_a_job_waits_for_its_time(store: SqlStore, told: Told) -> None:
    job_id = await job_of(store, told)
    await store.queue.give_back(await take_one(store), MINUTE)

    wait = await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)

    assert isinstance(wait, timedelta)
    assert SECOND < wait <= MINUTE


async def test_a_job_waits_for_whoever_looks_at_its_source(store: SqlStore, told: Told) -> None:
    [source] = await queued(store)
    job_id = told.take()[0].job_id
    assert await store.claims.claim(source.id, "a person", LEASE) is not None

    wait = await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)

    assert isinstance(wait, timedelta)
    assert SECOND < wait <= LEASE


async def test_a_job_waits_for_its_domain_the_longer_the_more_wait_there(
    store: SqlStore, told: Told
) -> None:
    for number in range(30):
        await add(store, f"https://busy.example/{number}")
    await add(store, "https://small.example/")
    await store.queue.enqueue_due(NOW, 100)
    *busy, small = (job.job_id for job in told.take())
    for domain in ("busy.example", "small.example"):
        await store.turns.take(domain, "another", LEASE)

    long = await store.queue.take_job(busy[0], "w", LEASE, lane=Lane.BROWSER)
    short = await store.queue.take_job(small, "w", LEASE, lane=Lane.BROWSER)
    own = await store.queue.take_job(small, "another", LEASE, lane=Lane.BROWSER)
    full = await store.queue.take_job(
        busy[0], "another", LEASE, lane=Lane.BROWSER, but=["busy.example"]
    )

    assert isinstance(long, timedelta)
    assert isinstance(short, timedelta)
    assert long > 3 * short > timedelta(0)
    assert isinstance(own, Taken)
    assert isinstance(full, timedelta)


async def test_an_urgent_job_waits_for_its_place_among_urgent_ones_alone(
    store: SqlStore, told: Told
) -> None:
    made = [await add(store, f"https://busy.example/{number}") for number in range(300)]
    await store.queue.enqueue_due(NOW, 300)
    scheduled = told.take()[0].job_id
    urgent = [(await store.queue.order(source, NOW)).id for source in made[-2:]]
    await store.turns.take("busy.example", "another", LEASE)

    first, second, last = [
        await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
        for job_id in (*urgent, scheduled)
    ]

    assert isinstance(first, timedelta)
    assert isinstance(second, timedelta)
    assert isinstance(last, timedelta)
    assert max(first, second) <= 4.5 * SECOND
    assert last > 100 * SECOND


async def test_what_is_queued_is_told_in_its_own_transaction(store: SqlStore, told: Told) -> None:
    await add(store)
    told.refuses = True
    with pytest.raises(StoreError):
        await store.queue.enqueue_due(NOW, 10)
    told.refuses = False

    assert await store.queue.enqueue_due(NOW, 10) == 1
    [job] = told.take()
    assert job == Queued(job.job_id, Lane.BROWSER, is_urgent=False)


async def test_an_order_is_told_as_urgent(store: SqlStore, told: Told) -> None:
    [waiting] = await queued(store)
    fresh = await add(store)
    told.take()

    ordered = [await store.queue.order(source, NOW) for source in (fresh, waiting)]

    assert told.take() == [Queued(job.id, Lane.BROWSER, is_urgent=True) for job in ordered]


async def test_a_job_that_comes_back_is_told_again(store: SqlStore, told: Told) -> None:
    job_id = await job_of(store, told)

    await store.queue.retry(await take_one(store), MINUTE, "the disk was full")

    [job] = told.take()
    assert job == Queued(job_id, Lane.BROWSER, is_urgent=False, ready_in=job.ready_in)
    assert SECOND < job.ready_in <= MINUTE


async def test_what_the_dead_leave_is_told_again_and_what_leaves_quarantine(
    database: str, tmp_path: Path, told: Told
) -> None:
    ahead = timedelta(0)
    opened = await SqlStore.open(tmp_path, database, send=told, clock_ahead=lambda: ahead)
    job_id = await job_of(opened, told)
    await take_one(opened)
    ahead += OVER
    await opened.queue.sweep(NOW)
    after_death = [job.job_id for job in told.take()]
    ahead += OVER
    taken = await opened.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
    assert isinstance(taken, Taken)
    ahead += OVER
    await opened.queue.sweep(NOW)
    in_quarantine = told.take()
    await opened.queue.pardon(taken.job.source.id)
    pardoned = [job.job_id for job in told.take()]
    await opened.close()

    assert (after_death, in_quarantine, pardoned) == ([job_id], [], [job_id])


async def test_a_risky_job_waits_for_a_worker_that_has_no_other(
    database: str, tmp_path: Path
) -> None:
    ahead = timedelta(0)
    opened = await SqlStore.open(tmp_path, database, clock_ahead=lambda: ahead)
    await queued(opened)
    job_id = (await take_one(opened)).job.id
    ahead += OVER
    await opened.queue.sweep(NOW)
    ahead += OVER

    wait = await opened.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER, risky=False)
    taken = await opened.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
    await opened.close()

    assert isinstance(wait, timedelta)
    assert wait > timedelta(0)
    assert isinstance(taken, Taken)


async def test_the_job_that_follows_a_look_without_its_capture_is_told(
    store: SqlStore, told: Told
) -> None:
    await queued(store)
    told.take()
    taken = await take_one(store)
    await look(store, taken)

    await store.queue.give_back(taken)

    [job] = told.take()
    assert job.job_id != taken.job.id
    assert job.lane is Lane.BROWSER
