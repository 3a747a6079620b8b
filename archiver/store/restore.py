"""Restore: a backup into an empty home directory, or an empty database elsewhere.

A backup may have been altered by whoever had it. Nothing of it is taken on trust: its rows are read
one by one into tables of our own making, paths are made from identifiers and digests, no file is
read that is larger than its row says, and each must have the digest that its row names. Its
settings are put beside their place, where nothing reads them: they may name a browser to start and
networks to reach, or the database and the targets of the archive that goes on elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sqlalchemy import URL

from archiver.errors import InputError, StoreError
from archiver.store import schema
from archiver.store.alone import alone
from archiver.store.backup import Told, named_files, rows_of
from archiver.store.disk import disk_refusals, is_name_young, make_directories, move
from archiver.store.duplicate import (
    assert_tables,
    check_file,
    copy_in,
    refuse_filled,
    remove_copy,
    settle,
    uncounted,
    working_copy,
)
from archiver.store.engine import sqlite_url, write_engine
from archiver.store.files import HomeFiles, file_sha256
from archiver.store.home import RESTORED_SETTINGS, SETTINGS, WORK
from archiver.store.lineage import missing_table
from archiver.store.manifest import (
    LooseFile,
    Manifest,
    Missed,
    loose_in,
    read_manifest,
    read_previous,
)
from archiver.store.refusal import refusals
from archiver.store.shelf import NamedFile, Once, Shelf, UnreadableError, copy_bounded, trouble_with

_ALLOWED = {WORK, SETTINGS}
_BEGUN = ".begun"
"""Of a file in the work directory: after the digest of the copy that is being restored."""
_OF_PROCESSES = frozenset({"workers", "incidents", "turns", "services"})
"""Tables that a process fills by running, in an archive that holds nothing."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore. ``damaged`` are files that the backup does not hold as they were kept.

    ``settings`` is where those of the backup lie, which are not in force; None where it holds none,
    or those that the home has already.
    """

    manifest: Manifest
    files: int
    damaged: tuple[Missed, ...]
    settings: Path | None = None


def restore(
    directory: Path,
    files: HomeFiles,
    shelf: Shelf,
    url: URL,
    *,
    told: Told = uncounted,
    previous: bool = False,
) -> Restored:
    """Restore a backup; begun again after an interruption, it goes on where it was.

    ``previous`` takes the one before the newest.

    1. Read the manifest, and compare the copy of the database with it.
    2. Refuse a home or a database that holds anything, but for what a run before brought.
    3. Read the copy in a working copy of it, brought to this version's revision.
    4. Bring every file that a row names, check it, and give it its lasting place.
    5. Put its settings beside their place.
    6. Copy the rows, in one transaction; what workers had in hand is free.

    Raises:
        InputError: there is no such backup, or the new place holds something, be it a part of
            another backup.
        ClaimError: another restore goes into the home just now.
        SchemaError: a newer version made the backup.
        StoreError: the backup is not what its manifest says, or is none of ours.
    """
    manifest = read_previous(directory) if previous else read_manifest(directory)
    copy = directory / manifest.database
    schema.refuse_newer(manifest.revision)
    with disk_refusals("restoring"):
        _assert_copy(copy, manifest)
        check_file(copy)
        with _alone(files):
            return _restore(directory, manifest, files, shelf, url, told)


@contextmanager
def _alone(files: HomeFiles) -> Iterator[None]:
    """Refuse a second restore into a home at the same time; the lock is that of its directory.

    A file would have to go at the end, and who waited for it would begin anew in what is whole.
    """
    make_directories(files.disk, files.home)
    handle = os.open(files.home, os.O_RDONLY | os.O_DIRECTORY)
    with alone(handle, f"another restore into {files.home} runs; wait for its end"):
        yield


def _restore(
    directory: Path, manifest: Manifest, files: HomeFiles, shelf: Shelf, url: URL, told: Told
) -> Restored:
    copy, work = directory / manifest.database, files.home / WORK
    is_begun = work.is_dir()
    if not is_begun:
        _refuse_filled(files.home, url)
    make_directories(files.disk, work)
    _begin(files, work, manifest)
    with working_copy(copy, work / "copy.db") as working:
        is_filled = is_begun and _is_filled(url, working)
        bringing = _Bringing(directory, files, shelf, work, told)
        with (
            refusals("the copy of the database"),
            rows_of(working) as rows,
            _odd_values(),
            disk_refusals("restoring"),  # files, which are brought while rows are read
        ):
            assert_tables(rows)
            bringing.bring_all(named_files(rows))
        bringing.bring_loose(manifest)
        settings = bringing.bring_settings(manifest.settings)
        if not is_filled:
            _fill(working, files, url, work, told)
    files.disk.remove(work)
    files.disk.fsync(files.home)
    return Restored(manifest, bringing.files, tuple(bringing.missed), settings)


@contextmanager
def _odd_values() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise StoreError(f"the backup holds what no archive has written: {error!r}") from error


def _assert_copy(copy: Path, manifest: Manifest) -> None:
    if any(place.is_symlink() for place in (copy, copy.parent)) or not copy.is_file():
        raise StoreError(f"the backup lacks its copy of the database, {manifest.database}")
    if copy.stat().st_size != manifest.database_bytes:
        raise StoreError(f"{copy} is not of the size that the manifest says; nothing was restored")
    if file_sha256(copy) != manifest.database_sha256:
        raise StoreError(f"{copy} is not what the manifest says; nothing was restored")


def _refuse_filled(home: Path, url: URL) -> None:
    found = sorted(path.name for path in home.iterdir()) if home.is_dir() else []
    strange = [name for name in found if name not in _ALLOWED]
    if strange:
        raise InputError(f"{home} holds {strange[0]} already; restore into an empty directory")
    if url.get_backend_name() == "sqlite":
        if Path(url.database or "").exists():
            raise InputError(f"{url.database} is there already; restore where there is no database")
        return
    engine = write_engine(url)
    try:
        with refusals(), engine.begin() as connection:
            schema.check(connection)
            refuse_filled(connection)
    finally:
        engine.dispose()


def _begin(files: HomeFiles, work: Path, manifest: Manifest) -> None:
    """Say which backup is being restored; refuse to go on with another than was begun with."""
    begun = work / f"{manifest.database_sha256}{_BEGUN}"
    if begun.exists():
        return
    if any(work.glob(f"*{_BEGUN}")):
        raise InputError(
            f"a restore of another backup into {files.home} is not finished; run that one again"
            " (with or without --previous, as it was), or restore into an empty directory"
        )
    files.disk.write(begun, b"")
    files.disk.fsync(work)


def _is_filled(url: URL, working: Path) -> bool:
    """Tell whether a run that was interrupted filled the database already.

    One that was begun beside the restore and holds nothing is filled in its place.

    Raises:
        InputError: it holds something else.
    """
    if schema.current(url) is None:
        return False
    engine = write_engine(url)
    try:
        with refusals(), engine.begin() as there, rows_of(working) as rows:
            schema.check(there)
            try:
                refuse_filled(there, _OF_PROCESSES)
            except InputError:
                if missing_table(rows, there) is not None:
                    raise
                return True
            return False
    finally:
        engine.dispose()


def _fill(working: Path, files: HomeFiles, url: URL, work: Path, told: Told) -> None:
    if url.get_backend_name() != "sqlite":
        copy_in(working, url, told, _OF_PROCESSES)
        return
    place, part = Path(url.database or ""), work / "archiver.db"
    remove_copy(part)
    schema.upgrade(sqlite_url(part))
    # From here without a write-ahead log. With one a commit succeeds whose rows are in the log, and
    # on a full disk they stay there, which SQLite does not tell. It takes twice the room, too.
    settle(part)
    copy_in(working, sqlite_url(part), told)
    settle(part)
    files.disk.remove(Path(f"{part}.upgrade-lock"))
    make_directories(files.disk, place.parent)
    files.disk.fsync(part)
    # A log of what was there before would be written into what takes its place.
    for log in (f"{place}-wal", f"{place}-shm"):
        files.disk.remove(Path(log))
    files.disk.rename(part, place)
    files.disk.fsync(place.parent)


@dataclass
class _Bringing:
    """The files of a backup as they are brought into the new place."""

    directory: Path
    home: HomeFiles
    shelf: Shelf
    work: Path
    told: Told
    files: int = 0

    def __post_init__(self) -> None:
        self.missed: list[Missed] = []
        self._part = self.work / "next.part"

    def bring_all(self, named: Iterator[NamedFile]) -> None:
        seen = Once()
        for number, one in enumerate(named):
            self.told("files", number)
            if not seen.is_new(one.path):
                continue
            if self._is_there(one):
                self.files += 1
                continue
            trouble = self._bring(one)
            if trouble is not None:
                self.missed.append(Missed(one.of, one.path, trouble))
            else:
                self.files += 1

    def _is_there(self, named: NamedFile) -> bool:
        """Tell whether a run that was interrupted brought a file; its name is synced then."""
        place, disk = self.home.path(named.path), self.home.disk
        if trouble_with(place, named) is not None:
            return False
        if is_name_young(place):
            make_directories(disk, place.parent)
            disk.fsync(place.parent)
        return True

    def _bring(self, named: NamedFile) -> str | None:
        trouble = self._fetch(named)
        if trouble is None:
            self.shelf.put(self._part, named.path)
        return trouble

    def _fetch(self, named: NamedFile) -> str | None:
        """Copy a file of the backup into the work directory; say what is wrong with it, or None."""
        source = self._inside(named.path)
        if source is None:
            return "lies behind a link"
        self.home.disk.remove(self._part)
        try:
            copy_bounded(source, self._part, named.largest)
        except UnreadableError as error:
            return str(error)
        return trouble_with(self._part, named)

    def _inside(self, path: str) -> Path | None:
        """Return where a file of the backup is, or None when a link leads out of it."""
        place = self.directory
        for part in Path(path).parts[:-1]:
            place /= part
            if place.is_symlink():
                return None
        return self.directory / path

    def bring_loose(self, manifest: Manifest) -> None:
        """Bring what was in quarantine."""
        for one in chain(manifest.quarantine, self._listed(manifest.listed)):
            named = NamedFile("quarantine", one.path, one.bytes, one.sha256)
            if self._is_there(named):
                continue
            trouble = self._bring(named)
            if trouble is not None:
                self.missed.append(Missed("quarantine", one.path, trouble))

    def _listed(self, listed: LooseFile | None) -> Iterator[LooseFile]:
        """Give what the list beside the manifest names, from a copy of it that was checked."""
        if listed is None:
            return
        named = NamedFile("quarantine", listed.path, listed.bytes, listed.sha256)
        trouble = self._fetch(named)
        if trouble is not None:
            self.missed.append(Missed(named.of, named.path, trouble))
            return
        place = self.work / "quarantine.list"
        self.home.disk.rename(self._part, place)
        yield from loose_in(place)

    def bring_settings(self, settings: LooseFile | None) -> Path | None:
        """Put the settings beside their place, unless the same are there; return where they are."""
        if settings is None:
            return None
        named = NamedFile("settings", settings.path, settings.bytes, settings.sha256)
        if trouble_with(self.home.home / SETTINGS, named) is None:
            return None
        trouble = self._fetch(named)
        if trouble is not None:
            self.missed.append(Missed(named.of, named.path, trouble))
            return None
        place, disk = self.home.home / RESTORED_SETTINGS, self.home.disk
        self._part.chmod(0o600)  # there may be secrets in them
        disk.fsync(self._part)
        move(disk, self._part, place)
        return place
