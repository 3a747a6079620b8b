"""Files that rows name, one by one: where each is, whether it is what it should be, and copies."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from archiver.errors import StoreError
from archiver.store.disk import NO_LINK, make_directories, move
from archiver.store.files import HomeFiles
from archiver.store.places import blob_place, capture_place

PIECE = 1024 * 1024
"""Bytes read at a time."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as rows name it. ``of`` is the ID of what rests on it.

    ``bytes`` and ``sha256`` are those of the file, or of a blob's body.
    """

    of: str
    path: str
    bytes: int
    sha256: str
    is_blob: bool = False

    @property
    def largest(self) -> int:
        """The most bytes that the file may have on disk; a body that does not shrink grows."""
        return self.bytes + self.bytes // 1000 + 1024 if self.is_blob else self.bytes


class UnreadableError(StoreError):
    """A kept file is not there, or cannot be read; what was to be made of it was not begun."""


class Shelf(Protocol):
    """Where an archive's files are kept: a directory, or a store of objects."""

    def bring(self, path: str, place: Path) -> None:
        """Make a link or a durable copy of a file at a new local place.

        Raises:
            UnreadableError: it is not there, or cannot be read.
            OSError: the local place refused.
        """

    def put(self, local: Path, path: str) -> None:
        """Keep a local file durably under a path; the local one may be taken for it."""

    def set_aside(self) -> Iterator[str]:
        """Give the paths of all files in quarantine."""


class HomeShelf:
    """The shelf of a local home directory."""

    def __init__(self, files: HomeFiles) -> None:
        self._files = files

    def bring(self, path: str, place: Path) -> None:
        """Link the file where the file systems allow it, else copy it."""
        link_or_copy(self._files.path(path), place)

    def put(self, local: Path, path: str) -> None:
        """Move the file to its lasting place."""
        place = self._files.path(path)
        make_directories(self._files.disk, place.parent)
        move(self._files.disk, local, place)

    def set_aside(self) -> Iterator[str]:
        """Give the files in quarantine; whatever is no plain file is passed over."""
        quarantine = self._files.home / "quarantine"
        for place in sorted(quarantine.rglob("*")):
            if place.is_file() and not place.is_symlink():
                yield place.relative_to(self._files.home).as_posix()


class Once:
    """Names seen before, in a file of its own: there may be more of them than fit in memory."""

    def __init__(self) -> None:
        self._names = sqlite3.connect("")
        self._names.execute("CREATE TABLE seen (name BLOB PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, name: str) -> bool:
        """Tell whether a name was not seen yet; from now on it was."""
        added = self._names.execute("INSERT OR IGNORE INTO seen VALUES (?)", (_bytes(name),))
        return added.rowcount == 1

    def __contains__(self, name: str) -> bool:
        found = self._names.execute("SELECT 1 FROM seen WHERE name = ?", (_bytes(name),))
        return found.fetchone() is not None


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")  # names on a disk may be no UTF-8


def named_artifact(capture_id: str, path: str, size: int, sha256: str) -> NamedFile:
    """Return an artifact's file.

    Raises:
        StoreError: its path is not one that this program gives.
    """
    parts, own = PurePosixPath(path), PurePosixPath(capture_place(capture_id))
    below = parts.parts[len(own.parts) :]
    is_ours = parts.is_relative_to(own) and below and not {"..", "."} & set(below)
    if not is_ours or "\0" in path or parts.as_posix() != path or not _is_size(size):
        raise StoreError(f"{path!r} is no path of a file of capture {capture_id}")
    return NamedFile(capture_id, path, size, sha256)


def named_blob(of: str, sha256: str, size: int) -> NamedFile:
    """Return a blob's file.

    Raises:
        StoreError: it is no digest.
    """
    if not _is_size(size):
        raise StoreError(f"{size!r} is no number of bytes")
    return NamedFile(of, blob_place(sha256), size, sha256, is_blob=True)


def _is_size(size: object) -> bool:
    return isinstance(size, int) and size >= 0


def trouble_with(place: Path, named: NamedFile) -> str | None:
    """Say how a file is not what its row says, reading all of it, or None."""
    try:
        found = place.lstat()
        if not stat.S_ISREG(found.st_mode):
            return "is no plain file"
        if named.is_blob:
            return _trouble_with_blob(place, named)
        if found.st_size != named.bytes:
            return f"has {found.st_size} bytes, not {named.bytes}"
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if digest == named.sha256 else f"has other bytes than those of {named.sha256}"


def _trouble_with_blob(place: Path, named: NamedFile) -> str | None:
    """Unpack a blob piece by piece, and never more of it than its row says there is."""
    digest, left = hashlib.sha256(), named.bytes
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        with place.open("rb") as file:
            while piece := unpacking.unconsumed_tail or file.read(PIECE):
                body = unpacking.decompress(piece, min(PIECE, left + 1))
                left -= len(body)
                digest.update(body)
                if left < 0 or unpacking.unused_data:
                    return f"holds more than the {named.bytes} bytes of {named.sha256}"
    except zlib.error as error:
        return f"cannot be unpacked: {error}"
    if left or not unpacking.eof or digest.hexdigest() != named.sha256:
        return f"has other bytes than those of {named.sha256}"
    return None


def link_or_copy(source: Path, place: Path) -> None:
    """Make a second name of a file, or a durable copy where that cannot be.

    Raises:
        UnreadableError: the source is not there, is no plain file, or cannot be read.
        OSError: the place refused.
    """
    with _opened(source) as file:
        try:
            os.link(source, place, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINK:
                raise
            _copy(file, place, None)


def copy_bounded(source: Path, place: Path, most: int) -> None:
    """Make a durable copy of a file that has no more than ``most`` bytes.

    Raises:
        UnreadableError: it is not there, is no plain file, has more, or cannot be read.
        OSError: the place refused.
    """
    with _opened(source) as file:
        _copy(file, place, most)


def _opened(source: Path) -> BinaryIO:
    try:
        # Not waiting: something else than a plain file might never have anything to read.
        handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise UnreadableError("is missing") from error
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("is no plain file")
    return os.fdopen(handle, "rb")


def _copy(file: BinaryIO, place: Path, most: int | None) -> None:
    copied = 0
    with place.open("xb") as copy:
        while piece := _read(file):
            copied += len(piece)
            if most is not None and copied > most:
                raise UnreadableError(f"has more than the {most} bytes it may have")
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(PIECE)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
