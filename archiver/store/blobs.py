"""Bodies of answers under the home directory, each once, by the SHA-256 of its bytes."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import zlib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from archiver.errors import DamagedError
from archiver.store.disk import NO_LINK, Disk, disk_refusals, make_directories, move
from archiver.store.passing import Passing
from archiver.store.places import blob_place

DOOMED = ".doomed"
_SAMPLE = 64 * 1024  # bytes; enough to see whether a body is compressed already
_WORTH_IT = 0.9  # a sample that shrinks less than this is stored as it is
_LEVEL = 6  # zlib's own default; 9 takes twice the time for a percent


class HomeBlobs:
    """What :class:`archiver.store.files.HomeFiles` does with bodies, in the caller's thread."""

    def __init__(self, home: Path, staging: Path, passing: Passing, disk: Disk) -> None:
        self._home = home
        self._staging = staging
        self._passing = passing
        self._disk = disk

    def place(self, sha256: str) -> Path:
        """Return where a blob is, or would be."""
        return self._home / blob_place(sha256)

    def _body(self, sha256: str) -> bytes | None:
        return unpacked(self.place(sha256).read_bytes(), sha256)

    def keep(self, body: bytes) -> str:
        """Store bytes once, durably, and return the digest; what is damaged is written anew."""
        sha256 = hashlib.sha256(body).hexdigest()
        place = self.place(sha256)
        with disk_refusals("keeping the body of an answer"):
            is_there = self._keep_again(place)
            if is_there and self._is_whole(sha256):
                # Whoever put it there may have died before syncing its name.
                self._disk.fsync(place.parent)
            else:
                self._write(sha256, body, is_damaged=is_there)
        return sha256

    def _is_whole(self, sha256: str) -> bool:
        """Tell whether a blob is there and holds its bytes; a bad sector is damage, too."""
        try:
            return self._body(sha256) is not None
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False

    def _keep_again(self, place: Path) -> bool:
        """Tell whether a blob is there; if so, a takedown leaves it until we are done with it."""
        with suppress(FileNotFoundError):
            os.utime(place)
        return place.exists()

    def _write(self, sha256: str, body: bytes, *, is_damaged: bool) -> None:
        """Write a blob; a damaged one stays in its place until the new one takes it."""
        place = self.place(sha256)
        make_directories(self._disk, self._staging)
        make_directories(self._disk, place.parent)
        with self._passing.part(pack(body)) as part:  # its time says when it was last kept
            if is_damaged and not self._is_whole(sha256):  # nobody else was quicker
                self._keep_damaged(place)
            move(self._disk, part, place)

    def _keep_damaged(self, place: Path) -> None:
        """Give a damaged blob a second name in ``quarantine``, beside its own.

        Where a file can have one name only it is copied, unless it cannot be read. Of one that is
        there already, as of an earlier damage, no other is kept.
        """
        quarantine = self._home / "quarantine"
        make_directories(self._disk, quarantine)
        with suppress(FileExistsError, FileNotFoundError):
            try:
                self._disk.link(place, quarantine / place.name)
            except OSError as error:
                if error.errno not in NO_LINK:
                    raise
                self._copy_damaged(place, quarantine / place.name)
            self._disk.fsync(quarantine)

    def _copy_damaged(self, place: Path, target: Path) -> None:
        try:
            data = place.read_bytes()
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return
        if not target.exists():
            with self._passing.part(data) as part:
                move(self._disk, part, target)

    def read(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            DamagedError: it is not there, or its bytes no longer match its name.
            StoreError: the disk refused.
        """
        with disk_refusals(f"reading blob {sha256}"):
            try:
                body = self._body(sha256)
            except FileNotFoundError as error:
                raise DamagedError(f"blob {sha256} is missing") from error
        if body is None:
            raise DamagedError(f"blob {sha256} is damaged: its bytes no longer match its name")
        return body

    def forget(self, sha256: str, unless_within: timedelta) -> bool:
        """Remove a blob for good, unless it was kept within a time; tell if it is gone."""
        place = self.place(sha256)
        with disk_refusals(f"removing blob {sha256}"):
            if not place.exists():
                return self._is_gone(sha256)
            make_directories(self._disk, self._staging)
            now = self._passing.time()
            since = now - unless_within.total_seconds()
            kept_at = place.stat().st_mtime
            if kept_at > now:  # by a clock that was wrong, or this moment: from now on it counts
                os.utime(place)
            if kept_at >= since:
                return False
            doomed = self._passing.name(f".{sha256}{DOOMED}")
            move(self._disk, place, doomed)
            if doomed.stat().st_mtime >= since:  # kept again meanwhile
                self.put_back(doomed)
                return False
            self._disk.remove(doomed)
            self._disk.fsync(self._staging)  # else a power cut could bring it back
            return self._is_gone(sha256)

    def _is_gone(self, sha256: str) -> bool:
        """Tell whether nobody has it set apart, who may have died, so that a sweep puts it back."""
        return not any(self._staging.glob(f"*.{sha256}{DOOMED}"))

    def put_back(self, doomed: Path) -> None:
        """Give a blob its place again that was set apart to be removed, and was not.

        Somebody may have kept it again while it was in its place still. A takedown that is not
        finished removes it later.
        """
        place = self.place(doomed.stem.rpartition(".")[2])
        if place.exists():
            self._disk.remove(doomed)
        else:
            move(self._disk, doomed, place)

    def was_kept(self, sha256: str, within: timedelta) -> bool:
        """Tell whether a blob was kept, for the first time or again, within a time."""
        try:
            make_directories(self._disk, self._staging)
            since = self._passing.time() - within.total_seconds()
            return self.place(sha256).stat().st_mtime >= since
        except FileNotFoundError:
            return False
        except OSError:  # a disk that is full or read-only does not tell the time
            return True


def pack(body: bytes) -> bytes:
    """Return a gzip member; what does not shrink is only wrapped."""
    sample = body[:_SAMPLE]
    shrinks = len(zlib.compress(sample, 1)) < _WORTH_IT * len(sample)
    return gzip.compress(body, _LEVEL if shrinks else 0, mtime=0)


def unpacked(data: bytes, sha256: str) -> bytes | None:
    """Return a blob's bytes, or None when they do not match its name."""
    try:
        body = gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None
    return body if hashlib.sha256(body).hexdigest() == sha256 else None
