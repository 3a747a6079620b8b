"""Both places that files are kept in, with what a test does behind their backs."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from archiver.store.bucket import Access, Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.uploads import Uploads

AnyFiles = HomeFiles | BucketFiles


class Place(Protocol):
    """A place for files: made anew as by another process, and looked into."""

    @property
    def files(self) -> AnyFiles:
        """The place as this process sees it."""

    @property
    def home(self) -> HomeFiles:
        """Where captures are made."""

    def another(self) -> AnyFiles:
        """Return the same place as another process sees it."""

    async def stored(self, path: str) -> bytes | None:
        """Return what is kept under a path."""

    async def spoil(self, path: str, data: bytes | None) -> None:
        """Put other bytes there, or nothing."""

    async def names(self, prefix: str) -> list[str]:
        """Return the paths below a folder."""


class OnDisk:
    """The home directory."""

    def __init__(self, home: Path) -> None:
        self.files = HomeFiles(home)

    @property
    def home(self) -> HomeFiles:
        return self.files

    def another(self) -> HomeFiles:
        return HomeFiles(self.files.home)

    async def stored(self, path: str) -> bytes | None:
        place = self.files.home / path
        return place.read_bytes() if place.is_file() else None

    async def spoil(self, path: str, data: bytes | None) -> None:
        place = self.files.home / path
        place.unlink()
        if data is not None:
            place.write_bytes(data)

    async def names(self, prefix: str) -> list[str]:
        found = (self.files.home / prefix).rglob("*")
        return sorted(one.relative_to(self.files.home).as_posix() for one in found if one.is_file())


class InBucket:
    """A bucket of the real server."""

    def __init__(self, home: Path, access: Access, store: SqlStore) -> None:
        self._home, self._access, self._store = home, access, store
        self.files = self.another()

    @property
    def home(self) -> HomeFiles:
        return self.files.here

    def another(self) -> BucketFiles:
        return bucket_files(self._home, self._access, self._store)

    async def stored(self, path: str) -> bytes | None:
        return await self.files.bucket.read(path)

    async def spoil(self, path: str, data: bytes | None) -> None:
        await self.files.bucket.delete(path)
        if data is not None:
            await self.files.bucket.create(path, data)

    async def names(self, prefix: str) -> list[str]:
        return sorted(one.key for one in await self.files.bucket.list(f"{prefix}/"))


def bucket_files(home: Path, access: Access, store: SqlStore) -> BucketFiles:
    """Return files in a bucket, with room for a few copies."""
    uploads = Uploads(store.database)
    return BucketFiles(home, Bucket(access), uploads, owner="tests", cache_bytes=1024 * 1024)
