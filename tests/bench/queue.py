"""How many captures a second the queue carries when the work itself is nothing.

    python -m tests.bench.queue --database sqlite|postgresql [--sources 4000] [--workers 2]
    python -m tests.bench.queue --database postgresql --queue procrastinate

A capture is here: queued, taken with its source, its look committed under the fence, finished.
On SQLite one process does all of it, as the embedded engine does; on PostgreSQL several processes
take from one queue. With ``--queue procrastinate`` none of them asks for work: each job has a message
of its own, sent in the transaction that queues it, and whoever hears it takes the job by its row. The
clock runs from the queueing on, with the workers already there. Every commit is durable: the server
syncs, as it does by default. ``worker_cpu_ms`` and ``server_cpu_ms`` are what a capture takes of the
processor in the workers and in PostgreSQL, its queueing left out of the former: on a machine that does
other work, too, they tell more than the clock. Beside the embedded engine: what one call that takes ten jobs costs while ``--crowd``
jobs wait for sites that are busy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from typing import Any

from archiver.model.job import Lane
from archiver.ports import Taken
from archiver.queue.install import install
from archiver.queue.messages import Messages, send
from archiver.store import schema
from archiver.store.ids import new_id
from archiver.store.jobs import Send
from archiver.store.store import SqlStore, database_url
from tests import build, postgres
from tests.build import NOW

LEASE = timedelta(minutes=5)
BATCH = 64
SITES = 800
CALLS = 100
START_S = 120.0
Again = timedelta | None
"""When to be told of a job again, if at all."""
AIMS = {"sqlite": 300, "postgresql": 150}
"""Captures a second."""
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


async def work(store: SqlStore, worker: str, note: Callable[[], None]) -> None:
    """Take and end jobs until none is left; note each."""
    while True:
        taken = await store.queue.take(worker, LEASE, lane=Lane.BROWSER, limit=BATCH)
        if not taken:
            depth = await store.queue.depth()
            if not depth.queued:
                return
            continue
        await asyncio.gather(*(_do(store, one) for one in taken))
        for _ in taken:
            note()


async def attend(store: SqlStore, worker: str, note: Callable[[], None], job_id: str) -> Again:
    """Take and end the job that a message tells of, as a daemon's hand does."""
    taken = await store.queue.take_job(job_id, worker, LEASE, lane=Lane.BROWSER)
    if not isinstance(taken, Taken):
        return taken
    await _do(store, taken)
    note()
    return None


async def _do(store: SqlStore, taken: Taken) -> None:
    observation = build.observation(taken.claim.source_id, id=new_id())
    await store.looks.keep(taken.claim, observation, build.verdict(), [], NOW + timedelta(days=1))
    await store.queue.finish(taken)


async def crowded(home: str, url: str, waiting: int) -> dict[str, Any]:
    store = await SqlStore.open(home, url)
    result = await _crowd(store, waiting)
    await store.close()
    return result


async def _crowd(store: SqlStore, waiting: int) -> dict[str, Any]:
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


@dataclass(frozen=True)
class Shift:
    """Workers in processes of their own: where they work, and what they tell each other.

    With ``conninfo`` they hear of jobs by messages; without it they ask.
    """

    home: str
    url: str
    conninfo: str
    here: Semaphore
    may_begin: Event
    is_over: Event
    done: Synchronized[int]
    cpu_s: Synchronized[float]

    def note(self) -> None:
        """Count one capture."""
        with self.done.get_lock():
            self.done.value += 1

    def work(self, name: str) -> None:
        """Work in this process until the shift is over."""
        asyncio.run(self._hear(name) if self.conninfo else self._ask(name))

    async def _ask(self, name: str) -> None:
        store = await SqlStore.open(self.home, self.url)
        self.here.release()
        await asyncio.to_thread(self.may_begin.wait)
        used = time.process_time()
        await work(store, name, self.note)
        self._add(time.process_time() - used)
        await store.close()

    async def _hear(self, name: str) -> None:
        store = await SqlStore.open(self.home, self.url, send=send)
        async with Messages(self.conninfo) as messages:
            heard = messages.listen(
                {Lane.BROWSER: BATCH}, lambda job_id, _: attend(store, name, self.note, job_id)
            )
            listening = asyncio.create_task(heard)
            self.here.release()
            used = time.process_time()
            await asyncio.to_thread(self.is_over.wait)
            self._add(time.process_time() - used)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        await store.close()

    def _add(self, cpu_s: float) -> None:
        with self.cpu_s.get_lock():
            self.cpu_s.value += cpu_s


async def embedded(home: str, url: str, sources: int) -> dict[str, Any]:
    store = await SqlStore.open(home, url)
    await fill(store, sources)
    done: list[None] = []
    begun = time.perf_counter()
    queued = await enqueue(store)
    queueing = time.perf_counter() - begun
    await work(store, "bench", lambda: done.append(None))
    spent = time.perf_counter() - begun
    await store.close()
    return _report("sqlite", 1, queued, len(done), queueing, spent)


async def prepare(home: str, url: str, sources: int) -> None:
    store = await SqlStore.open(home, url)
    await fill(store, sources)
    await store.close()


async def queue_all(home: str, url: str, to_tell: Send | None) -> int:
    store = await SqlStore.open(home, url, send=to_tell)
    queued = await enqueue(store)
    await store.close()
    return queued


def cpu_of(server: postgres.Server) -> float:
    """Return the seconds of the processor that a server took so far, in all its processes."""
    main = (server.directory / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()  # from the state on, see proc(5)
        except OSError:
            continue  # it has ended: it counts with its parent
        if stat.parent.name == main:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == main:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def several(
    home: str, server: postgres.Server, name: str, sources: int, workers: int, *, are_told: bool
) -> dict[str, Any]:
    url, conninfo = server.url(name), server.conninfo(name) if are_told else ""
    asyncio.run(prepare(home, url, sources))
    context = multiprocessing.get_context("spawn")
    here, begin, over = context.Semaphore(0), context.Event(), context.Event()
    shift = Shift(
        home, url, conninfo, here, begin, over, context.Value("i", 0), context.Value("d", 0.0)
    )
    processes = [context.Process(target=shift.work, args=(f"w{n}",)) for n in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        assert here.acquire(timeout=START_S), "a worker did not start"
    begun, used = time.perf_counter(), cpu_of(server)
    queued = asyncio.run(queue_all(home, url, send if conninfo else None))
    queueing = time.perf_counter() - begun
    begin.set()
    while shift.done.value < queued:
        assert all(process.exitcode in {None, 0} for process in processes), "a worker died"
        time.sleep(0.01)
    spent, used = time.perf_counter() - begun, cpu_of(server) - used
    over.set()
    for process in processes:
        process.join()
    found = _report("postgresql", workers, queued, shift.done.value, queueing, spent)
    return found | {
        "worker_cpu_ms": round(1000 * shift.cpu_s.value / queued, 2),
        "server_cpu_ms": round(1000 * used / queued, 2),
    }


def _report(
    database: str, workers: int, queued: int, done: int, queueing: float, spent: float
) -> dict[str, Any]:
    return {
        "database": database,
        "workers": workers,
        "queued": queued,
        "captures": done,
        "queued_per_second": round(queued / queueing),
        "captures_per_second": round(done / spent),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--queue", choices=("embedded", "procrastinate"), default="embedded")
    parser.add_argument("--sources", type=int, default=4000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--crowd", type=int, default=50_000)
    given = parser.parse_args()
    if given.queue == "procrastinate" and given.database == "sqlite":
        parser.error("messages need PostgreSQL")
    with tempfile.TemporaryDirectory() as home:
        if given.database == "sqlite":
            url = database_url(Path(home)).render_as_string()
            result = asyncio.run(embedded(home, url, given.sources))
            result |= asyncio.run(crowded(home, url, given.crowd))
        else:
            server = postgres.Server(DURABLE)
            name = server.create()
            schema.upgrade(server.url(name))
            are_told = given.queue == "procrastinate"
            if are_told:
                install(server.conninfo(name))
            result = several(home, server, name, given.sources, given.workers, are_told=are_told)
            if not are_told:
                result |= asyncio.run(crowded(home, server.url(name), given.crowd))
    aim = AIMS[given.database]
    print(json.dumps({"queue": given.queue, **result, "aim": aim}))
    return 0 if result["captures_per_second"] >= aim else 1


if __name__ == "__main__":
    sys.exit(main())
