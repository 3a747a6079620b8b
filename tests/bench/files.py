"""Captures and bodies a second that reach their lasting place: on disk, and in an object store.

    python -m tests.bench.files

Both are measured in one run, by turns, on one machine, the rows of captures in hand included. The
store is the S3 server of the tests, in one process beside this one: most of the time is its own.
Only the ratio tells something of another store.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from archiver.model.capture import ArtifactKind
from archiver.store.ids import new_id
from archiver.store.store import SqlStore
from tests import s3
from tests.contract.files import AnyFiles, InBucket, OnDisk

ROUNDS = 5
CAPTURES = 20
BODIES = 100
FILES = (("page.warc.gz", 400_000), ("page.png", 200_000), ("text.txt", 5_000), ("manifest", 3_000))


async def publish(files: AnyFiles) -> None:
    capture_id = new_id()
    await files.stage(capture_id)
    added = [
        await files.add(capture_id, ArtifactKind.MEDIA, name, bytes(size), "x/y")
        for name, size in FILES
    ]
    await files.publish(capture_id, added)


async def keep(files: AnyFiles) -> None:
    await files.keep_blob(new_id().encode() * 1000)


async def rate(do: Callable[[], Awaitable[None]], number: int, at_once: int) -> float:
    begun = time.perf_counter()
    for _ in range(number // at_once):
        await asyncio.gather(*(do() for _ in range(at_once)))
    return number / (time.perf_counter() - begun)


async def measure(home: Path) -> None:
    store = await SqlStore.open(home)
    places: dict[str, AnyFiles] = {
        "disk": OnDisk(home / "disk").files,
        "bucket": InBucket(home / "bucket", s3.access(), store).files,
    }
    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name, files in places.items():
            for what, do, number in (("captures", publish, CAPTURES), ("bodies", keep, BODIES)):
                done = await rate(lambda do=do, files=files: do(files), number, 4)  # type: ignore[misc]
                rates.setdefault((what, name), []).append(done)
    for what in ("captures", "bodies"):
        disk, bucket = (statistics.median(rates[what, name]) for name in ("disk", "bucket"))
        print(f"{what}/s: {disk:.0f} on disk, {bucket:.0f} in the store: {bucket / disk:.2f}")
    for files in places.values():
        files.close()
    await store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as directory:
        asyncio.run(measure(Path(directory)))
