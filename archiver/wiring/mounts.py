"""Which disk an SQLite database lies on: its log needs one that belongs to this machine alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from archiver.errors import DiskFullError, SettingsError, StoreError
from archiver.settings import Settings

MOUNTS = Path("/proc/self/mountinfo")
REMOTE = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs",
        "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "virtiofs",
    }
)  # fmt: skip
"""File systems whose locks and shared memory SQLite's log cannot rely on.

Source: https://www.sqlite.org/wal.html, section 1, read 2026-11-22.
"""
OPENING_BYTES = 256 * 1024
"""Room without which SQLite cannot make the memory that its processes share, and a first log."""
MEND = "move --home to a disk of this machine, or use PostgreSQL: store.database"


def kind_at(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the file system that a path is on; nothing where that is not told."""
    try:
        text = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return kind_of(path.resolve(), text)


def kind_of(path: Path, mounts: str) -> str:
    """Return the type of the file system that a path is on, of the text of ``mountinfo``."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = _plain(before.split()[4]) if before else ""
        if path.is_relative_to(point or "/nowhere") and len(point) >= best:
            best, kind = len(point), after.split()[0]
    return kind


def _plain(escaped: str) -> str:
    """Return a path whose blanks and backslashes the kernel wrote as octal numbers; proc(5)."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped)


def warn_of_network_disk(settings: Settings, mounts: Path = MOUNTS) -> None:
    """Log that the database lies on a disk that several machines may share."""
    kind = _remote_kind(settings, mounts)
    if kind is not None:
        structlog.get_logger("archiver").warning(
            f"the database is on {kind}, where SQLite's log is not safe; {MEND}", action="open"
        )


def refuse_network_disk(settings: Settings, mounts: Path = MOUNTS) -> None:
    """Refuse to serve from such a disk: services write all the time, and several at once.

    Raises:
        SettingsError: the database lies on one.
    """
    kind = _remote_kind(settings, mounts)
    if kind is not None:
        message = f"{settings.database_file} is on {kind}, where SQLite's log is not safe; {MEND}"
        raise SettingsError(message)


def _remote_kind(settings: Settings, mounts: Path) -> str | None:
    file = settings.database_file
    kind = kind_at(file.parent, mounts) if file is not None else ""
    return kind if kind in REMOTE else None


@contextmanager
def full_disk_named(settings: Settings) -> Iterator[None]:
    """Say that the disk is full where SQLite could not be opened for that: it says less itself.

    Raises:
        DiskFullError: the disk is full.
    """
    try:
        yield
    except StoreError as error:
        file = settings.database_file
        if file is None or not _is_full(file.parent):
            raise
        message = (
            f"the disk of {file} is full, and SQLite needs a little room to read, too: make some"
        )
        raise DiskFullError(message) from error


def _is_full(directory: Path) -> bool:
    try:
        return shutil.disk_usage(directory).free < OPENING_BYTES
    except OSError:
        return False
