"""How much room is left, and what takes it: looked at when somebody reads the metrics."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event

from archiver.ports import Meter

COUNT_EVERY_S = 6 * 3600.0
"""Between two counts of all files; a home of millions takes minutes and much of the disk."""


class Gauges:
    """Sets the gauges of disk, database and home. ``now`` gives seconds that never go back."""

    def __init__(
        self, home: Path, database: Path | None, meter: Meter, now: Callable[[], float]
    ) -> None:
        self._home = home
        self._log = Path(f"{database}-wal") if database is not None else None
        self._meter = meter
        self._now = now
        self._count_at = now()
        self._counting: asyncio.Future[int] | None = None
        self._stop = Event()

    async def measure(self) -> None:
        """Set what is quickly found; count the home's files in the background now and then."""
        await asyncio.to_thread(self._measure)
        if self._counting is None and self._now() >= self._count_at:
            self._counting = asyncio.ensure_future(asyncio.to_thread(self._size))
            self._counting.add_done_callback(self._counted)

    async def end(self) -> None:
        """Stop counting."""
        self._stop.set()
        if self._counting is not None:
            await asyncio.gather(self._counting, return_exceptions=True)

    def _measure(self) -> None:
        with suppress(OSError):
            room = shutil.disk_usage(self._home)
            self._meter.stands("disk_free", room.free)
            self._meter.stands("disk_bytes", room.total)
        if self._log is not None:
            self._meter.stands("database_wal_bytes", _bytes_of(self._log))

    def _counted(self, counting: asyncio.Future[int]) -> None:
        self._counting = None
        self._count_at = self._now() + COUNT_EVERY_S
        if not counting.cancelled() and not self._stop.is_set():
            self._meter.stands("home_bytes", counting.result())

    def _size(self) -> int:
        total = 0
        for folder, _, names in os.walk(self._home):
            if self._stop.is_set():
                break
            total += sum(_bytes_of(Path(folder, name)) for name in names)
        return total


def _bytes_of(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
