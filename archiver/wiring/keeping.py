"""Keeping evidence over the years: backup and restore, holds and takedowns, and their record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from archiver.errors import InputError
from archiver.flow import hold as holding
from archiver.flow import takedown as takedowns
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.flow.targets import find_target
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.ports import Clock
from archiver.settings import Settings
from archiver.store import backup, restore
from archiver.store.backup import BackedUp
from archiver.store.bucket import Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.bucket_shelf import BucketShelf
from archiver.store.engine import is_read_only
from archiver.store.files import HomeFiles
from archiver.store.home import SETTINGS, refuse_root
from archiver.store.ids import new_id
from archiver.store.restore import Restored
from archiver.store.shelf import HomeShelf, Shelf
from archiver.store.store import SqlStore, database_url
from archiver.wiring.clock import SystemClock
from archiver.wiring.files import access_of
from archiver.wiring.person import who


async def back_up(
    directory: Path,
    settings: Settings,
    files: HomeFiles | BucketFiles,
    outside: Outside,
    progress: Progress = silent,
) -> BackedUp:
    """Back the archive up into a directory, and keep that in the custody record if it can be.

    Raises:
        InputError: the directory holds something else, or the home, or lies inside the home.
        ClaimError: another backup goes into it just now.
        StoreError: it or a database refused; an earlier backup in it still counts.
    """
    _refuse_own_places(directory, settings.home)
    url = database_url(settings.home, settings.store.database or None)
    done = await asyncio.to_thread(
        backup.back_up,
        url,
        shelf_of(files),
        directory,
        outside.clock.now(),
        settings=settings.home / SETTINGS,
        told=lambda what, number: progress(what, number, number),
    )
    if is_read_only(url):
        log = structlog.get_logger("archiver")
        log.warning("the home is read-only: the backup is not in the custody record")
        return done
    entry = CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.BACKUP,
        at=outside.clock.now(),
        by=who(),
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
    """Refuse a place that holds the home, and any inside it: a backup there is lost with the home.

    Raises:
        InputError: it is one.
    """
    place, own = directory.resolve(), home.resolve()
    if place in own.parents:
        raise InputError(f"{directory} holds the archive itself; name a directory of its own")
    if place.is_relative_to(own):
        raise InputError(
            f"{directory} is inside the home, and lost with it; name a directory outside {home},"
            " best on another disk"
        )


async def restore_backup(
    directory: Path,
    settings: Settings,
    *,
    previous: bool = False,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Restored:
    """Restore the newest backup, or the one before, into the home and database of the settings.

    Raises:
        InputError: there is no such backup, the new place holds something already, or it is
            another user's and we are root.
        ClaimError: another restore goes into the home just now.
        SchemaError: a newer version made it, or the database needs upgrading first.
        StoreError: it is not what its manifest says; the new place was not filled.
    """
    refuse_root(settings.home, itself=True)
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
            previous=previous,
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
        by=who(),
        reason="",
        detail={
            "directory": str(directory.absolute()),
            "made_at": restored.manifest.made_at.isoformat(),
            "database_sha256": restored.manifest.database_sha256,
            "files": restored.files,
            "damaged": len(restored.damaged),
        },
    )


async def hold(
    target: str, reason: str, by: str | None, outside: Outside, *, released: bool
) -> CustodyEntry:
    """Put a source or an article under a hold, or end one, which may be named by its own ID.

    Raises:
        InputError: it has no source, or is under no hold of its own, or several are to end.
    """
    if released:
        return await holding.release(target, _given(reason), who(by), outside)
    found = await find_target(target, outside)
    return await holding.hold(found, _given(reason), who(by), outside)


async def doomed(target: str, outside: Outside) -> takedowns.Doomed:
    """Say what a takedown of a target would empty.

    Raises:
        InputError: a hold is on it, or on what one of its citations means or meant, or it has
            nothing of its own.
    """
    found = await find_target(target, outside)
    would = await takedowns.doomed(found, outside)
    source_id = would.source.id if would.source is not None else None
    article_id = would.article.id if would.article is not None else None
    await outside.store.custody.refuse_held(source_id, article_id)
    return would


async def take_down(
    target: str, reason: str, by: str | None, outside: Outside, *, keep_watching: bool
) -> takedowns.TakenDown:
    """Empty the content of a source, or of an article's own text and page.

    Raises:
        InputError: a hold is on it, or on what one of its citations means or meant, or it has
            nothing of its own.
    """
    found = await find_target(target, outside)
    return await takedowns.take_down(
        found, _given(reason), who(by), outside, keep_watching=keep_watching
    )


async def watch_again(target: str, reason: str, by: str | None, outside: Outside) -> CustodyEntry:
    """Look again at a source that was taken down.

    Raises:
        InputError: it is no source, or it is looked at already.
    """
    found = await find_target(target, outside)
    if found.article is not None or not found.sources:
        message = f"{target} is no source; name the source that is to be looked at again"
        raise InputError(message)
    return await takedowns.watch_again(found.sources[0], _given(reason), who(by), outside)


def _given(reason: str) -> str:
    """Return a reason without white space around it.

    Raises:
        InputError: there is none: the record is read when nobody remembers.
    """
    if not reason.strip():
        message = "say why, in a few words: --reason 'court order 12/26'"
        raise InputError(message)
    return reason.strip()


@dataclass(frozen=True, slots=True)
class Acted:
    """One act of the custody record with the name of what it was done to, None for everything."""

    entry: CustodyEntry
    target: str | None


async def record_of(target: str | None, outside: Outside) -> list[Acted]:
    """Return the custody record, oldest first; of one target, or all of it."""
    custody = outside.store.custody
    if target is None:
        return await named(await custody.all(), outside)
    found = await find_target(target, outside)
    if found.article is not None:
        return await named(await custody.of_article(found.article.id), outside)
    return await named(await custody.of(found.sources[0].id) if found.sources else [], outside)


async def named(entries: Sequence[CustodyEntry], outside: Outside) -> list[Acted]:
    """Return entries with the names of what they were done to."""
    ids = list(dict.fromkeys(one.source_id for one in entries if one.source_id is not None))
    names = {one.id: one.ref.name for one in await outside.store.sources.several(ids)}
    return [Acted(one, one.article_id or names.get(one.source_id or "")) for one in entries]
