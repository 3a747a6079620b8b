"""Kept files are read again, a share at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete
from typing_extensions import override

from archiver.flow.attend import Take, attend
from archiver.model.capture import Artifact
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.platforms import recognise
from archiver.store.files import HomeFiles
from archiver.store.inventory import is_named
from archiver.store.places import blob_place
from archiver.store.scrub import Scrubbed, Scrubber
from archiver.store.store import SqlStore
from archiver.store.sweep import sweep
from archiver.store.tables import bodies
from tests import build
from tests.build import NOW
from tests.flow.world import article, world
from tests.store.maker import make
from tests.withdrawn import withdraw_attempts

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


class TakenDownMeanwhile(HomeFiles):
    """Files of which a takedown removes all of a source once its rows are in hand.

    ``of_bodies``: those of its looks, else those of its captures.
    """

    def __init__(self, home: Path, store: SqlStore, capture_id: str, *, of_bodies: bool) -> None:
        super().__init__(home)
        self._store = store
        self._capture_id = capture_id
        self._of_bodies = of_bodies

    async def _take_down(self) -> None:
        source_id = (await self._store.captures.capture(self._capture_id)).source_id
        entry = CustodyEntry("01T", CustodyAct.TAKEDOWN, NOW, "x", "court", source_id)
        await self._store.custody.take_down(entry, None, keep_watching=False)
        await self.forget_capture(self._capture_id)
        for blob in self.home.glob("blobs/??/??/*"):
            blob.unlink()

    @override
    async def troubles(self, artifacts: Sequence[Artifact], *, thorough: bool) -> list[str | None]:
        if not self._of_bodies:
            await self._take_down()
        return await super().troubles(artifacts, thorough=thorough)

    @override
    async def blob_trouble(self, sha256: str) -> str | None:
        if self._of_bodies:
            await self._take_down()
        return await super().blob_trouble(sha256)


@pytest.mark.parametrize("reader", ["scrub", "sweep"])
@pytest.mark.parametrize("of_bodies", [False, True])
async def test_what_is_taken_down_while_it_is_read_is_not_damaged(
    tmp_path: Path, of_bodies: bool, reader: str
):
    store = await SqlStore.open(tmp_path)
    capture_id = await make(store, HomeFiles(tmp_path))
    files = TakenDownMeanwhile(tmp_path, store, capture_id, of_bodies=of_bodies)

    if reader == "scrub":
        damaged = (await Scrubber(files, store, share=1).scrub()).damaged
    else:
        damaged = (await sweep(files, store, thorough=True)).damaged

    assert damaged == ()
    assert len(await store.custody.all()) == 1
    files.close()
    await store.close()


async def test_a_body_of_a_later_attempt_is_named_though_earlier_ones_were_withdrawn(
    tmp_path: Path,
):
    store, ref = await SqlStore.open(tmp_path), build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    [citation] = kept.citations
    earlier, later = "a" * 64, "b" * 64

    async def attempted(sha256: str) -> None:
        answers = (build.kept_answer(body_sha256=sha256),)
        await store.articles.resolve(citation.id, build.attempt(ref, answers=answers))

    await attempted(earlier)
    await withdraw_attempts(store.database, citation.id, NOW)
    await attempted(later)

    for path, named in ((blob_place(earlier), False), (blob_place(later), True)):
        is_so = await store.database.read(partial(is_named, of=citation.id, path=path))
        assert is_so is named
    await store.close()


async def test_nothing_kept_is_nothing_damaged(tmp_path: Path):
    store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)

    found = await Scrubber(files, store, share=1).scrub()

    assert found == Scrubbed()
    files.close()
    await store.close()
