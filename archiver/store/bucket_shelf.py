"""A bucket as the shelf that a backup takes files from, and a restore puts them on."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from archiver.errors import FilesError
from archiver.store.bucket import Bucket
from archiver.store.disk import Disk, disk_refusals
from archiver.store.ids import new_id
from archiver.store.shelf import UnreadableError

T = TypeVar("T")


class BucketShelf:
    """The shelf :class:`archiver.store.shelf.Shelf` in a bucket.

    Backups run in a thread; requests run in the loop that the shelf was made in.
    """

    def __init__(self, bucket: Bucket, disk: Disk | None = None) -> None:
        self._bucket = bucket
        self._disk = disk or Disk()
        self._loop = asyncio.get_running_loop()

    def bring(self, path: str, place: Path) -> None:
        """Fetch an object into a new local file, durably.

        Raises:
            UnreadableError: there is no such object, or the store answers and does not give it.
            StoreError: the disk refused, or the store does not answer: that says nothing of what
                it holds.
        """
        try:
            found = self._done(self._bucket.download(path, place))
        except FilesError as error:
            if _is_of_disk(error):
                raise
            self._done(self._bucket.check())
            raise UnreadableError(f"cannot be read: {error}") from error
        if found is None:
            raise UnreadableError("is missing")
        with disk_refusals(f"fetching {path}"):
            self._disk.fsync(place)

    def put(self, local: Path, path: str) -> None:
        """Send a local file and read it back; other bytes under its name are set aside first.

        Raises:
            StoreError: disk or store refused, or what is stored is not what was sent.
        """
        with disk_refusals(f"reading {local}"):
            body = local.read_bytes()
        sha256 = hashlib.sha256(body).hexdigest()
        is_new = self._done(self._bucket.create(path, body))
        if self._done(self._bucket.sha256(path)) == sha256:
            return
        if not is_new:
            self._done(self._bucket.copy(path, f"quarantine/{Path(path).name}.{new_id()}"))
            self._done(self._bucket.replace(path, body))
        if self._done(self._bucket.sha256(path)) != sha256:
            raise FilesError(f"{self._bucket.address(path)} is not what was sent")

    def set_aside(self) -> Iterator[str]:
        """Give the paths of all objects in quarantine."""
        for one in self._done(self._bucket.list("quarantine/")):
            yield one.key

    def _done(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()


def _is_of_disk(error: FilesError) -> bool:
    """Tell whether it is this machine's disk that refused: errors of the store have no number."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno is not None
