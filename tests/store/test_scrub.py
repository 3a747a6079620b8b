"""Kept files are read again, a share at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from archiver.flow.attend import Take, attend
from archiver.platforms import recognise
from archiver.store.files import HomeFiles
from archiver.store.scrub import Scrubbed, Scrubber
from archiver.store.store import SqlStore
from archiver.store.sweep import sweep
from archiver.store.tables import bodies
from tests import build
from tests.flow.world import article, world

pytestmark = pytest.mark.anyio


async def test_all_is_read_in_as_many_parts_as_there_are_and_damage_is_found(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        for number in range(5):
            url = f"https://site{number}.example/a"
            web.serve(url, article("https://cited.example/", title=f"Gates {number}"))
            source = await outside.store.sources.register(recognise(url), None, clock.now())
            await attend(source, outside, take=Take.ALWAYS)
    manifest, *_ = sorted(tmp_path.glob("captures/??/??/*/manifest.json"))
    manifest.write_bytes(manifest.read_bytes().replace(b"a", b"b", 1))
    blob, *_ = sorted(tmp_path.glob("blobs/??/??/*"))
    blob.unlink()

    store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)
    scrubber = Scrubber(files, store, share=0.25)
    found = [(await scrubber.scrub()).damaged for _ in range(4)]
    files.close()
    await store.close()

    paths = {one.path: one.trouble for part in found for one in part}
    assert set(paths) == {
        str(manifest.relative_to(tmp_path)),
        f"blobs/{blob.name.partition('.')[0]}",
    }
    assert "has other bytes" in paths[str(manifest.relative_to(tmp_path))]
    assert sum(1 for part in found if part) <= 3


async def test_damaged_answers_of_places_where_nothing_is_are_found_once_in_all_parts(
    tmp_path: Path,
):
    store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)
    for number in range(20):
        sha256 = await files.keep_blob(f"nothing here {number}".encode())
        answer = build.kept_answer(body_sha256=sha256)
        await store.siblings.keep(f"site{number}.example", "/", answer)
    blobs = sorted(tmp_path.glob("blobs/??/??/*"))
    for blob in blobs:
        blob.write_bytes(b"spoilt")

    scrubber = Scrubber(files, store, share=0.25)
    parts = [(await scrubber.scrub()).damaged for _ in range(4)]

    found = [one.path for part in parts for one in part]
    assert sorted(found) == [f"blobs/{blob.name.partition('.')[0]}" for blob in blobs]
    assert max(len(part) for part in parts) < len(blobs)
    files.close()
    await store.close()


@pytest.mark.parametrize("by_scrub", [True, False])
async def test_a_body_that_a_takedown_would_not_find_is_told_once_and_listed(
    tmp_path: Path, by_scrub: bool
):
    store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)
    sha256 = await files.keep_blob(b"nothing here")
    await store.siblings.keep("site.example", "/", build.kept_answer(body_sha256=sha256))
    await store.database.write(lambda c: c.execute(delete(bodies)).rowcount)
    before = await store.custody.rested_on([sha256])

    async def read() -> Scrubbed:
        if by_scrub:
            return await Scrubber(files, store, share=1).scrub()
        swept = await sweep(files, store)
        return Scrubbed(swept.damaged, swept.unlisted)

    [first, again] = [await read(), await read()]

    assert [(one.of, one.sha256) for one in first.unlisted] == [("site.example", sha256)]
    assert first.damaged == ()
    assert (before, again) == (set(), Scrubbed())
    assert await store.custody.rested_on([sha256]) == {sha256}
    files.close()
    await store.close()


async def test_nothing_kept_is_nothing_damaged(tmp_path: Path):
    store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)

    found = await Scrubber(files, store, share=1).scrub()

    assert found == Scrubbed()
    files.close()
    await store.close()
