"""What one look, one capture and one job take here: the times that ``tests.measure.scaling`` uses.

    python -m tests.bench.service_times [--looks N] [--captures N] [--write]

The real code on loopback: looks through the client, the guard, the judge and an SQLite file, many at
once; captures by the real browser; jobs through the queue of a PostgreSQL that syncs. A look's time
is the processor's, of this process: it is what limits it, and a busy machine does not change it. A
capture's and the database's are the clock's. Bytes are those of the home directory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archiver.daemon.service import BATCH
from archiver.flow.outside import Outside
from archiver.flow.rounds import look_after
from archiver.model.job import Lane
from archiver.model.source import Source, SourceRef
from archiver.simulation.scale import ServiceTimes
from archiver.store import schema
from archiver.store.ids import new_id
from archiver.store.store import SqlStore
from archiver.wiring import Archive
from tests import build
from tests.bench.capture import page_server, settings_for
from tests.measure.scaling import TIMES
from tests.postgres import Server

AT_ONCE = 32
LEASE = timedelta(hours=1)


async def look(outside: Outside, sources: list[Source]) -> float:
    """Look at pages, many at once, none captured any more; return processor seconds a look."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> None:
        async with hands:
            await look_after(source, outside)

    began = time.process_time()
    await asyncio.gather(*(one(source) for source in sources))
    return (time.process_time() - began) / len(sources)


async def queued(store: SqlStore, now: datetime, looks: int) -> tuple[float, float]:
    """Queue, take, keep and finish looks; return the database's seconds of a job and of a look."""
    for n in range(looks):
        url = f"https://site{n}.example/"
        await store.sources.register(SourceRef("web", url, url), None, now)
    claiming = keeping = 0.0
    done = 0
    began = time.perf_counter()
    while await store.queue.enqueue_due(now, BATCH):
        pass
    claiming += time.perf_counter() - began
    while True:
        began = time.perf_counter()
        taken = []
        for lane in Lane:
            taken += await store.queue.take("bench", LEASE, lane=lane, limit=8)
        claiming += time.perf_counter() - began
        if not taken:
            break
        began = time.perf_counter()
        due = now + timedelta(days=9)
        await asyncio.gather(
            *(
                store.looks.keep(
                    one.claim,
                    build.observation(one.claim.source_id, id=new_id()),
                    build.verdict(),
                    [],
                    due,
                )
                for one in taken
            )
        )
        keeping += time.perf_counter() - began
        began = time.perf_counter()
        for one in taken:
            await store.queue.finish(one)
        claiming += time.perf_counter() - began
        done += len(taken)
    return claiming / max(done, 1), keeping / max(done, 1)


async def kept_captures(store: SqlStore, now: datetime, count: int) -> float:
    """Commit captures of 32 records each; return the database's seconds of one."""
    url = "https://captured.example/"
    source = await store.sources.register(SourceRef("web", url, url), None, now)
    claim = await store.claims.claim(source.id, "bench", LEASE)
    assert claim is not None
    made = [
        (
            build.capture(source.id, id=new_id()),
            [build.record(record_id=new_id()) for _ in range(32)],
        )
        for _ in range(count)
    ]
    began = time.perf_counter()
    for capture, records in made:
        await store.captures.keep(claim, capture, records)
    spent = (time.perf_counter() - began) / count
    await store.claims.release(claim)
    return spent


@dataclass(frozen=True, slots=True)
class OfTheDatabase:
    """Seconds by the clock: of a job, of a look's commit, of a capture's commit."""

    claim_s: float
    commit_s: float
    capture_commit_s: float


async def of_a_server(home: Path, looks: int) -> OfTheDatabase:
    """Measure PostgreSQL, with nobody else on it."""
    server = Server({"fsync": "on"})
    url, now = server.url(server.create()), datetime.now(UTC)
    try:
        await asyncio.to_thread(schema.upgrade, url)
        store = await SqlStore.open(home, url)
        claim_s, commit_s = await queued(store, now, looks)
        capture_commit_s = await kept_captures(store, now, 30)
        await store.close()
    finally:
        server.stop()
    return OfTheDatabase(claim_s, commit_s, capture_commit_s)


def size_of(home: Path) -> int:
    """Return the bytes of all files of a home directory."""
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


async def measured(port: int, looks: int, captures: int) -> ServiceTimes:
    """Measure everything once."""
    with tempfile.TemporaryDirectory(prefix="archiver-times-") as directory:
        home = Path(directory) / "home"
        async with Archive(settings=settings_for(home, port, None)) as archive:
            outside = archive.outside
            base = f"http://127.0.0.1:{port}/graphics"
            before = size_of(home)
            began = time.perf_counter()
            taken = await archive.capture_all([f"{base}/capture-{n}/" for n in range(captures)])
            at_once = min(archive.settings.capture.at_once, captures)
            capture_s = (time.perf_counter() - began) * at_once / captures
            capture_bytes = (size_of(home) - before) / captures
            kept = [one.attended.capture for one in taken if one.attended]
            records = sum(one.records + len(one.artifacts) + 1 for one in kept if one)
            sources = [one.source for one in taken]
            await look(outside, sources)  # warm
            before = size_of(home)
            rounds = max(looks // len(sources), 1)
            spent = [await look(outside, sources) for _ in range(rounds)]
            look_bytes = (size_of(home) - before) / (rounds * len(sources))
            database = await of_a_server(home, looks)
            return ServiceTimes(
                look_s=sum(spent) / len(spent),
                held_s=HELD_S,
                capture_s=capture_s,
                claim_s=database.claim_s,
                commit_s=database.commit_s,
                capture_commit_s=database.capture_commit_s,
                look_bytes=max(look_bytes, 1000),
                capture_bytes=capture_bytes,
                look_rows=LOOK_ROWS,
                capture_rows=records / max(captures, 1),
            )


HELD_S = 1.0
"""How long a domain is asked by one look: a distant server's answer, assumed, not measured here."""


LOOK_ROWS = 3.1
"""An observation, a verdict, a digest, and an event at one look of ten; jobs are forgotten."""


def machine() -> str:
    """Name what it ran on."""
    return f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--looks", type=int, default=300)
    arguments.add_argument("--captures", type=int, default=12)
    arguments.add_argument("--write", action="store_true", help=f"write them to {TIMES.name}")
    given = arguments.parse_args()
    with page_server() as port:
        times = asyncio.run(measured(port, given.looks, given.captures))
    document: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "times": {name: round(value, 6) for name, value in asdict(times).items()},
    }
    made = json.dumps(document, indent=2) + "\n"
    print(made)
    if given.write:
        TIMES.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
