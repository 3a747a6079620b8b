"""A daemon paused (SIGSTOP) past its leases while another takes its work over, again and again.

::

    python -m tests.proof.pauses --database postgresql --pauses 50 --seed 1
    python -m tests.proof.pauses --database postgresql --queue procrastinate --pauses 50

Two daemons on one database. One is stopped while it holds jobs, until the other has taken over what it
held, then it goes on. It holds the turns of the sites it asks, too, and those longer than its jobs. Every job must end with exactly one look: the paused one's late work counts for
nothing. One that is stopped in the middle of a write to an SQLite file lets nobody else write, so that
nothing can be taken over: it goes on at once, and that was no pause.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from archiver.store.store import SqlStore
from archiver.store.tables import jobs, observations, sources
from tests.acceptance.world import left_behind, throw_away_of
from tests.proof.running import (
    Running,
    Site,
    add_queue,
    arguments,
    bring_work,
    database_of,
    environment,
    register,
    report,
    scalar,
    sites_in_turn,
    unnamed_looks,
    upgrade,
)

LEASE_S = 2.0
EACH = 150  # sources due for one pause
PATIENCE_S = 300.0
WRITE_S = 5.0
"""How long a write to an SQLite file may wait for those of others; who waits longer never comes."""
TRIES = 100  # to stop a daemon that holds jobs


@dataclass
class Paused:
    """What came of it; a comment says what must be."""

    database: str
    asked: int
    pauses: int = 0  # as many as asked
    stopped_while_writing: int = 0
    jobs_held_when_paused: int = 0  # more than none
    taken_over: int = 0  # all that were held
    done_without_a_look: int = 0  # 0: held jobs that ended without one
    late_work_refused: int = 0
    looks: int = 0
    sites_in_turn: int = 0  # more than none: whose turn was taken in the database
    doubled: int = 0  # 0: looks that are not named by exactly one job
    exit_codes: list[int] = field(default_factory=list)  # all 0
    left_behind: int = 0  # 0

    @property
    def is_well(self) -> bool:
        wrong = (self.doubled, self.done_without_a_look, self.left_behind, *self.exit_codes)
        is_all_taken_over = self.taken_over == self.jobs_held_when_paused > 0
        has_seen_all = self.pauses == self.asked and self.sites_in_turn > 0
        return not any(wrong) and is_all_taken_over and has_seen_all


@dataclass(frozen=True)
class Fate:
    """A job that a paused process held, as it stands; the fence is its source's."""

    is_open: bool
    fence: int
    is_looked_at: bool


async def prove(
    home: Path, database: str, pauses: int, seed: int, queue: str = "embedded"
) -> Paused:
    """Pause one of two daemons until its jobs have another holder; then count."""
    draw = random.Random(seed)
    paused = Paused("postgresql" if database else "sqlite", pauses)
    async with Site(delay_s=0.3) as site:
        env = environment(
            home, database, site, store__queue=queue,
            daemon__lease_s=f"{LEASE_S}", daemon__sweep_s="0.5", daemon__retry_s="0.1",
            daemon__deaths="1000", daemon__looks_at_once="10", capture__at_once="4",
        )  # fmt: skip
        await register(home, database, site, 2 * EACH)
        await upgrade(env)
        store = await SqlStore.open(home, database or None)
        daemons = [Running("daemon", env, set()) for _ in range(2)]
        for one in daemons:
            await one.start()
        for one in daemons:
            await one.until(lambda actions: actions["look"] >= 3)
        held: set[str] = set()
        for _ in range(TRIES * pauses):
            if paused.pauses == pauses:
                break
            await bring_work(store, EACH)
            await asyncio.sleep(draw.uniform(0, 0.5))
            held |= await _pause(draw.choice(daemons), home, store, paused)
        paused.done_without_a_look = await _settle(held, store)
        paused.exit_codes = [await one.end(signal.SIGTERM) for one in daemons]
        paused.left_behind = len(left_behind(home))
        paused.late_work_refused = sum(one.actions["fence_lost"] for one in daemons)
        paused.sites_in_turn = await sites_in_turn(store)
        paused.doubled = await unnamed_looks(store)
        looks = select(func.count()).select_from(observations)
        paused.looks = await store.database.read(partial(scalar, query=looks))
        await store.close()
    shutil.rmtree(throw_away_of(home), ignore_errors=True)
    return paused


async def _pause(one: Running, home: Path, store: SqlStore, paused: Paused) -> set[str]:
    """Stop a daemon until what it holds is taken over; return the jobs it held."""
    assert one.process is not None
    one.process.send_signal(signal.SIGSTOP)
    try:
        held = await _held_by(one.process.pid, store)
        if not held:
            return set()
        if paused.database == "sqlite" and not await asyncio.to_thread(_can_write, home):
            paused.stopped_while_writing += 1
            return set()
        fates = await _until(
            lambda fate, fence: not fate.is_open or fate.fence > fence, held, store
        )
    finally:
        one.process.send_signal(signal.SIGCONT)
    # What the server had been told before the stop was committed after it: that is no late work.
    late = {job for job, fence in held.items() if fates[job].is_open or fates[job].fence > fence}
    paused.pauses += bool(late)
    paused.jobs_held_when_paused += len(late)
    paused.taken_over += sum(fates[job].fence > held[job] for job in late)
    return late


async def _settle(held: set[str], store: SqlStore) -> int:
    """Wait until what was held is done; return how many jobs have no look."""
    fates = await _until(lambda fate, _: not fate.is_open, dict.fromkeys(held, 0), store)
    return sum(not fate.is_looked_at for fate in fates.values())


async def _until(
    is_so: Callable[[Fate, int], bool], held: dict[str, int], store: SqlStore
) -> dict[str, Fate]:
    """Wait, but not for ever, until something is so of each job; return how they stand."""
    until = time.monotonic() + PATIENCE_S
    while True:
        fates = await _fates(held, store)
        if all(is_so(fates[job], held[job]) for job in held) or time.monotonic() > until:
            return fates
        await asyncio.sleep(0.2)


async def _held_by(pid: int, store: SqlStore) -> dict[str, int]:
    """Return the jobs in a process's hands, each with its fence; its number is in its name."""
    query = select(jobs.c.id, jobs.c.fence).where(
        jobs.c.state == "running", jobs.c.worker.contains(f"/{pid}/", autoescape=True)
    )
    return await store.database.read(lambda c: {row.id: row.fence for row in c.execute(query)})


async def _fates(held: Iterable[str], store: SqlStore) -> dict[str, Fate]:
    looked_at = select(observations.c.id).where(observations.c.id == jobs.c.observation_id).exists()
    query = (
        select(jobs.c.id, jobs.c.state, sources.c.fence, looked_at.label("is_looked_at"))
        .join(sources, sources.c.id == jobs.c.source_id)
        .where(jobs.c.id.in_([*held]))
    )
    return await store.database.read(
        lambda c: {
            row.id: Fate(row.state in {"queued", "running"}, row.fence, bool(row.is_looked_at))
            for row in c.execute(query)
        }
    )


def _can_write(home: Path) -> bool:
    """Tell whether others come to write to the file while a process stands still."""
    with closing(sqlite3.connect(home / "archiver.db", timeout=WRITE_S)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        database.rollback()
    return True


def main() -> int:
    parser = arguments(__doc__, "pauses", 50)
    add_queue(parser)
    options = parser.parse_args()
    with (
        database_of(options.database) as database,
        tempfile.TemporaryDirectory(prefix="archiver-pauses-") as home,
    ):
        paused = prove(Path(home), database, options.pauses, options.seed, options.queue)
        return report(asyncio.run(paused))


if __name__ == "__main__":
    raise SystemExit(main())
