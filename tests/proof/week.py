"""Two daemons and three workers on one database for a simulated week: no slot twice, none lost.

    python -m tests.proof.week --database sqlite|postgresql [--sources 10000] [--days 7] [--seed 1]

Daemons and workers are tasks with a database connection of their own each; the database is real,
its clock and theirs are moved on from tick to tick. The daemons' clocks disagree by minutes, and
each sleeps through some ticks. Workers die with jobs in hand, before or after the look was
committed; they are paused past their lease and wake up later; they give back, fail and work
longer than a tick under a heartbeat. What stands in the database at the end is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from random import Random
from time import monotonic

from sqlalchemy import Connection, select

from archiver.errors import ClaimError
from archiver.model.job import Lane
from archiver.ports import Taken
from archiver.store import schema
from archiver.store.ids import new_id
from archiver.store.store import SqlStore, database_url
from archiver.store.tables import jobs, observations, sources
from tests import build, postgres
from tests.build import NOW

DAEMONS, WORKERS = 2, 3
LEASE = timedelta(minutes=2)
TURN = timedelta(seconds=15)
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(days=4)
OLDEST = timedelta(days=20)
SKEW = timedelta(minutes=2)
BATCH = 40
PER_SITE = 7
NOTHING = timedelta(0)

DIES, DIES_AFTER, PAUSED, SLOW, BACK, FAILS, TURNS = 0.004, 0.004, 0.01, 0.01, 0.01, 0.01, 0.05
"""How often what happens to a job in hand."""
ASLEEP = 0.05
"""How often a daemon sleeps through a tick."""


@dataclass(slots=True)
class Time:
    """The simulated time: both clocks run on it, the database's besides its machine's own."""

    passed: timedelta = NOTHING

    def now(self) -> datetime:
        return NOW + self.passed

    def ahead(self) -> timedelta:
        return self.passed


@dataclass(slots=True)
class Told:
    """What the workers were told: the due time of each look that was acknowledged, and trouble."""

    due: dict[str, datetime] = field(default_factory=dict)
    died: int = 0
    paused: int = 0
    refused: int = 0
    late: int = 0
    given_back: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The week as it stands in the database. ``early`` looks follow one whose worker died."""

    database: str
    sources: int
    days: float
    slots_enqueued: int
    looks: int
    looks_acknowledged: int
    acknowledged_lost: int
    slots_doubled: int
    slots_lost: int
    slots_early: int
    still_open: int
    workers_died: int
    workers_paused: int
    refused_after_pause: int
    counted_after_pause: int
    given_back: int
    failed: int
    jobs_swept: int
    jobs_quarantined: int
    seconds: float


class Daemon:
    """Queues what is due, and sweeps; its clock is off by minutes."""

    def __init__(self, store: SqlStore, time: Time, random: Random) -> None:
        self._store, self._time, self._random = store, time, random
        self._skew = SKEW * random.uniform(-1, 1)
        self.swept = self.quarantined = 0

    async def tick(self, until: datetime) -> None:
        if self._random.random() < ASLEEP:
            return
        at = min(until, self._time.now() + self._skew)
        while await self._store.queue.enqueue_due(at, 300) == 300:
            pass
        swept = await self._store.queue.sweep(at)
        self.swept += len(swept.requeued) + len(swept.closed)
        self.quarantined += len(swept.quarantined)


@dataclass(slots=True)
class Held:
    """A job that a worker keeps for longer than a tick; a paused one shows no sign of life."""

    taken: Taken
    until: datetime
    is_paused: bool


class Worker:
    """Does jobs, with all that can happen to a worker."""

    def __init__(
        self, store: SqlStore, time: Time, random: Random, told: Told, trouble: float
    ) -> None:
        self._store, self._time, self._random, self._told = store, time, random, told
        self.trouble = trouble
        self._name = new_id()
        self._held: list[Held] = []

    async def round(self) -> None:
        """Show life, go on with what is held, and do all that is ready."""
        alive = [held.taken.claim for held in self._held if not held.is_paused]
        await self._store.claims.extend_all(alive, 10 * LEASE)
        now = self._time.now()
        ended = [held for held in self._held if held.until <= now]
        self._held = [held for held in self._held if held.until > now]
        for held in ended:
            await self._wake(held)
        for lane in Lane:
            while taken := await self._store.queue.take(self._name, LEASE, lane=lane, limit=BATCH):
                await asyncio.gather(*(self._do(one) for one in taken))

    async def _wake(self, held: Held) -> None:
        try:
            await self._finish(held.taken)
        except ClaimError:
            self._told.refused += held.is_paused
        else:
            self._told.late += held.is_paused

    async def _do(self, taken: Taken) -> None:
        chance = self._random.random()
        for share, act in (
            (DIES, self._die),
            (DIES_AFTER, self._die_after),
            (PAUSED, self._pause),
            (SLOW, self._be_slow),
            (BACK, self._give_back),
            (FAILS, self._fail),
            (TURNS, self._take_turns),
        ):
            chance -= share * self.trouble
            if chance < 0:
                await act(taken)
                return
        await self._finish(taken)

    async def _finish(self, taken: Taken) -> None:
        await self._look(taken)
        await self._store.queue.finish(taken)

    async def _look(self, taken: Taken) -> None:
        """Commit a look; the next is due after half the age of the source."""
        now = self._time.now()
        age = now - (taken.job.source.posted_at or NOW)
        interval = min(max(age / 2, SHORTEST), LONGEST) * self._random.uniform(0.9, 1.1)
        observation = build.observation(taken.claim.source_id, now, id=new_id())
        due = now + interval
        await self._store.looks.keep(taken.claim, observation, build.verdict(), [], due)
        self._told.due[observation.id] = due

    async def _die(self, _taken: Taken) -> None:
        """Another process takes this one's place; what it held in this job is gone."""
        self._told.died += 1
        self._name = new_id()

    async def _die_after(self, taken: Taken) -> None:
        await self._look(taken)
        await self._die(taken)

    async def _pause(self, taken: Taken) -> None:
        self._told.paused += 1
        until = self._time.now() + LEASE * self._random.uniform(0.5, 20)
        self._held.append(Held(taken, until, is_paused=True))

    async def _be_slow(self, taken: Taken) -> None:
        await self._store.claims.extend(taken.claim, 10 * LEASE)
        self._held.append(Held(taken, self._time.now() + 7 * LEASE, is_paused=False))

    async def _give_back(self, taken: Taken) -> None:
        self._told.given_back += 1
        await self._store.queue.give_back(taken)

    async def _fail(self, taken: Taken) -> None:
        self._told.failed += 1
        if self._random.random() < 0.5:
            await self._look(taken)
        await self._store.queue.retry(taken, LEASE, "it failed")

    async def _take_turns(self, taken: Taken) -> None:
        if await self._store.turns.take(taken.job.domain, self._name, TURN) is None:
            await self._store.queue.give_back(taken, LEASE)
            return
        await self._finish(taken)
        await self._store.turns.release(taken.job.domain, self._name, NOTHING)


async def fill(store: SqlStore, number: int, random: Random) -> None:
    """Follow sources of any age, due some time in the first day."""
    refs = [build.page(f"https://s{n // PER_SITE}.example/{n}") for n in range(number)]
    for start in range(0, number, 500):
        found = [build.found(ref) for ref in refs[start : start + 500]]
        await store.articles.keep(build.article(text=f"{start}"), found, None, NOW)
    ages = {ref.name: OLDEST * random.random() ** 3 for ref in refs}
    await store.sources.date({name: NOW - age for name, age in ages.items()})
    first = {one.id: NOW + timedelta(days=random.random()) for one in await store.sources.all()}
    await asyncio.gather(*(store.sources.schedule(name, at) for name, at in first.items()))


Slots = dict[str, tuple[str, datetime, str | None]]
Step = Callable[[timedelta], Awaitable[None]]


async def remember(store: SqlStore, slots: Slots) -> None:
    """Note the source, slot and look of every job, since old ones are forgotten."""
    query = select(jobs.c.id, jobs.c.source_id, jobs.c.slot, jobs.c.observation_id)

    def read(connection: Connection) -> None:
        slots.update({row.id: tuple(row)[1:] for row in connection.execute(query)})

    await store.database.read(read)


async def run(
    home: str,
    url: str,
    number: int,
    days: float,
    seed: int,
    tick: timedelta,
    trouble: float,
) -> Result:
    begun, random, time, told = monotonic(), Random(seed), Time(), Told()
    stores = [
        await SqlStore.open(home, url, clock_ahead=time.ahead) for _ in range(DAEMONS + WORKERS)
    ]
    await fill(stores[0], number, random)
    daemons = [Daemon(one, time, Random(random.random())) for one in stores[:DAEMONS]]
    workers = [
        Worker(one, time, Random(random.random()), told, trouble) for one in stores[DAEMONS:]
    ]
    slots: Slots = {}
    end = timedelta(days=days)

    async def step(by: timedelta) -> None:
        time.passed += by
        await asyncio.gather(
            *(daemon.tick(NOW + end) for daemon in daemons), *(one.round() for one in workers)
        )

    next_note = timedelta(days=1)
    while time.passed < end:
        await step(tick)
        if time.passed >= next_note:
            await remember(stores[0], slots)
            next_note += timedelta(days=1)
            print(f"{time.passed.days} days, {len(told.due)} looks", file=sys.stderr)
    for worker in workers:
        worker.trouble = 0
    open_jobs = await _drain(stores[0], step, slots)
    result = await _count(stores[0], told, slots, NOW + end)
    for store in stores:
        await store.close()
    return Result(
        database="sqlite" if url.startswith("sqlite") else "postgresql",
        sources=number,
        days=days,
        still_open=open_jobs,
        workers_died=told.died,
        workers_paused=told.paused,
        refused_after_pause=told.refused,
        counted_after_pause=told.late,
        given_back=told.given_back,
        failed=told.failed,
        jobs_swept=sum(daemon.swept for daemon in daemons),
        jobs_quarantined=sum(daemon.quarantined for daemon in daemons),
        seconds=round(monotonic() - begun, 1),
        **result,
    )


async def _drain(store: SqlStore, step: Step, slots: Slots) -> int:
    """Let the week's jobs come to their ends, those in quarantine too; return how many did not."""
    for by in [6 * LEASE] * 10 + [timedelta(days=1)] * 40:
        if not await _waiting(store):
            break
        await remember(store, slots)
        await step(by)
    await remember(store, slots)
    return await _waiting(store)


async def _waiting(store: SqlStore) -> int:
    depth = await store.queue.depth()
    return sum(depth.queued.values()) + sum(depth.running.values()) + depth.quarantined


async def _count(store: SqlStore, told: Told, slots: Slots, end: datetime) -> dict[str, int]:
    looks = await store.database.read(_looks)
    kept = {look for of_source in looks.values() for look in of_source}
    slot_of = {look: slot for _, slot, look in slots.values() if look is not None}
    doubled = len(kept) - len(slot_of.keys() & kept)
    lost = early = 0
    for of_source in looks.values():
        taken = [slot_of[look] for look in of_source if look in slot_of]
        doubled += len(taken) - len(set(taken))
        due = [told.due[look] for look in of_source if look in told.due]
        lost += sum(slot > before for before, slot in zip(due, taken[1:], strict=False))
        early += sum(slot < before for before, slot in zip(due, taken[1:], strict=False))
        lost += not due or due[-1] <= end
    return {
        "slots_enqueued": len(slots),
        "looks": len(kept),
        "looks_acknowledged": len(told.due),
        "acknowledged_lost": len(told.due.keys() - kept),
        "slots_doubled": doubled,
        "slots_lost": lost,
        "slots_early": early,
    }


def _looks(connection: Connection) -> dict[str, list[str]]:
    """Return the looks of every source in the order in which they were committed."""
    found: dict[str, list[str]] = {row.id: [] for row in connection.execute(select(sources.c.id))}
    query = select(observations.c.source_id, observations.c.id).order_by(observations.c.seq)
    for row in connection.execute(query):
        found[row.source_id].append(row.id)
    return found


def prove(
    database: str,
    number: int,
    days: float,
    seed: int,
    *,
    tick: timedelta = timedelta(minutes=10),
    trouble: float = 1,
) -> Result:
    """Run a week on a new database of that kind and return what came of it.

    ``trouble`` multiplies how often something happens to a worker.
    """
    home = tempfile.mkdtemp(prefix="archiver-week-")
    try:
        if database == "sqlite":
            url = database_url(home).render_as_string()
        else:
            url = postgres.server().url(postgres.server().create())
        schema.upgrade(url)
        return asyncio.run(run(home, url, number, days, seed, tick, trouble))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    result = prove(given.database, given.sources, given.days, given.seed)
    print(json.dumps(asdict(result), indent=2))
    wrong = result.slots_doubled + result.slots_lost + result.acknowledged_lost + result.still_open
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
