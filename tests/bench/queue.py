"""How many captures a second the queue carries when the work itself is nothing.

    python -m tests.bench.queue --database sqlite|postgresql [--sources 4000] [--workers 2]

A capture is here: queued, taken with its source, its look committed under the fence, finished.
On SQLite one process does all of it, as the embedded engine does; on PostgreSQL several processes
take from one queue. Every commit is durable: the server syncs, as it does by default. Beside it:
what one call that takes ten jobs costs while ``--crowd`` jobs wait for sites that are busy. Aims:
300 captures a second on SQLite, 150 on PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from archiver.model.job import Lane
from archiver.ports import Taken
from archiver.store import schema
from archiver.store.ids import new_id
from archiver.store.store import SqlStore, database_url
from tests import build, postgres
from tests.build import NOW

LEASE = timedelta(minutes=5)
BATCH = 64
SITES = 800
CALLS = 100
LEAST_PER_S = {"sqlite": 300, "postgresql": 150}
DURABLE = {"fsync": "on", "full_page_writes": "on"}


async def fill(store: SqlStore, sources: int) -> None:
    refs = [
        build.page(f"https://site{number % SITES}.example/{number}") for number in range(sources)
    ]
    found = [build.found(ref) for ref in refs]
    for start in range(0, sources, 500):
        part = found[start : start + 500]
        await store.articles.keep(build.article(text=f"{start}"), part, None, NOW)


async def enqueue(store: SqlStore) -> int:
    total = 0
    while made := await store.queue.enqueue_due(NOW, 500):
        total += made
    return total


async def work(store: SqlStore, worker: str) -> int:
    """Take and end jobs until none is left; return how many."""
    done = 0
    while True:
        taken = await store.queue.take(worker, LEASE, lane=Lane.BROWSER, limit=BATCH)
        if not taken:
            depth = await store.queue.depth()
            if not depth.queued:
                return done
            continue
        await asyncio.gather(*(_do(store, one) for one in taken))
        done += len(taken)


async def _do(store: SqlStore, taken: Taken) -> None:
    observation = build.observation(taken.claim.source_id, id=new_id())
    await store.looks.keep(taken.claim, observation, build.verdict(), [], NOW + timedelta(days=1))
    await store.queue.finish(taken)


async def crowded(home: str, url: str, waiting: int) -> dict[str, object]:
    store = await SqlStore.open(home, url)
    result = await _crowd(store, waiting)
    await store.close()
    return result


async def _crowd(store: SqlStore, waiting: int) -> dict[str, object]:
    """Measure taking where nearly all that waits is for sites whose turn another has."""
    busy = [build.page(f"https://busy{n % 5}.example/{n}") for n in range(waiting)]
    free = [build.page(f"https://free{n}.example/") for n in range(CALLS * 10)]
    for start in range(0, waiting, 5000):
        found = [build.found(ref) for ref in busy[start : start + 5000]]
        await store.articles.keep(build.article(text=f"busy {start}"), found, None, NOW)
    found = [build.found(ref) for ref in free]
    await store.articles.keep(build.article(text="free"), found, None, NOW)
    for number in range(5):
        await store.turns.take(f"busy{number}.example", "another", timedelta(days=1))
    await enqueue(store)
    spent, got = [], 0
    for _ in range(CALLS):
        begun = time.perf_counter()
        got += len(await store.queue.take("bench", LEASE, lane=Lane.BROWSER, limit=10))
        spent.append(1000 * (time.perf_counter() - begun))
    return {
        "waiting_for_busy_sites": waiting,
        "taken": got,
        "take_ms_median": round(statistics.median(spent), 1),
        "take_ms_p95": round(statistics.quantiles(spent, n=20)[-1], 1),
    }


def _worker(home: str, url: str, name: str, done: multiprocessing.Queue[int]) -> None:
    async def run() -> int:
        store = await SqlStore.open(home, url)
        number = await work(store, name)
        await store.close()
        return number

    done.put(asyncio.run(run()))


async def embedded(home: str, url: str, sources: int) -> dict[str, object]:
    store = await SqlStore.open(home, url)
    await fill(store, sources)
    begun = time.perf_counter()
    queued = await enqueue(store)
    queueing = time.perf_counter() - begun
    done = await work(store, "bench")
    spent = time.perf_counter() - begun
    await store.close()
    return _report("sqlite", 1, queued, done, queueing, spent)


def several(home: str, url: str, sources: int, workers: int) -> dict[str, object]:
    async def prepare() -> None:
        store = await SqlStore.open(home, url)
        await fill(store, sources)
        await store.close()

    async def queue_all() -> int:
        store = await SqlStore.open(home, url)
        queued = await enqueue(store)
        await store.close()
        return queued

    asyncio.run(prepare())
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    begun = time.perf_counter()
    queued = asyncio.run(queue_all())
    queueing = time.perf_counter() - begun
    processes = [
        context.Process(target=_worker, args=(home, url, f"w{number}", results))
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    done = sum(results.get() for _ in processes)
    spent = time.perf_counter() - begun
    for process in processes:
        process.join()
    return _report("postgresql", workers, queued, done, queueing, spent)


def _report(
    database: str, workers: int, queued: int, done: int, queueing: float, spent: float
) -> dict[str, object]:
    return {
        "database": database,
        "workers": workers,
        "queued": queued,
        "captures": done,
        "queued_per_second": round(queued / queueing),
        "captures_per_second": round(done / spent),
        "least_per_second": LEAST_PER_S[database],
        "is_met": done / spent >= LEAST_PER_S[database],
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sources", type=int, default=4000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--crowd", type=int, default=50_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if given.database == "sqlite":
            url = database_url(Path(home)).render_as_string()
            result = asyncio.run(embedded(home, url, given.sources))
            result |= asyncio.run(crowded(home, url, given.crowd))
        else:
            server = postgres.Server(DURABLE)
            url = server.url(server.create())
            schema.upgrade(url)
            result = several(home, url, given.sources, given.workers)
            result |= asyncio.run(crowded(home, url, given.crowd))
    print(json.dumps(result))
    return 0 if result["is_met"] else 1


if __name__ == "__main__":
    sys.exit(main())
