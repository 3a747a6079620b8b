"""How fast a tick and the dashboard are answered at a million sources.

    python -m tests.bench.scale [--database sqlite|postgresql] [--sources N] [--observations N]

Fills a database of its own (19 GB at the default size; it is removed at the end), opens it as the
program does, and asks what the program asks, again and again, of other sources each time. Aims: a
claim of due sources within 20 ms, each query of the dashboard within 100 ms, at the 95th of 100.
Both sync every commit. SQLite gets no ANALYZE, as in the product. The processor's time is this
process's own, without a PostgreSQL server's: on a busy machine it tells what the other two would be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from archiver.daemon.service import BATCH
from archiver.model.job import Lane
from archiver.store import schema
from archiver.store.engine import parse_url, write_engine
from archiver.store.store import SqlStore, database_url
from tests import postgres
from tests.bench.million import NOW, PLATFORM_HOST, Size, body_of, fill

DAY = timedelta(days=1)
DUE_AIM_MS, DASHBOARD_AIM_MS = 20.0, 100.0
FREE_BYTES = 22_000
"""Bytes on the disk for a source with its ten looks."""

Ask = Callable[[], Awaitable[object]]


def asked(store: SqlStore, size: Size, rng: random.Random) -> dict[str, tuple[Ask, float | None]]:
    """Return what is asked, each with its aim in milliseconds; None is for work of a look."""

    def source() -> str:
        return f"S{rng.randrange(1, size.sources + 1):025}"

    def body() -> str:
        return body_of(rng.randrange(1, size.sources * size.looks + 1))

    def host() -> str:
        return f"site{int(size.hosts * rng.random() ** 3)}.example"

    async def status() -> None:
        await store.overview.sources(NOW)
        await store.overview.articles(20)
        await store.overview.article_count()
        await store.overview.waiting()

    looks, sources, overview = store.looks, store.sources, store.overview
    dashboard: dict[str, Ask] = {
        "status, whole": status,
        "sources by verdict, due, next": lambda: overview.sources(NOW),
        "newest 20 articles with findings": lambda: overview.articles(20),
        "articles to be read": overview.waiting,
        "newest 50 events": lambda: overview.events(50),
        "a source's newest 50 looks": lambda: looks.of(source(), newest=50),
        "a source's verdict": lambda: looks.verdict(source()),
        "a source's events": lambda: looks.events(source_id=source()),
        "depth of the queue": store.queue.depth,
    }
    of_a_look: dict[str, Ask] = {
        "looks in lines": lambda: looks.glimpses(source()),
        "turned bad of late": lambda: store.features.turned_bad([host()], NOW - DAY / 2, NOW),
        "turned bad of late, largest host": lambda: store.features.turned_bad(
            ["site0.example"], NOW - 20 * DAY, NOW - 20 * DAY + DAY / 2
        ),
        "what a host is asked": lambda: sources.busy(host(), NOW, NOW + 2 * DAY),
        "what the platform is asked": lambda: sources.busy(PLATFORM_HOST, NOW, NOW + 2 * DAY),
        "sources of an account": lambda: sources.of_author(f"x:{rng.randrange(100)}"),
        "put off a host": lambda: sources.hold_host(host(), NOW - DAY, DAY),
        "digests of looks": lambda: store.features.of(source()),
        "whether anything rests on a body": lambda: store.custody.rested_on([body()]),
    }
    return {
        f"claim {BATCH} due sources": (lambda: store.queue.enqueue_due(NOW, BATCH), DUE_AIM_MS),
        "take 8 jobs": (
            lambda: store.queue.take("bench", timedelta(hours=1), lane=Lane.BROWSER, limit=8),
            None,
        ),
        **{name: (ask, DASHBOARD_AIM_MS) for name, ask in dashboard.items()},
        **{name: (ask, None) for name, ask in of_a_look.items()},
    }


async def measure(url: str, home: Path, size: Size, rounds: int) -> dict[str, dict[str, float]]:
    """Ask everything so many times; return the quantiles in milliseconds."""
    store = await SqlStore.open(home, url)
    rng = random.Random(1)
    figures = {}
    for name, (ask, aim) in asked(store, size, rng).items():
        await ask()  # the first reads the disk
        took = []
        used = time.process_time()
        for _ in range(rounds):
            began = time.perf_counter()
            await ask()
            took.append((time.perf_counter() - began) * 1000)
        used = (time.process_time() - used) * 1000 / rounds
        cut = statistics.quantiles(took, n=20)
        figures[name] = {"p50_ms": statistics.median(took), "p95_ms": cut[18], "cpu_ms": used}
        figures[name] |= {"aim_ms": aim} if aim is not None else {}
        median = figures[name]["p50_ms"]
        print(
            f"  {name:34} p50 {median:8.2f} ms  p95 {cut[18]:8.2f} ms  processor {used:6.2f} ms",
            flush=True,
        )
    await store.close()
    return figures


def filled(database: str, home: Path, size: Size) -> str:
    """Make and fill a database; return its address."""
    if database == "sqlite":
        url = str(database_url(home))
    else:
        server = postgres.Server({"fsync": "on"})
        url = server.url(server.create())
    schema.upgrade(url)
    began = time.perf_counter()
    engine = write_engine(parse_url(url))
    fill(engine, size)
    engine.dispose()
    os.sync()  # the disk has written all of it before anything is timed
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    return url


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments.add_argument("--sources", type=int, default=1_000_000)
    arguments.add_argument("--observations", type=int, default=10_000_000)
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--filled", type=Path, help="an SQLite home that was filled before")
    given = arguments.parse_args()
    looks = max(given.observations // given.sources, 2)
    size = Size(given.sources, looks, max(given.sources // 50, 20))
    print(f"{given.database}: {size.sources:,} sources, {size.sources * looks:,} observations")
    with tempfile.TemporaryDirectory(prefix="archiver-scale-") as directory:
        home = given.filled or Path(directory)
        free = shutil.disk_usage(directory).free
        if given.filled is None and free < size.sources * looks * FREE_BYTES / 10:
            print(f"not enough room in {directory}: {free / 1e9:.0f} GB are free")
            return 4
        url = str(database_url(home)) if given.filled else filled(given.database, home, size)
        figures = asyncio.run(measure(url, home, size, given.rounds))
    print(json.dumps({"database": given.database, "sources": size.sources, "figures": figures}))
    missed = [name for name, one in figures.items() if one["p95_ms"] > one.get("aim_ms", 1e9)]
    print(f"missed: {', '.join(missed)}" if missed else "every aim is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
