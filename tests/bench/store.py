"""How many changes a second the store commits: one by one, and grouped.

    python -m tests.bench.store [DIRECTORY]

Both are measured in one run, by turns, on the same disk; every commit is synced. Only the ratio
can be compared with another machine's.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from archiver.ports import Claim
from archiver.store.ids import new_id
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

ROUNDS = 5
SINGLE = 100
GROUPED = 2000
CAPTURES = 50
RECORDS = 32


async def make_claim(store: SqlStore) -> Claim:
    source = await store.sources.register(build.ref(new_id()), None, NOW)
    claim = await store.claims.claim(source.id, "bench", timedelta(hours=1))
    if claim is None:
        raise RuntimeError("a new source cannot be claimed by anybody else")
    return claim


async def look(store: SqlStore, claim: Claim) -> None:
    observation = build.observation(claim.source_id, id=new_id())
    await store.looks.keep(claim, observation, build.verdict(), [], NOW)


async def capture(store: SqlStore, claim: Claim) -> None:
    records = [build.record(record_id=new_id()) for _ in range(RECORDS)]
    await store.captures.keep(claim, build.capture(claim.source_id, id=new_id()), records)


async def due(store: SqlStore, claim: Claim) -> None:
    await store.sources.schedule(claim.source_id, NOW)


async def one_by_one(keep: Callable[[], Awaitable[None]], number: int) -> float:
    begun = time.perf_counter()
    for _ in range(number):
        await keep()
    return number / (time.perf_counter() - begun)


async def at_once(keep: Callable[[], Awaitable[None]], number: int) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*(keep() for _ in range(number)))
    return number / (time.perf_counter() - begun)


def report(what: str, single: list[float], grouped: list[float]) -> None:
    ratio = statistics.median(many / one for one, many in zip(single, grouped, strict=True))
    one, many = statistics.median(single), statistics.median(grouped)
    print(f"{what:10} one by one {one:6.0f}/s, at once {many:6.0f}/s: {ratio:.1f} times")


async def main(directory: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=directory) as home:
        store = await SqlStore.open(Path(home))
        claim = await make_claim(store)
        single, grouped, captures = [], [], []
        small, small_grouped = [], []
        for _ in range(ROUNDS):
            single.append(await one_by_one(lambda: look(store, claim), SINGLE))
            grouped.append(await at_once(lambda: look(store, claim), GROUPED))
            small.append(await one_by_one(lambda: due(store, claim), SINGLE))
            small_grouped.append(await at_once(lambda: due(store, claim), GROUPED))
            captures.append(await one_by_one(lambda: capture(store, claim), CAPTURES))
        await store.close()
    report("looks", single, grouped)
    report("due times", small, small_grouped)
    print(f"captures   one by one {statistics.median(captures):6.0f}/s, of {RECORDS} records each")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
