"""How many looks a second the store takes in, batched, on SQLite and on PostgreSQL.

    python -m tests.bench.ingest [--looks N] [--database sqlite|postgresql]

Every look is of a source of its own under a claim of its own, whose fence is checked, and is written
on the running job that it was made for. Looks are kept as the daemon keeps them, by so many tasks at a
time; the store commits together what waits.
Commits are synced: PostgreSQL runs with fsync on. The aim is 2,000 a second.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, update

from archiver.model.job import JobState, Lane
from archiver.model.seen import seen_of
from archiver.ports import Claim, Digest
from archiver.store import schema
from archiver.store.clock import database_time
from archiver.store.store import SqlStore, database_url
from archiver.store.tables import jobs, sources
from tests import build, postgres
from tests.build import NOW

AIM = 2_000
HANDS = 500
"""Tasks that keep looks at the same time; one batch is as large at most."""


async def claimed(store: SqlStore, count: int) -> list[Claim]:
    """Return claims of so many new sources, each for a job that runs."""
    names = [f"S{number:025}" for number in range(count)]
    hosts = [f"site{number % 1000}.example" for number in range(count)]
    followed = [
        {
            "id": name,
            "name_sha256": name,
            "platform": "web",
            "key": name,
            "url": f"https://site.example/{name}",
            "host": host,
            "added_at": NOW,
            "next_due_at": NOW,
            "paused": False,
            "fence": 1,
            "job_id": f"J{name}",
            "worker": "bench",
        }
        for name, host in zip(names, hosts, strict=True)
    ]
    running = [
        {
            "id": f"J{name}",
            "source_id": name,
            "slot": NOW,
            "domain": host,
            "lane": Lane.LIGHT.value,
            "is_urgent": False,
            "is_asked": False,
            "state": JobState.RUNNING.value,
            "added_at": NOW,
            "not_before": NOW,
            "worker": "bench",
            "fence": 1,
            "started_at": NOW,
            "tries": 0,
            "deaths": 0,
        }
        for name, host in zip(names, hosts, strict=True)
    ]
    held = update(sources).values(lease_until=database_time(timedelta(hours=1)))
    await store.database.write(lambda c: c.execute(insert(sources), followed))
    await store.database.write(lambda c: c.execute(insert(jobs), running))
    await store.database.write(lambda c: c.execute(held))
    return [Claim(name, "bench", 1, f"J{name}") for name in names]


async def rate(store: SqlStore, count: int) -> tuple[float, float]:
    """Keep looks by many hands; return how many a second, and milliseconds of the processor each.

    What is looked at is made up before: a look that was made brings it.
    """
    looks = [
        (claim, build.observation(claim.source_id, id=f"O{claim.source_id}"))
        for claim in await claimed(store, count)
    ]
    waiting, verdict = iter(looks), build.verdict()

    async def hand() -> None:
        for claim, look in waiting:
            digest = Digest(replace(seen_of(look), page=None))
            await store.looks.keep(claim, look, verdict, [], NOW + timedelta(days=1), digest)

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(hand() for _ in range(HANDS)))
    used, spent = time.process_time() - used, time.perf_counter() - began
    noted = select(func.count()).where(jobs.c.observation_id.is_not(None))
    assert await store.database.read(lambda c: c.execute(noted).scalar_one()) == count
    return count / spent, 1000 * used / count


async def measured(database: str, count: int) -> tuple[float, float]:
    """Return how many looks a second one database takes in, and what one takes of our processor."""
    with tempfile.TemporaryDirectory(prefix="archiver-ingest-") as directory:
        if database == "sqlite":
            url = str(database_url(directory))
        else:
            server = postgres.Server({"fsync": "on"})
            url = server.url(server.create())
        schema.upgrade(url)
        store = await SqlStore.open(Path(directory), url)
        found = await rate(store, count)
        await store.close()
    return found


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--looks", type=int, default=20_000)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"))
    given = arguments.parse_args()
    is_good = True
    for database in [given.database] if given.database else ["sqlite", "postgresql"]:
        found, used = asyncio.run(measured(database, given.looks))
        is_good = is_good and found >= AIM
        each = f"{used:.2f} ms of the processor each"
        print(f"{database}: {found:,.0f} looks a second (aim {AIM:,}), {each}", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
