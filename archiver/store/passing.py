"""Files of a passing name in ``staging``: a sweep knows them for ours once we are dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from archiver.store.disk import Disk
from archiver.store.owner import Owner


class Passing:
    """Makes them; ``staging`` has to be there for all but their names."""

    def __init__(self, staging: Path, owner: Owner, disk: Disk) -> None:
        self._staging = staging
        self._owner = owner
        self._disk = disk
        self._numbers = count(1)

    def name(self, suffix: str) -> Path:
        """Return a new name."""
        return self._staging / f"{self._owner.token()}.{next(self._numbers)}{suffix}"

    @contextmanager
    def part(self, data: bytes) -> Iterator[Path]:
        """Write a file of a passing name, which is removed again when anything is refused."""
        part = self.name(".part")
        try:
            self._disk.write(part, data)
            self._disk.fsync(part)
            yield part
        except OSError:
            with suppress(OSError):
                self._disk.remove(part)
            raise

    def time(self) -> float:
        """Return the time by the clock that dates files: another machine may have the disk."""
        place = self.name(".part")
        place.touch()
        try:
            return place.stat().st_mtime
        finally:
            place.unlink()
