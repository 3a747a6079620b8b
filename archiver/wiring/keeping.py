"""Keeping evidence over the years: backup and restore."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.ports import Clock
from archiver.settings import Settings
from archiver.store import backup, restore
from archiver.store.backup import BackedUp
from archiver.store.bucket import Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.bucket_shelf import BucketShelf
from archiver.store.files import HomeFiles
from archiver.store.ids import new_id
from archiver.store.restore import Restored
from archiver.store.shelf import HomeShelf, Shelf
from archiver.store.store import SqlStore, database_url
from archiver.wiring.clock import SystemClock
from archiver.wiring.files import access_of


async def back_up(
    directory: Path,
    settings: Settings,
    files: HomeFiles | BucketFiles,
    outside: Outside,
    progress: Progress = silent,
) -> BackedUp:
    """Back the archive up into a directory, and keep that in the custody record.

    Raises:
        InputError: the directory holds something else, or lies among the archive's own files.
        ClaimError: another backup goes into it just now.
        StoreError: it or a database refused; an earlier backup in it still counts.
    """
    _refuse_own_places(directory, settings.home)
    done = await asyncio.to_thread(
        backup.back_up,
        database_url(settings.home, settings.store.database or None),
        shelf_of(files),
        directory,
        outside.clock.now(),
        told=lambda what, number: progress(what, number, number),
    )
    entry = CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.BACKUP,
        at=outside.clock.now(),
        by=getpass.getuser(),
        reason="",
        detail={
            "directory": str(directory),
            "manifest_sha256": done.manifest_sha256,
            "files": done.manifest.captures.files + done.manifest.blobs.files,
            "damaged": len(done.manifest.damaged),
        },
    )
    await outside.store.custody.keep(entry)
    return done


def shelf_of(files: HomeFiles | BucketFiles) -> Shelf:
    """Return where an open archive's files are kept."""
    return HomeShelf(files) if isinstance(files, HomeFiles) else BucketShelf(files.bucket)


def _refuse_own_places(directory: Path, home: Path) -> None:
    place, own = directory.resolve(), home.absolute().resolve()
    if place == own or place in own.parents:
        raise InputError(f"{directory} holds the archive itself; name a directory of its own")
    if any(
        place.is_relative_to(own / name) for name in ("captures", "blobs", "staging", "quarantine")
    ):
        raise InputError(f"{directory} is among the archive's own files; name another directory")


async def restore_backup(
    directory: Path,
    settings: Settings,
    *,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Restored:
    """Restore a backup into the home directory and the database of the settings.

    Raises:
        InputError: there is no backup, or the new place holds something already.
        SchemaError: a newer version made it, or the database needs upgrading first.
        StoreError: it is not what its manifest says; the new place was not filled.
    """
    files, access = HomeFiles(settings.home), access_of(settings)
    shelf = HomeShelf(files) if access is None else BucketShelf(Bucket(access))
    url = database_url(settings.home, settings.store.database or None)
    try:
        restored = await asyncio.to_thread(
            restore.restore,
            directory,
            files,
            shelf,
            url,
            told=lambda what, number: progress(what, number, number),
        )
    finally:
        files.close()
    store = await SqlStore.open(settings.home, settings.store.database or None)
    try:
        await store.custody.keep(_entry_of(restored, directory, clock or SystemClock()))
    finally:
        await store.close()
    return restored


def _entry_of(restored: Restored, directory: Path, clock: Clock) -> CustodyEntry:
    return CustodyEntry(
        id=new_id(),
        act=CustodyAct.RESTORE,
        at=clock.now(),
        by=getpass.getuser(),
        reason="",
        detail={
            "directory": str(directory.absolute()),
            "made_at": restored.manifest.made_at.isoformat(),
            "database_sha256": restored.manifest.database_sha256,
            "files": restored.files,
            "damaged": len(restored.damaged),
        },
    )
