"""Backups of what lies in an object store, and restores into one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from archiver.errors import FilesError, StoreError
from archiver.store.backup import back_up
from archiver.store.bucket import Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.bucket_shelf import BucketShelf
from archiver.store.files import HomeFiles
from archiver.store.manifest import Manifest
from archiver.store.restore import restore
from archiver.store.shelf import HomeShelf, Shelf, UnreadableError
from archiver.store.store import SqlStore, database_url
from archiver.store.sweep import Swept, sweep
from archiver.store.uploads import Uploads
from tests import s3
from tests.build import NOW
from tests.contract.files import bucket_files
from tests.store.faulty import FaultyDisk
from tests.store.maker import make

pytestmark = pytest.mark.anyio

NOTHING = Swept((), (), ())


@pytest.fixture
async def files(tmp_path: Path, store: SqlStore) -> AsyncIterator[BucketFiles]:
    made = bucket_files(tmp_path, s3.access(), store)
    yield made
    made.close()


def is_a_shelf(shelf: BucketShelf) -> Shelf:
    """Hold the class to its protocol: mypy checks it."""
    return shelf


async def backed_up(files: BucketFiles, directory: Path) -> Manifest:
    done = await asyncio.to_thread(
        back_up,
        database_url(files.here.home),
        BucketShelf(files.bucket, FaultyDisk()),
        directory,
        NOW,
        disk=FaultyDisk(),
    )
    return done.manifest


@pytest.mark.parametrize("place", ["bucket", "disk"])
async def test_what_was_in_a_store_is_restored_there_or_on_disk(
    files: BucketFiles, store: SqlStore, tmp_path: Path, place: str
) -> None:
    capture_id = await make(store, files)
    await files.bucket.create("quarantine/01OLD/page.txt", b"words")
    await Uploads(store.database).begin("01INHAND", "a machine")
    manifest = await backed_up(files, tmp_path / "backup")

    home, access = HomeFiles(tmp_path / "new", FaultyDisk()), s3.access()
    shelf = BucketShelf(Bucket(access), FaultyDisk()) if place == "bucket" else HomeShelf(home)
    url = database_url(home.home)
    restored = await asyncio.to_thread(restore, tmp_path / "backup", home, shelf, url)

    assert (manifest.damaged, restored.damaged) == ((), ())
    new = await SqlStore.open(home.home)
    kept = bucket_files(home.home, access, new) if place == "bucket" else home
    assert await sweep(kept, new, thorough=True) == NOTHING
    [artifact] = (await new.captures.capture(capture_id)).artifacts
    assert await kept.troubles([artifact], thorough=True) == [None]
    assert not await Uploads(new.database).are_known("01INHAND")
    await new.close()


async def test_a_lost_object_is_told_and_the_rest_backed_up(
    files: BucketFiles, store: SqlStore, tmp_path: Path
) -> None:
    lost = (await store.captures.capture(await make(store, files))).artifacts[0]
    await make(store, files)
    await files.bucket.delete(lost.path)

    manifest = await backed_up(files, tmp_path / "backup")

    assert [(one.path, one.trouble) for one in manifest.damaged] == [(lost.path, "is missing")]
    assert manifest.captures.files == 1


async def test_what_a_store_never_gives_is_told_and_the_rest_backed_up(
    store: SqlStore, tmp_path: Path
) -> None:
    async with s3.proxy() as proxy:
        files = bucket_files(tmp_path, s3.access(port=proxy.port), store)
        stuck = (await store.captures.capture(await make(store, files))).artifacts[0].path
        await make(store, files)
        await files.bucket.create("quarantine/01OLD/page.txt", b"words")
        await files.bucket.create("quarantine/01OLD/stuck.txt", b"words")
        for path in (stuck, "quarantine/01OLD/stuck.txt"):
            proxy.on("GET", path, s3.fail)

        manifest = await backed_up(files, tmp_path / "backup")

        files.close()
    told = [one.trouble for one in manifest.damaged]
    assert [one.path for one in manifest.damaged] == [stuck, "quarantine/01OLD/stuck.txt"]
    assert all(one.startswith("cannot be read: the file store s3://") for one in told)
    assert (manifest.captures.files, manifest.blobs.files) == (1, 2)
    assert [one.path for one in manifest.quarantine] == ["quarantine/01OLD/page.txt"]


async def test_a_local_place_that_refuses_is_no_fault_of_an_object(
    files: BucketFiles, store: SqlStore, tmp_path: Path
) -> None:
    path = (await store.captures.capture(await make(store, files))).artifacts[0].path
    (tmp_path / "place").mkdir()

    with pytest.raises(FilesError, match="the disk refused") as refused:
        await asyncio.to_thread(BucketShelf(files.bucket).bring, path, tmp_path / "place")

    assert not isinstance(refused.value, UnreadableError)


async def test_a_store_that_is_away_lets_a_backup_fail_and_not_lie(
    files: BucketFiles, store: SqlStore, tmp_path: Path
) -> None:
    await make(store, files)
    await backed_up(files, tmp_path / "backup")
    await make(store, files)
    before = (tmp_path / "backup" / "backup.json").read_bytes()
    away = bucket_files(tmp_path, s3.access("no-such-bucket"), store)

    with pytest.raises(StoreError, match="make the bucket"):
        await backed_up(away, tmp_path / "backup")

    assert (tmp_path / "backup" / "backup.json").read_bytes() == before
    away.close()


async def test_other_bytes_under_a_name_are_set_aside_before_a_restore_replaces_them(
    files: BucketFiles, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_bytes(b"words")
    await files.bucket.create("captures/ab/cd/01C/page.txt", b"torn")

    shelf = BucketShelf(files.bucket)
    await asyncio.to_thread(shelf.put, tmp_path / "page.txt", "captures/ab/cd/01C/page.txt")

    assert await files.bucket.read("captures/ab/cd/01C/page.txt") == b"words"
    [aside] = await files.bucket.list("quarantine/")
    assert await files.bucket.read(aside.key) == b"torn"
