"""A process that makes captures until it is killed, and prints each one it may acknowledge."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from datetime import timedelta
from pathlib import Path

from archiver.model.capture import ArtifactKind
from archiver.store.bucket_files import BucketFiles
from archiver.store.files import HomeFiles
from archiver.store.ids import new_id
from archiver.store.store import SqlStore
from tests import build, s3
from tests.build import NOW
from tests.contract.files import bucket_files


async def make(store: SqlStore, files: HomeFiles | BucketFiles) -> str:
    capture_id = new_id()
    body = hashlib.shake_256(capture_id.encode()).digest(50_000)
    source = await store.sources.register(build.ref(capture_id), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    answer = build.kept_answer(body_sha256=await files.keep_blob(body[:1000]), body_bytes=1000)
    look = build.observation(source.id, id=new_id(), answers=(answer,))
    await store.looks.keep(claim, look, build.verdict(), [], NOW)
    await files.stage(capture_id)
    added = await files.add(capture_id, ArtifactKind.WARC, "page.warc.gz", body, "x/y")
    published = await files.publish(capture_id, [added])
    capture = build.capture(source.id, id=capture_id, artifacts=published)
    await store.captures.keep(claim, capture, [build.record(record_id=new_id())])
    return capture_id


async def main(home: Path, place: str | None = None) -> None:
    """``place`` is a bucket of the S3 server and its port, as JSON; without it files are on disk."""
    store = await SqlStore.open(home)
    files: HomeFiles | BucketFiles = HomeFiles(home)
    if place is not None:
        files = bucket_files(home, s3.access(**json.loads(place)), store)

    async def forever() -> None:
        while True:
            print(await make(store, files), flush=True)

    await asyncio.gather(*(forever() for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
