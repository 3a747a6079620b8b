"""A daemon paused (SIGSTOP) past its leases while another takes its work over, again and again.

::

    python -m tests.proof.pauses --database postgresql --pauses 50 --seed 1

Two daemons on one database. One is stopped in the middle of its work until the other has taken over and
done what it held, then it goes on. Every job must end with exactly one look: the paused one's late work
counts for nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from archiver.store.store import SqlStore
from archiver.store.tables import jobs, observations
from tests.acceptance.world import left_behind, throw_away_of
from tests.postgres import Server
from tests.proof.running import Running, Site, environment, register

LEASE_S = 2.0
EACH = 150  # sources registered for one pause
PATIENCE_S = 60.0


@dataclass
class Paused:
    """What came of it."""

    database: str
    pauses: int = 0
    jobs_held_when_paused: int = 0
    taken_over: int = 0
    late_work_refused: int = 0
    looks: int = 0
    jobs_with_a_look: int = 0
    doubled: int = 0  # 0: looks beyond one a job
    left_behind: int = 0  # 0

    @property
    def is_well(self) -> bool:
        return not self.doubled and not self.left_behind and self.jobs_held_when_paused > 0


async def prove(home: Path, database: str, pauses: int, seed: int) -> Paused:
    """Pause one of two daemons until its jobs have another holder; then count."""
    draw, paused = random.Random(seed), Paused("postgresql" if database else "sqlite")
    async with Site(delay_s=0.3) as site:
        env = environment(
            home, database, site,
            daemon__lease_s=f"{LEASE_S}", daemon__sweep_s="0.5", daemon__retry_s="0.1",
            daemon__deaths="1000", daemon__looks_at_once="10", capture__at_once="4",
        )  # fmt: skip
        await register(home, database, site, EACH * pauses)
        store = await SqlStore.open(home, database or None)
        daemons = [Running("daemon", env, set()) for _ in range(2)]
        for one in daemons:
            await one.start()
        for one in daemons:
            await one.until(lambda actions: actions["look"] >= 3)
        for _ in range(pauses):
            await asyncio.sleep(draw.uniform(0, 0.5))
            await _pause(draw.choice(daemons), store, paused)
        codes = [await one.end(signal.SIGTERM) for one in daemons]
        paused.left_behind = len(left_behind(home)) + sum(code != 0 for code in codes)
        paused.late_work_refused = sum(one.actions["fence_lost"] for one in daemons)
        await _count(store, paused)
        await store.close()
    shutil.rmtree(throw_away_of(home), ignore_errors=True)
    return paused


async def _pause(one: Running, store: SqlStore, paused: Paused) -> None:
    assert one.process is not None
    one.process.send_signal(signal.SIGSTOP)
    held = await _held_by(one.process.pid, store)
    until = time.monotonic() + PATIENCE_S
    while await _still_held(held, store) and time.monotonic() < until:
        await asyncio.sleep(0.2)
    paused.taken_over += len(held) - len(await _still_held(held, store))
    one.process.send_signal(signal.SIGCONT)
    paused.pauses += 1
    paused.jobs_held_when_paused += len(held)


async def _held_by(pid: int, store: SqlStore) -> dict[str, int]:
    """Return the jobs in a process's hands, each with its fence; its name ends in PID and start."""
    query = select(jobs.c.id, jobs.c.fence).where(
        jobs.c.state == "running", jobs.c.worker.contains(f"/{pid}/", autoescape=True)
    )
    return await store.database.read(lambda c: {row.id: row.fence for row in c.execute(query)})


async def _still_held(held: dict[str, int], store: SqlStore) -> list[str]:
    query = select(jobs.c.id, jobs.c.fence).where(
        jobs.c.id.in_(held), jobs.c.state.in_(["queued", "running"])
    )
    return await store.database.read(
        lambda c: [row.id for row in c.execute(query) if row.fence == held[row.id]]
    )


async def _count(store: SqlStore, paused: Paused) -> None:
    looks = select(func.count()).select_from(observations)
    named = select(func.count()).where(jobs.c.observation_id.is_not(None))
    paused.looks, paused.jobs_with_a_look = await store.database.read(
        lambda c: tuple(c.execute(query).scalar_one() for query in (looks, named))
    )
    paused.doubled = paused.looks - paused.jobs_with_a_look


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--pauses", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = Server() if options.database == "postgresql" else None
    database = server.url(server.create()) if server else ""
    with tempfile.TemporaryDirectory(prefix="archiver-pauses-") as home:
        paused = asyncio.run(prove(Path(home), database, options.pauses, options.seed))
    print(json.dumps(asdict(paused) | {"is_well": paused.is_well}))
    return 0 if paused.is_well else 1


if __name__ == "__main__":
    raise SystemExit(main())
