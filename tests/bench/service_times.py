"""What one look, one capture and one job take here: the times that ``tests.measure.scaling`` uses.

    python -m tests.bench.service_times [--looks N] [--captures N] [--write]

The real code on loopback: looks through the client, the guard, the judge and the database, many at
once; captures by the real browser; jobs through the queue. A look's and the database's time is the
processor's, of this process: it is what limits them, and a busy machine does not change it. A
capture's is the clock's. Bytes are those of the home directory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archiver.flow.outside import Outside
from archiver.flow.rounds import look_after
from archiver.model.job import Lane
from archiver.model.source import Source, SourceRef
from archiver.simulation.scale import ServiceTimes
from archiver.store.ids import new_id
from archiver.wiring import Archive
from tests import build
from tests.bench.capture import page_server, settings_for
from tests.measure.scaling import TIMES

AT_ONCE = 32
LEASE = timedelta(hours=1)


async def registered(outside: Outside, urls: list[str]) -> list[Source]:
    """Follow pages."""
    now = outside.clock.now()
    refs = [SourceRef("web", url, url) for url in urls]
    return [await outside.store.sources.register(ref, None, now) for ref in refs]


async def look(outside: Outside, sources: list[Source]) -> float:
    """Look at pages, many at once, none captured any more; return processor seconds a look."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> None:
        async with hands:
            await look_after(source, outside)

    began = time.process_time()
    await asyncio.gather(*(one(source) for source in sources))
    return (time.process_time() - began) / len(sources)


async def queued(outside: Outside, sources: list[Source]) -> tuple[float, float]:
    """Queue, take, keep and finish looks; return the database's seconds of a job and of a look."""
    store, now = outside.store, outside.clock.now()
    for source in sources:
        await store.sources.schedule(source.id, now)
    claiming = keeping = 0.0
    done = 0
    began = time.process_time()
    await store.queue.enqueue_due(now, len(sources))
    claiming += time.process_time() - began
    while True:
        began = time.process_time()
        taken = []
        for lane in Lane:
            taken += await store.queue.take("bench", LEASE, lane=lane, limit=8)
        claiming += time.process_time() - began
        if not taken:
            break
        began = time.process_time()
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
        keeping += time.process_time() - began
        began = time.process_time()
        for one in taken:
            await store.queue.finish(one)
        claiming += time.process_time() - began
        done += len(taken)
    return claiming / max(done, 1), keeping / max(done, 1)


async def kept_captures(outside: Outside, source: Source, count: int) -> float:
    """Commit captures of 32 records each; return the database's seconds of one."""
    claim = await outside.store.claims.claim(source.id, "bench", LEASE)
    assert claim is not None
    made = [
        (
            build.capture(source.id, id=new_id()),
            [build.record(record_id=new_id()) for _ in range(32)],
        )
        for _ in range(count)
    ]
    began = time.process_time()
    for capture, records in made:
        await outside.store.captures.keep(claim, capture, records)
    spent = (time.process_time() - began) / count
    await outside.store.claims.release(claim)
    return spent


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
            others = await registered(outside, [f"https://site{n}.example/" for n in range(looks)])
            claim_s, commit_s = await queued(outside, others)
            return ServiceTimes(
                look_s=sum(spent) / len(spent),
                held_s=HELD_S,
                capture_s=capture_s,
                claim_s=claim_s,
                commit_s=commit_s,
                capture_commit_s=await kept_captures(outside, others[0], 30),
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
