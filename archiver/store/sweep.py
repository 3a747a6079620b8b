"""Putting files in order after a crash.

What was never acknowledged goes: staging directories of dead processes. What was finished but
never committed is set aside, never deleted. What is in the database but not kept as it should be is
reported, and never hidden. Files may be on disk or in an object store; captures are always made in
the home directory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, and_, select

from archiver.errors import FilesError, StoreError
from archiver.store.blobs import DOOMED
from archiver.store.bodies import unlisted_of
from archiver.store.bucket_files import BucketFiles
from archiver.store.disk import disk_refusals
from archiver.store.files import HomeFiles
from archiver.store.inventory import (
    Rests,
    artifact_pages,
    blob_pages,
    committed,
    holds_files,
    is_committing,
    is_named,
    list_again,
)
from archiver.store.owner import MARKER, dead_owners, owner_of
from archiver.store.places import blob_place, capture_place
from archiver.store.store import SqlStore
from archiver.store.tables import captures, sources
from archiver.store.uploads import AT_ONCE

GIVEN_UP_AFTER = timedelta(hours=1)
"""A capture on its way to a store and without a sign of life for so long is never committed.

Signs come while files are sent, and a commit follows at once; and if a machine slept in between,
nothing is lost but its work: what was given up cannot be committed any more.
"""
LEFT_FOR = timedelta(hours=1)
"""How long a capture is left alone that its maker gave up when the database refused.

A commit that was sent before the connection broke can reach the server a while after.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """A row whose file is not what it should be.

    ``of`` is the ID of the capture, observation or memento, or of the citation that was attempted
    to resolve; ``path`` is relative to the home directory.
    """

    of: str
    path: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was put in order: capture IDs, of what was removed and of what was set aside.

    ``refused`` says what disk or store did not let us put in order, and why; a later sweep tries
    again. ``returned`` had been set aside, and have their place again.
    """

    removed: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did and found.

    ``removed`` was never acknowledged; it and ``quarantined`` are capture IDs. ``unlisted`` are
    bodies that the list lacked that takedowns go by, whether they are well or not; they were added
    to it unless the home is read-only. ``refused`` is that of :class:`Cleared`. ``stray`` are the
    places of files that nothing rests on, of work that was broken off; they are left alone.
    """

    removed: tuple[str, ...]
    quarantined: tuple[str, ...]
    damaged: tuple[Damage, ...]
    unlisted: tuple[Rests, ...] = ()
    refused: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()


async def sweep(
    files: HomeFiles | BucketFiles, store: SqlStore, *, thorough: bool = False
) -> Swept:
    """Put files in order; safe beside processes that capture, here and on other machines.

    1. Remove staging directories and unfinished files of dead processes; put bodies back that one
       was about to remove: somebody may have come to rest on them.
    2. Set finished captures of dead processes, and those that a living one gave up a while ago,
       aside when they have no row and no commit is under way: those that were in hand when a
       process died, or in a store for too long. What this database never heard of is left alone,
       for it may be another one's. What was set aside and has a row all the same gets its place in
       the home directory again.
    3. Compare every artifact's row with its file: there, and of the right size; look whether the
       blobs of all kept answers are there, and listed for takedowns. ``thorough`` reads all of
       them, compares digests, and looks for files that nothing rests on, where all is as it was
       kept: else the database may be another archive's, which knows of none of them.

    Raises:
        StoreError: the disk or the database refused.
    """
    cleared = await clear(files, store)
    damaged = await _damaged_artifacts(files, store, thorough=thorough)
    unlisted: list[Rests] = []
    find = _damaged_blobs if thorough else _lost_blobs
    async for page in blob_pages(store.database):
        unlisted += await list_again(store.database, page)
        damaged += await find(files, page)
    named = await still_named(store, damaged)
    stray: list[str] = []
    if thorough and not damaged and await holds_files(store.database):
        stray = await _stray(files, store, {one.sha256 for one in unlisted})
    return Swept(
        cleared.removed,
        cleared.quarantined,
        named,
        tuple(unlisted),
        cleared.refused,
        tuple(stray),
    )


async def still_named(store: SqlStore, damaged: Sequence[Damage]) -> tuple[Damage, ...]:
    """Leave out what was taken down since its row was read: it is not damaged."""
    if not damaged:
        return ()
    return await store.database.read(partial(_named, damaged=damaged))


def _named(connection: Connection, damaged: Sequence[Damage]) -> tuple[Damage, ...]:
    return tuple(one for one in damaged if is_named(connection, one.of, one.path))


async def clear(files: HomeFiles | BucketFiles, store: SqlStore) -> Cleared:
    """Do the first two steps of the sweep alone: cheap enough for every start."""
    if isinstance(files, HomeFiles):
        cleared = await clear_home(files, store)
        refused = list(cleared.refused)
        back = await _return(files, store, refused)
        return replace(cleared, returned=tuple(back), refused=tuple(refused))
    here = await clear_home(files.here, store)
    await forget_copies(files, store)
    there = await give_up(files)
    return Cleared(here.removed, (*here.quarantined, *there.quarantined), there.refused)


async def forget_copies(files: BucketFiles, store: SqlStore) -> None:
    """Remove copies on this machine of what was taken down.

    Raises:
        StoreError: the disk or the database refused.
    """
    copied = await asyncio.to_thread(lambda: [p.name for p in files.cache.glob("captures/??/??/*")])
    kept = await committed(store.database, copied, withdrawn=False)
    for capture_id in copied:
        if capture_id not in kept:
            place = files.cache / capture_place(capture_id)
            with disk_refusals("removing copies"):
                await asyncio.to_thread(files.here.disk.remove, place)


async def give_up(
    files: BucketFiles, after: timedelta = GIVEN_UP_AFTER, most: int = AT_ONCE
) -> Cleared:
    """Set captures aside that are in hand for so long; bound the copies on this machine.

    So long after a capture was given up it is looked for once more: a file may have arrived since.
    Bodies that somebody who died was about to remove are put back, too, and what probes left is
    removed. What the store refuses of one keeps no other waiting.

    Raises:
        StoreError: disk or database refused, or the store is away; the next sweep goes on.
    """
    await files.prune()
    given_up: list[str] = []
    refused: list[str] = []

    async def is_done(what: str, doing: Awaitable[bool | None]) -> bool:
        try:
            return bool(await doing)
        except FilesError as error:
            await files.bucket.check()
            refused.append(f"{what}: {error}")
            return False

    to_do = [(one, files.set_aside) for one in await files.uploads.overdue(after, most)]
    to_do += [(one, files.look_again) for one in await files.uploads.to_look_again(after, most)]
    for capture_id, set_aside in to_do:
        if await is_done(f"capture {capture_id}", set_aside(capture_id)):
            given_up.append(capture_id)
    for doomed in await files.set_apart():
        await is_done(doomed, files.put_back(doomed, after))
    await is_done("probes", files.forget_probes(after))
    return Cleared((), tuple(given_up), tuple(refused))


async def clear_home(files: HomeFiles, store: SqlStore) -> Cleared:
    """Put the home directory in order: all of it that has to be when files go to a store.

    What the disk refuses of one capture keeps no other waiting.

    Raises:
        StoreError: the database refused, or the disk whatever we asked.
    """
    if not files.staging.is_dir():
        return Cleared()
    refused: list[str] = []
    with disk_refusals("the sweep"), dead_owners(files.staging) as is_dead:
        removed = await asyncio.to_thread(_remove_staged, files, is_dead, refused)
        # The owner is known to be dead before the database is asked, and no commit of it is under
        # way, so nothing is committed after the answer.
        dead = await asyncio.to_thread(_published, files, is_dead)
        is_open, without_row = await _without_row(dead, store)
        orphans = [] if is_open else without_row
        aside = await asyncio.to_thread(_set_aside, files, orphans, refused)
        # What is left of them a later sweep finds by its marker.
        await _unmark(files, store, is_dead, refused, spare=set(without_row).difference(aside))
    return Cleared(tuple(removed), tuple(aside), tuple(refused))


async def _without_row(capture_ids: Sequence[str], store: SqlStore) -> tuple[bool, list[str]]:
    """Return which captures have no row, and whether some may have one once a commit is over."""
    is_open = bool(capture_ids) and await is_committing(store.database)
    kept = await committed(store.database, capture_ids)
    return is_open, [one for one in capture_ids if one not in kept]


@contextmanager
def _noted(what: str, refused: list[str]) -> Iterator[None]:
    """Note what is refused of one thing: it keeps no other waiting."""
    try:
        with disk_refusals("the sweep"):
            yield
    except StoreError as error:
        refused.append(f"{what}: {error}")


async def _return(files: HomeFiles, store: SqlStore, refused: list[str]) -> list[str]:
    """Give captures their place again that were set aside though they have a row.

    Their commit came to effect after somebody had looked for it.
    """
    if store.is_read_only:
        return []
    aside = await asyncio.to_thread(files.only_aside)
    back: list[str] = []
    for capture_id in sorted(await committed(store.database, aside, withdrawn=False)):
        await store.database.write(
            partial(_return_one, capture_id=capture_id, files=files, back=back, refused=refused)
        )
    return back


def _return_one(
    connection: Connection,
    capture_id: str,
    files: HomeFiles,
    back: list[str],
    refused: list[str],
) -> None:
    """Move a capture while no takedown can withdraw it: one looks for files once it has.

    Where somebody holds its source, a later sweep comes back to it.
    """
    kept = and_(captures.c.id == capture_id, captures.c.withdrawn_at.is_(None))
    source = select(sources.c.id).join(captures, captures.c.source_id == sources.c.id).where(kept)
    hold = source.with_for_update(of=sources, skip_locked=True)
    # Asked once more: it may have been withdrawn just before we held it.
    if not all(connection.execute(query).first() for query in (hold, source)):
        return
    with _noted(f"capture {capture_id}", refused):
        if files.return_aside(capture_id):
            back.append(capture_id)


def _remove_staged(
    files: HomeFiles, is_dead: Callable[[str | None], bool], refused: list[str]
) -> list[str]:
    removed = []
    for path in sorted(files.staging.iterdir()):
        with _noted(f"staging/{path.name}", refused):
            if path.is_dir() and is_dead(owner_of(files.staging, path.name)):
                files.disk.remove(path)
                removed.append(path.name)
            elif path.suffix == ".part" and is_dead(path.name.partition(".")[0]):
                files.disk.remove(path)
            elif path.suffix == DOOMED and is_dead(path.name.partition(".")[0]):
                files.blobs.put_back(path)
    return removed


def _published(files: HomeFiles, is_dead: Callable[[str | None], bool]) -> list[str]:
    """Return finished captures that were in hand and that nobody alive is about to commit."""
    names = [name for name in _marked(files) if files.published(name).is_dir()]
    return [name for name in names if _is_over(files, name, is_dead)]


def _all_published(files: HomeFiles, is_dead: Callable[[str | None], bool]) -> list[str]:
    """Return all finished captures that nobody alive is about to commit."""
    names = [path.name for path in sorted(files.home.glob("captures/??/??/*"))]
    return [name for name in names if _is_over(files, name, is_dead)]


def _is_over(files: HomeFiles, name: str, is_dead: Callable[[str | None], bool]) -> bool:
    """Tell whether a capture cannot be committed any more."""
    return is_dead(owner_of(files.staging, name)) and not files.was_left(name, LEFT_FOR)


def _set_aside(files: HomeFiles, capture_ids: Iterable[str], refused: list[str]) -> list[str]:
    """Set captures aside; return those that were."""
    aside = []
    for capture_id in capture_ids:
        with _noted(f"capture {capture_id}", refused):
            files.set_aside(capture_id)
            aside.append(capture_id)
    return aside


async def _unmark(
    files: HomeFiles,
    store: SqlStore,
    is_dead: Callable[[str | None], bool],
    refused: list[str],
    spare: Collection[str],
) -> None:
    """Remove the markers that have served: of committed captures and of dead owners.

    ``spare`` are captures that a later sweep is to look at.
    """
    marked = await asyncio.to_thread(_marked, files)
    kept = await committed(store.database, marked)
    for name in marked:
        if name in kept or (name not in spare and _is_over(files, name, is_dead)):
            with _noted(f"staging/{name}{MARKER}", refused):
                files.disk.remove(files.staging / f"{name}{MARKER}")


def _marked(files: HomeFiles) -> list[str]:
    return [path.name.removesuffix(MARKER) for path in sorted(files.staging.glob(f"*{MARKER}"))]


async def _damaged_artifacts(
    files: HomeFiles | BucketFiles, store: SqlStore, *, thorough: bool
) -> list[Damage]:
    damaged: list[Damage] = []
    async for page in artifact_pages(store.database):
        troubles = await files.troubles([artifact for _, artifact in page], thorough=thorough)
        damaged += [
            Damage(capture_id, artifact.path, trouble)
            for (capture_id, artifact), trouble in zip(page, troubles, strict=True)
            if trouble
        ]
    return damaged


async def _stray(
    files: HomeFiles | BucketFiles, store: SqlStore, rested_on: Collection[str]
) -> list[str]:
    """Return the places of files that nothing rests on, and nobody can be about to commit.

    ``rested_on`` are bodies that rows rest on, though they may not be listed. Captures in a store
    that this database never heard of are not looked for: there are too many to list.
    """
    stray = await _stray_captures(files, store) if isinstance(files, HomeFiles) else []
    for number in range(256):
        kept = set(await files.blobs_under(f"{number:02x}")).difference(rested_on)
        for one in await store.database.read(partial(unlisted_of, digests=kept)):
            if not await files.was_blob_kept(one, GIVEN_UP_AFTER):
                stray.append(blob_place(one))
    return stray


async def _stray_captures(files: HomeFiles, store: SqlStore) -> list[str]:
    """Return the places of captures without a row whose marker is lost, too."""
    if not files.staging.is_dir():
        return []
    with disk_refusals("the sweep"), dead_owners(files.staging) as is_dead:
        names = await asyncio.to_thread(_all_published, files, is_dead)
    is_open, without_row = await _without_row(names, store)
    return [] if is_open else [capture_place(one) for one in without_row]


async def _damaged_blobs(files: HomeFiles | BucketFiles, page: Sequence[Rests]) -> list[Damage]:
    return [
        Damage(one.of, f"blobs/{one.sha256}", trouble)
        for one in page
        if (trouble := await files.blob_trouble(one.sha256))
    ]


async def _lost_blobs(files: HomeFiles | BucketFiles, page: Sequence[Rests]) -> list[Damage]:
    lost = await files.lost_blobs({one.sha256 for one in page})
    return [
        Damage(one.of, f"blobs/{one.sha256}", "is missing") for one in page if one.sha256 in lost
    ]
