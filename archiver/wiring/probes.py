"""What must work for the service to do its work, tried out while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from archiver.capture.locate import Browser
from archiver.errors import LaunchError, StoreError
from archiver.model.room import Room, size_in_words
from archiver.net.guard import Guard
from archiver.store import schema
from archiver.store.bucket_files import BucketFiles
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.wiring.browser import LazyRecorder

Probe = Callable[[], Awaitable[str]]
"""Tries one thing out and says what was found; an error says that it does not work."""

JAIL = "flags-only: the browser's own flags send it to the guard, no network namespace does"


class Probes:
    """Tries out the parts of an open archive."""

    def __init__(
        self,
        store: SqlStore,
        files: HomeFiles | BucketFiles,
        guard: Guard,
        recorder: LazyRecorder,
        room: Callable[[], Room],
        find: Callable[[], Browser],
    ) -> None:
        self._store = store
        self._files = files
        self._guard = guard
        self._recorder = recorder
        self._room = room
        self._find = find

    @property
    def all(self) -> Mapping[str, Probe]:
        """What is tried out, by name, in the order in which it is told."""
        return {
            "database": self._database,
            "schema": self._schema,
            "storage": self._storage,
            "disk": self._disk,
            "guard": self._door,
            "browser": self._browser,
            "jail": self._jail,
        }

    async def _database(self) -> str:
        await self._store.probe()
        return "took a write"

    async def _schema(self) -> str:
        found = await self._store.revision()
        if found != schema.head():
            message = f"revision {found}, wanted {schema.head()}: run one version everywhere"
            raise StoreError(message)
        return f"revision {found}"

    async def _storage(self) -> str:
        await self._files.probe()
        return "took a file and gave it back"

    async def _disk(self) -> str:
        room = await asyncio.to_thread(self._room)
        if room.is_low:
            raise StoreError(room.complaint)
        return f"{size_in_words(room.free_bytes)} free"

    async def _door(self) -> str:
        await self._guard.probe()
        return "refuses what it must"

    async def _browser(self) -> str:
        """Say whether its program is there and started when it was needed; none is started."""
        await asyncio.to_thread(self._find)
        if self._recorder.trouble is not None:
            raise LaunchError(self._recorder.trouble)
        return "started when last needed" if self._recorder.was_needed else "not needed yet"

    async def _jail(self) -> str:
        return JAIL
