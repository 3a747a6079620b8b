"""The steps of writing to disk durably, one method a step.

They stand alone so that a test can let any of them fail, or lose power between two.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from archiver.errors import DiskFullError, FilesError, is_full

YOUNG_S = 3 * 3600.0
"""Since the last change of a directory, or of a file: one that got a new name counts as changed.

A system writes a name to the medium by itself sooner: ext4 after 5 s and XFS after 30 s, unless
they are set to wait, which some set to minutes, and XFS lets nobody set to more than 2 hours.
Sources: the kernel's Documentation/admin-guide/ext4.rst (commit) and xfs.rst (xfssyncd_centisecs),
read 2026-11-29.
"""
MOST_REMEMBERED = 10_000
NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.EACCES}
"""Refusals of a hard link for which a copy does as well: see link(2)."""


class Disk:
    """The real disk. Every method raises :class:`OSError` when the system refuses."""

    @cached_property
    def synced(self) -> set[tuple[Path, int]]:
        """Return directories, with their inodes, whose names were seen synced; not all of them."""
        return set()

    def mkdir(self, path: Path) -> None:
        """Make one directory; nothing happens when it is there."""
        path.mkdir(mode=0o700, exist_ok=True)

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file, which nobody else may read."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)

    def fsync(self, path: Path) -> None:
        """Wait until a file's bytes, or a directory's entries, are on the medium.

        An error is final: the system may have dropped the bytes and say so only once.
        Source: https://wiki.postgresql.org/wiki/Fsync_Errors, read 2026-11-22.
        """
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file or directory another name on the same file system."""
        old.rename(new)

    def link(self, old: Path, new: Path) -> None:
        """Give a file a second name on the same file system."""
        os.link(old, new, follow_symlinks=False)

    def room(self, path: Path) -> tuple[int, int]:
        """Return the bytes that are free for us, and those there are in all."""
        usage = shutil.disk_usage(path)
        return usage.free, usage.total

    def remove(self, path: Path) -> None:
        """Remove a file, or a directory with all it holds; nothing happens when it is not there."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def make_directories(disk: Disk, path: Path) -> None:
    """Make a directory and its parents so that they outlast a power cut.

    One that is there and young is synced once by each process: who made it may have been killed
    before doing so.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        make_directories(disk, path.parent)
        disk.mkdir(path)
        disk.fsync(path.parent)
        _remember(disk, path, path.stat())
        return
    if (path, found.st_ino) in disk.synced or not _is_young(found):
        return
    above = path.parent.stat()
    # The root has none above it, and a mount point was not made by us.
    if above.st_dev == found.st_dev and above.st_ino != found.st_ino:
        make_directories(disk, path.parent)
        with suppress(PermissionError):  # and neither was what lies where we may not read
            disk.fsync(path.parent)
    _remember(disk, path, found)


def is_name_young(path: Path) -> bool:
    """Tell whether a file may have got its name by somebody who was killed before syncing it."""
    return _is_young(path.lstat())


def _is_young(found: os.stat_result) -> bool:
    age_s = time.time() - found.st_ctime  # noqa: TID251 - the system's clock dates files
    return age_s <= YOUNG_S


def _remember(disk: Disk, path: Path, found: os.stat_result) -> None:
    if len(disk.synced) >= MOST_REMEMBERED:
        disk.synced.clear()
    disk.synced.add((path, found.st_ino))


def move(disk: Disk, old: Path, new: Path) -> None:
    """Rename so that it outlasts a power cut; the new parent must be there already."""
    disk.rename(old, new)
    disk.fsync(new.parent)
    disk.fsync(old.parent)


def sync_tree(disk: Disk, directory: Path) -> None:
    """Sync every file and directory below, and the directory itself last."""
    for path in sorted(directory.iterdir()):
        if path.is_dir() and not path.is_symlink():
            sync_tree(disk, path)
        elif path.is_file():
            disk.fsync(path)
    disk.fsync(directory)


@contextmanager
def disk_refusals(doing: str) -> Iterator[None]:
    """Turn what the disk refuses into a :class:`FilesError`, in one line."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            message = f"the disk is full: {doing} failed; make room and try again"
            raise DiskFullError(message) from error
        raise FilesError(f"the disk refused: {doing} failed ({error})") from error
