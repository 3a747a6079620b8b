"""A body found damaged when it is kept again: it is mended, and never gone meanwhile."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import shutil
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.errors import DiskFullError, StoreError
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from tests.store.faulty import FaultyDisk, bad_sector, full

pytestmark = pytest.mark.anyio

BODY = b"the body of an answer" * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()
DAMAGED = b"damaged"


@pytest.fixture
async def place(tmp_path: Path) -> Path:
    """Where a body lies that was kept, and is damaged."""
    files = HomeFiles(tmp_path)
    await files.keep_blob(BODY)
    files.close()
    [place] = tmp_path.glob("blobs/*/*/*")
    place.write_bytes(DAMAGED)
    return place


def aside(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in (home / "quarantine").glob("*")]


def parts(home: Path) -> list[Path]:
    return list(home.glob("staging/*.part"))


async def test_many_who_mend_one_body_at_once_set_no_whole_one_aside(
    tmp_path: Path, place: Path
) -> None:
    await asyncio.gather(*(HomeFiles(tmp_path).keep_blob(BODY) for _ in range(16)))

    assert await HomeFiles(tmp_path).blob(SHA256) == BODY
    assert aside(tmp_path) == [DAMAGED]
    assert parts(tmp_path) == []


@pytest.mark.parametrize("fail", [bad_sector, full])
async def test_a_body_is_in_its_place_whatever_step_of_mending_it_fails(
    tmp_path: Path, place: Path, fail
) -> None:
    hit: list[str] = []
    is_failed = True
    while is_failed:
        home = tmp_path.with_name(f"{tmp_path.name}-{len(hit)}")
        shutil.copytree(tmp_path, home)
        disk = FaultyDisk(len(hit) + 1, fail)
        try:
            await HomeFiles(home, disk).keep_blob(BODY)
        except StoreError:
            hit.append(disk.steps[len(hit)])
        else:
            is_failed = False
        assert (home / place.relative_to(tmp_path)).exists()
        assert parts(home) == []

        await HomeFiles(home).keep_blob(BODY)

        assert await HomeFiles(home).blob(SHA256) == BODY
        assert aside(home) == [DAMAGED]
    assert {"mkdir", "write", "fsync", "link", "rename"} <= set(hit)


class Overtaken(Disk):
    """A disk that is full, once somebody else has kept the body."""

    def __init__(self, home: Path) -> None:
        self._other = HomeFiles(home)

    @override
    def write(self, path: Path, data: bytes) -> None:
        asyncio.run(self._other.keep_blob(BODY))
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_who_cannot_mend_a_body_takes_nothing_from_who_did(
    tmp_path: Path, place: Path
) -> None:
    with pytest.raises(DiskFullError):
        await HomeFiles(tmp_path, Overtaken(tmp_path)).keep_blob(BODY)

    assert await HomeFiles(tmp_path).blob(SHA256) == BODY
    assert aside(tmp_path) == [DAMAGED]


class OneName(Disk):
    """A disk on which a file can have one name only."""

    @override
    def link(self, old: Path, new: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")


async def test_where_there_are_no_links_the_damaged_bytes_are_copied(
    tmp_path: Path, place: Path
) -> None:
    await HomeFiles(tmp_path, OneName()).keep_blob(BODY)

    assert await HomeFiles(tmp_path).blob(SHA256) == BODY
    assert aside(tmp_path) == [DAMAGED]
    assert parts(tmp_path) == []


@pytest.mark.parametrize(("disk", "kept"), [(Disk(), 1), (OneName(), 0)])
async def test_a_body_on_a_bad_sector_is_written_anew(
    tmp_path: Path, place: Path, disk: Disk, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, read = place.stat().st_ino, Path.read_bytes

    def read_good_sectors(path: Path) -> bytes:
        if path.stat().st_ino == bad:
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_good_sectors)

    await HomeFiles(tmp_path, disk).keep_blob(BODY)

    assert await HomeFiles(tmp_path).blob(SHA256) == BODY
    assert len([*(tmp_path / "quarantine").iterdir()]) == kept


async def test_a_body_that_may_not_be_read_is_not_taken_for_damaged(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(StoreError, match="the disk refused"):
        await HomeFiles(tmp_path).keep_blob(BODY)


async def test_what_a_full_disk_did_not_take_is_removed_at_once(tmp_path: Path) -> None:
    class Small(Disk):
        @override
        def write(self, path: Path, data: bytes) -> None:
            super().write(path, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError):
        await HomeFiles(tmp_path, Small()).keep_blob(BODY)

    assert parts(tmp_path) == []
