"""A disk that fails, or loses power, at a step of our choice."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from archiver.errors import StoreError
from archiver.store.disk import Disk


class PowerCut(BaseException):
    """The process ends here, without any clean-up."""


@dataclass
class Entry:
    """A name in a directory that a power cut would take back: it was ``old`` before, or nothing.

    ``replaced`` are the bytes of the file that had the name before.
    """

    path: Path
    old: Path | None = None
    replaced: bytes | None = None

    def undo(self) -> None:
        if not self.path.exists():
            return
        if self.old is not None and self.old.parent.exists():
            self.path.rename(self.old)
        elif self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            self.path.unlink()
        if self.replaced is not None:
            self.path.write_bytes(self.replaced)


class FaultyDisk(Disk):
    """Counts steps and fails at one. ``fail`` gets the name of the step and raises.

    It also remembers what was not synced, and can lose it.
    """

    def __init__(self, at: int = 0, fail: Callable[[str], None] = lambda step: None) -> None:
        self._at = at
        self._fail = fail
        self.steps: list[str] = []
        self._entries: list[Entry] = []
        self._contents: set[Path] = set()

    def step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self._at:
            self._fail(name)

    @override
    def mkdir(self, path: Path) -> None:
        self.step("mkdir")
        if not path.exists():
            self._entries.append(Entry(path))
        super().mkdir(path)

    @override
    def write(self, path: Path, data: bytes) -> None:
        self.step("write")
        super().write(path, data)
        self._entries.append(Entry(path))
        self._contents.add(path)

    @override
    def fsync(self, path: Path) -> None:
        self.step("fsync")
        path.stat()  # what is synced is only remembered, so that the tests do not wait for disks
        self._contents.discard(path)
        self._entries = [entry for entry in self._entries if entry.path.parent != path]

    @override
    def rename(self, old: Path, new: Path) -> None:
        self.step("rename")
        replaced = new.read_bytes() if new.is_file() else None
        super().rename(old, new)
        self._contents = {_moved(path, old, new) for path in self._contents}
        below = [entry for entry in self._entries if entry.path != old]
        for entry in below:
            entry.path = _moved(entry.path, old, new)
        self._entries = [*below, Entry(new, old, replaced)]

    @override
    def link(self, old: Path, new: Path) -> None:
        self.step("link")
        super().link(old, new)
        self._entries.append(Entry(new))

    @override
    def remove(self, path: Path) -> None:
        self.step("remove")
        super().remove(path)
        self._contents = {one for one in self._contents if not one.is_relative_to(path)}

    def next_process(self) -> FaultyDisk:
        """Return the disk as the next process finds it: what was not synced still is not."""
        disk = FaultyDisk()
        disk._entries, disk._contents = self._entries, self._contents
        return disk

    def lose_power(self) -> None:
        """Leave on the disk only what was synced."""
        for path in self._contents:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        for entry in reversed(self._entries):
            entry.undo()


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path


def bad_sector(step: str) -> None:
    if "commit" in step:
        raise StoreError("the database refused: disk I/O error")
    raise OSError(errno.EIO, "Input/output error")


def full(step: str) -> None:
    if "commit" in step:
        raise StoreError("the database refused: database or disk is full")
    raise OSError(errno.ENOSPC, "No space left on device")


def cut(_step: str) -> None:
    raise PowerCut
