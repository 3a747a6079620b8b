"""Keeping an archive in order: room on its disk, its database, its files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from archiver.errors import StoreError
from archiver.model.reread import Reread
from archiver.model.room import MIB, Room
from archiver.ports import Meter
from archiver.settings import Settings
from archiver.store.bucket_files import BucketFiles
from archiver.store.files import HomeFiles
from archiver.store.inventory import Rests
from archiver.store.scrub import Scrubbed, Scrubber
from archiver.store.store import SqlStore
from archiver.store.sweep import Damage, clear
from archiver.wiring.files import tell_cleared

DAY_S = 86400.0


class Upkeep:
    """What the daemon does for an open archive now and then."""

    def __init__(
        self,
        settings: Settings,
        files: HomeFiles | BucketFiles,
        store: SqlStore,
        meter: Meter | None = None,
    ) -> None:
        self._files = files
        self._here = files if isinstance(files, HomeFiles) else files.here
        self._store = store
        self._floor_bytes = settings.daemon.disk_floor_mib * MIB
        share = settings.daemon.scrub_s / (settings.daemon.scrub_days * DAY_S)
        self._scrubber = Scrubber(files, store, share, meter)

    def room(self) -> Room:
        """Return how much space there is; a disk that does not say so has none."""
        try:
            free, total = self._here.disk.room(self._here.home)
        except OSError:
            free, total = 0, 0
        return Room(free, total, self._floor_bytes)

    def refuse_when_full(self) -> None:
        """Refuse to make evidence that could not be kept.

        Raises:
            StoreError: the disk has come to its floor.
        """
        room = self.room()
        if room.is_low:
            raise StoreError(room.complaint)

    async def clear(self) -> list[str]:
        """Put the staging directory in order; return the captures that were set aside.

        Raises:
            StoreError: disk or database refused.
        """
        cleared = await clear(self._files, self._store)
        tell_cleared(cleared)
        return list(cleared.quarantined)

    async def tidy(self, *, is_last: bool = False) -> None:
        """Put the database in order; ``is_last`` when nothing comes after it.

        Raises:
            StoreError: the database refused.
        """
        await self._store.database.tidy(is_last=is_last)

    async def scrub(self, told: Callable[[Reread], Awaitable[None]]) -> None:
        """Read a share of all files again; tell what is not as it was kept, or not listed.

        What could not be told comes again with the next call.

        Raises:
            StoreError: the database refused, or the store does not answer.
        """

        async def hear(found: Scrubbed) -> None:
            await told(reread(found.damaged, found.unlisted))

        await self._scrubber.scrub(hear)


def reread(damaged: Iterable[Damage], unlisted: Iterable[Rests]) -> Reread:
    """Say what reading files again found, a line each."""
    return Reread(
        tuple(f"{one.of}: {one.path} {one.trouble}" for one in damaged),
        tuple(f"{one.of}: blobs/{one.sha256}" for one in unlisted),
    )
