"""What one look, one capture and one job take here: the times that ``tests.measure.scaling`` uses.

    python -m tests.bench.service_times [--looks N] [--captures N] [--write]

The real code on loopback: looks through the client, the guard, the judge and an SQLite file, many at
once, each at a site of its own whose turn is taken there; captures by the real browser; jobs through
the queue of a PostgreSQL that syncs. A look's time is the processor's, of this process: it is what
limits it, and a busy machine hardly changes it. A capture's and the database's are the clock's, which a
busy machine makes several times as long. Bytes are those of the home directory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from archiver.daemon.service import BATCH
from archiver.flow.observe import digest_of
from archiver.flow.outside import Outside
from archiver.flow.rounds import look_after
from archiver.model.job import Lane
from archiver.model.observation import Observation
from archiver.model.source import Source, SourceRef
from archiver.ports import Digest
from archiver.settings import Settings
from archiver.simulation.scale import ServiceTimes
from archiver.store import schema
from archiver.store.ids import new_id
from archiver.store.store import SqlStore
from archiver.store.tables import turns
from archiver.wiring import Archive
from tests import build
from tests.bench.capture import page_server
from tests.bench.pages import words
from tests.measure.scaling import TIMES
from tests.postgres import Server
from tests.strangers import upstream

AT_ONCE = 32
LEASE = timedelta(hours=1)
WORDS = 400
"""Of a page that a look at the database showed."""


def settings_for(home: Path, port: int) -> Settings:
    """Let every host be a stranger's, and the page sets stand there."""
    net = {"upstream_proxy": upstream(port), "resolvers": [], "rdap": "", "control_urls": []}
    return Settings.model_validate({"home": home, "net": net, "archives": {"enabled": False}})


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
    """Queue, take, keep and finish looks, and take and give back each one's turn at its site.

    Returns the database's seconds of a job with its turn, and of a look.
    """
    for n in range(looks):
        url = f"https://site{n}.example/"
        await store.sources.register(SourceRef("web", url, url), None, now)
    claiming, keeping, done = Took(), Took(), 0
    with timed(claiming):
        while await store.queue.enqueue_due(now, BATCH):
            pass
    while True:
        with timed(claiming):
            taken = []
            for lane in Lane:
                taken += await store.queue.take("bench", LEASE, lane=lane, limit=8)
            domains = [one.job.domain for one in taken]
            await asyncio.gather(*(store.turns.take(one, "bench", LEASE) for one in domains))
        if not taken:
            break
        made = [(one.claim, *look_made(one.claim.source_id)) for one in taken]
        due = now + timedelta(days=9)
        with timed(keeping):
            await asyncio.gather(
                *(
                    store.looks.keep(claim, seen, build.verdict(), [], due, digest)
                    for claim, seen, digest in made
                )
            )
        with timed(claiming):
            for one in taken:
                await store.queue.finish(one)
            released = (store.turns.release(one, "bench", timedelta(0)) for one in domains)
            await asyncio.gather(*released)
        done += len(taken)
    return claiming.seconds / max(done, 1), keeping.seconds / max(done, 1)


def look_made(source_id: str) -> tuple[Observation, Digest]:
    """Return a look that showed a page of some length, and what is kept beside it."""
    text = words(random.Random(source_id), WORDS)
    reading = build.reading(post=None, page=build.page_text(text, text))
    seen = build.observation(source_id, id=new_id(), reading=reading)
    return seen, Digest(digest_of(seen))


@dataclass(slots=True)
class Took:
    """Seconds by the clock, of several pieces of work together."""

    seconds: float = 0.0


@contextmanager
def timed(took: Took) -> Iterator[None]:
    """Add what is done within."""
    began = time.perf_counter()
    yield
    took.seconds += time.perf_counter() - began


async def turns_taken(outside: Outside) -> int:
    """Count the sites whose turn was taken."""
    count = select(func.count()).select_from(turns)
    database: Any = outside.store.database  # type: ignore[attr-defined]
    return int(await database.read(lambda c: c.execute(count).scalar_one()))


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
    """Seconds by the clock: of a job and its turn, of a look's commit, of a capture's commit."""

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
    """Return the bytes of all files of a home directory, what its database logged brought in.

    A page that was changed a hundred times is a hundred times in the log, and stays once.
    """
    with closing(sqlite3.connect(home / "archiver.db", timeout=30)) as database:
        is_busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not is_busy, "the log could not be brought in"
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


async def measured(port: int, looks: int, captures: int) -> ServiceTimes:
    """Measure everything once."""
    with tempfile.TemporaryDirectory(prefix="archiver-times-") as directory:
        home = Path(directory) / "home"
        async with Archive(settings=settings_for(home, port)) as archive:
            outside = archive.outside
            urls = [f"http://site{n}.example/graphics/capture-{n}/" for n in range(captures)]
            before = size_of(home)
            began = time.perf_counter()
            taken = await archive.capture_all(urls)
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
            assert await turns_taken(outside) == captures, "sites were asked without their turns"
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
