"""Backup: a consistent copy of the database, then every file that a row of it names.

::

    DIR/backup.json   what the backup is; written last, it makes the backup count
    DIR/database/     the copy of the database, an SQLite file whatever the archive runs on, with
                      the home's archiver.toml (ID.db and ID.toml), and both of the backup before,
                      with its manifest (ID.json); where much is in quarantine or damaged, the
                      manifest's list of it (ID.list)
    DIR/captures/     as in the home directory
    DIR/blobs/
    DIR/quarantine/
    DIR/parts/        what is being copied just now

Files are never changed once they are kept, so the next backup into the same directory takes only
what is new. Until its manifest is written the one before stays whole. A database that does not
continue the copies that are there is refused: it is another archive's, or an empty one's, made
because a disk was not mounted or a variable not set.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, select

import archiver
from archiver.errors import ArchiverError, InputError, StoreError
from archiver.model.custody import CustodyAct
from archiver.store import schema
from archiver.store.alone import alone
from archiver.store.disk import Disk, disk_refusals, is_name_young, make_directories
from archiver.store.duplicate import AT_ONCE, Counted, copy_out, uncounted, unreadable_values
from archiver.store.engine import read_engine, sqlite_url, write_engine
from archiver.store.files import file_sha256
from archiver.store.ids import new_id
from archiver.store.inventory import RESTS_ON_ANSWERS, answers_in, is_named
from archiver.store.lineage import missing_table, takedowns
from archiver.store.manifest import (
    FORMAT,
    MANIFEST,
    Count,
    LooseFile,
    Manifest,
    Missed,
    counted_copy,
    keep_manifest,
    settings_beside,
    write_manifest,
)
from archiver.store.places import aside_place, blob_place, capture_place
from archiver.store.refusal import refusals
from archiver.store.shelf import (
    NamedFile,
    Once,
    Shelf,
    UnreadableError,
    named_artifact,
    named_blob,
    trouble_with,
)
from archiver.store.tables import (
    artifacts,
    custody,
)

LOCK = "backup.lock"
_OURS = {MANIFEST, f"{MANIFEST}.part", LOCK, "database", "captures", "blobs", "quarantine", "parts"}
_SYNC_AFTER = 500  # directories that wait to be synced at most

Told = Callable[[str, int], None]
"""Is told what is being copied, and how many of it are done."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A finished backup. ``new_files`` were copied or linked by it; the others were there."""

    manifest: Manifest
    new_files: int
    manifest_sha256: str


def back_up(
    url: URL,
    shelf: Shelf,
    directory: Path,
    at: datetime,
    *,
    settings: Path | None = None,
    told: Told = uncounted,
    disk: Disk | None = None,
) -> BackedUp:
    """Make a backup; safe beside processes that capture.

    ``settings`` is where the home's ``archiver.toml`` is, if it has one.

    1. Copy the database, consistently. Files are kept before their rows, so each is there.
       Refuse it when it does not continue each copy that is there. Keep the settings beside it.
    2. Bring every file that a row of the copy names, and what is in quarantine; check each.
    3. Keep the manifest before, and write this one: from here on this backup counts.
    4. Remove all copies of the database but the one before, and content that was taken down since.

    Raises:
        InputError: the directory holds something else, or backups of another archive.
        ClaimError: another backup goes into it just now.
        StoreError: a database or the directory refused; the backup before still counts.
    """
    disk = disk or Disk()
    with disk_refusals("the backup"), _alone(disk, directory):
        _clean(disk, directory)
        copy = directory / "database" / f"{new_id()}.db"
        _copy_database(disk, url, copy, told)
        kept_settings = _keep_settings(disk, settings, copy)
        with (
            refusals("the copy of the database"),
            rows_of(copy) as rows,
            disk_refusals("the backup"),  # of its files, which are brought while rows are read
        ):
            taking = _Taking(disk, shelf, directory, told)
            taking.take_all(named_files(rows))
            taking.missed = _still_named(url, taking.missed)
            loose = taking.take_loose()
            taking.settle()
            manifest = _manifest(url, copy, directory, at, taking, loose, kept_settings)
            before = keep_manifest(disk, directory)
            write_manifest(disk, directory, manifest)
            _forget(disk, directory, copy, _kept_before(before, copy, rows), rows, taking)
    return BackedUp(manifest, taking.new_files, file_sha256(directory / MANIFEST))


def _copy_database(disk: Disk, url: URL, copy: Path, told: Counted) -> None:
    told("database", 0)
    part = copy.with_suffix(".part")
    copy_out(url, part, told)
    try:
        _refuse_another(url, part, copy.parent)
    except ArchiverError:
        disk.remove(part)
        raise
    disk.fsync(part)
    disk.rename(part, copy)
    disk.fsync(copy.parent)


def _keep_settings(disk: Disk, settings: Path | None, copy: Path) -> LooseFile | None:
    """Keep the settings, if there are any; in bytes of their own, for people edit them in place."""
    if settings is None or not settings.is_file():
        return None
    place, text = settings_beside(copy), settings.read_bytes()
    part = place.with_suffix(".part")
    disk.write(part, text)
    disk.fsync(part)
    disk.rename(part, place)
    disk.fsync(place.parent)
    name = place.relative_to(copy.parent.parent).as_posix()
    return LooseFile(name, len(text), hashlib.sha256(text).hexdigest())


def _refuse_another(url: URL, part: Path, copies: Path) -> None:
    """Refuse a database that does not continue the copies of it that are there.

    Raises:
        InputError: it does not.
        StoreError: a copy cannot be read, so that nobody can tell.
    """
    for old in sorted(copies.glob("*.db")):
        missing = _missing_table(old, part)
        if missing is not None:
            name = url.database if url.get_backend_name() == "sqlite" else url.render_as_string()
            raise InputError(
                f"{name} does not continue the backup {old}: its newest row of {missing} is not in"
                " it, so it is of another archive or of an earlier state; see --home, or back up"
                " into another directory"
            )


def _missing_table(old: Path, new: Path) -> str | None:
    try:
        with (
            refusals(f"the earlier copy {old}"),
            unreadable_values(),
            rows_of(old) as then,
            rows_of(new) as now,
        ):
            return missing_table(then, now)
    except StoreError as error:
        raise StoreError(
            f"{error}; keep {old.parent}, and back up into another directory"
        ) from error


@contextmanager
def _alone(disk: Disk, directory: Path) -> Iterator[None]:
    """Refuse a directory of something else, and a second backup into it at the same time."""
    if directory.exists() and not directory.is_dir():
        raise InputError(f"{directory} is no directory")
    make_directories(disk, directory)
    strange = sorted(path.name for path in directory.iterdir() if path.name not in _OURS)
    if strange:
        raise InputError(
            f"{directory} holds {strange[0]}, which is of no backup; name an empty directory"
        )
    handle = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with alone(handle, f"another backup goes into {directory}; wait for its end"):
        yield


def _clean(disk: Disk, directory: Path) -> None:
    """Remove what backups that were not finished left: parts, and copies of the database."""
    disk.remove(directory / "parts")
    for name in ("parts", "database"):
        make_directories(disk, directory / name)
    copies = directory / "database"
    for path in copies.glob("*.part*"):
        disk.remove(path)
    _remove_copies(disk, copies, _finished(directory))


def _finished(directory: Path) -> set[str]:
    """Return the names of the copies that are to stay till the next backup is finished.

    They are the one that counts and the one before it. Where none counts that is there, the newest
    of all may be all there is of an earlier state.
    """
    copies = set((directory / "database").glob("*.db"))
    counting = counted_copy(directory)
    stay = {max(copies, default=None) if counting not in copies else counting}
    stay.add(max((one for one in copies - stay if one.with_suffix(".json").exists()), default=None))
    return {one.stem for one in stay if one is not None}


def _remove_copies(disk: Disk, copies: Path, kept: set[str]) -> None:
    """Remove the copies of the database but those that are named, with what lies beside them."""
    for path in copies.iterdir():
        if path.name.partition(".")[0] not in kept:
            disk.remove(path)


@contextmanager
def rows_of(copy: Path) -> Iterator[Connection]:
    """Read a copy of a database."""
    engine = read_engine(sqlite_url(copy))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _still_named(url: URL, missed: list[Missed]) -> list[Missed]:
    """Leave out what was taken down while the backup was made: it is not missed."""
    if not missed:
        return missed
    sqlite = url.get_backend_name() == "sqlite"
    engine = read_engine(url) if sqlite else write_engine(url)
    try:
        with engine.begin() as connection:
            return [one for one in missed if is_named(connection, one.of, one.path)]
    finally:
        engine.dispose()


def named_files(rows: Connection) -> Iterator[NamedFile]:
    """Give the files that the rows name and that were not taken down."""
    streamed = rows.execution_options(yield_per=AT_ONCE)
    kept = select(artifacts).where(artifacts.c.withdrawn_at.is_(None)).order_by(artifacts.c.seq)
    for row in streamed.execute(kept):
        yield named_artifact(row.capture_id, row.path, row.bytes, row.sha256)
    for of, answer in answers_of(rows):
        if answer.get("body_sha256") is not None:
            yield named_blob(of, answer["body_sha256"], answer["body_bytes"])


def answers_of(rows: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every kept answer with the ID of what rests on it."""
    streamed = rows.execution_options(yield_per=AT_ONCE)
    for resting in RESTS_ON_ANSWERS:
        for row in streamed.execute(resting.rows()):
            yield from ((row.of, answer) for answer in answers_in(row))


@dataclass
class _Taking:
    """The files of one backup as they are taken, and what came of them."""

    disk: Disk
    shelf: Shelf
    directory: Path
    told: Told
    counts: dict[str, Count] = field(
        default_factory=lambda: {"captures": Count(0, 0), "blobs": Count(0, 0)}
    )
    missed: list[Missed] = field(default_factory=list)
    seen: Once = field(default_factory=Once)
    unsynced: set[Path] = field(default_factory=set)
    new_files: int = 0

    def take_all(self, named: Iterator[NamedFile]) -> None:
        for number, one in enumerate(named):
            self.told("files", number)
            if self.seen.is_new(one.path):
                self._take(one)

    def _take(self, named: NamedFile) -> None:
        trouble = self._bring(named)
        if trouble is not None:
            self.missed.append(Missed(named.of, named.path, trouble))
            return
        kind = "blobs" if named.is_blob else "captures"
        before = self.counts[kind]
        self.counts[kind] = Count(before.files + 1, before.bytes + named.bytes)

    def _bring(self, named: NamedFile) -> str | None:
        """Bring a file unless it is there as it should be; say what is wrong with it, or None."""
        place = self.directory / named.path
        if trouble_with(place, named) is None:
            if is_name_young(place):
                make_directories(self.disk, place.parent)
                self._settle_later(place.parent)
            return None
        part = self.directory / "parts" / "next.part"
        self.disk.remove(part)
        try:
            self.shelf.bring(named.path, part)
        except UnreadableError as error:
            return str(error)
        trouble = trouble_with(part, named)
        if trouble is not None:
            self.disk.remove(part)
            return trouble
        self._set(part, place)
        return None

    def _set(self, part: Path, place: Path) -> None:
        make_directories(self.disk, place.parent)
        self.disk.rename(part, place)
        # Two names of one file: renaming one to the other does nothing, rename(2).
        self.disk.remove(part)
        self.new_files += 1
        self._settle_later(place.parent)

    def _settle_later(self, directory: Path) -> None:
        self.unsynced.add(directory)
        if len(self.unsynced) >= _SYNC_AFTER:
            self.settle()

    def settle(self) -> None:
        """Wait until the names of all files that were taken are on the medium."""
        for directory in sorted(self.unsynced):
            self.disk.fsync(directory)
        self.unsynced.clear()

    def take_loose(self) -> tuple[LooseFile, ...]:
        """Take what is in quarantine; no row says what it should be."""
        found = []
        for path in self.shelf.set_aside():
            part = self.directory / "parts" / "next.part"
            self.disk.remove(part)
            try:
                self.shelf.bring(path, part)
            except UnreadableError as error:
                self.missed.append(Missed("quarantine", path, str(error)))
                continue
            found.append(LooseFile(path, part.stat().st_size, file_sha256(part)))
            self._set(part, self.directory / path)
            self.seen.is_new(path)  # set aside anew, should a takedown have removed it before
        return tuple(found)


def _manifest(
    url: URL,
    copy: Path,
    directory: Path,
    at: datetime,
    taking: _Taking,
    loose: tuple[LooseFile, ...],
    settings: LooseFile | None,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        version=archiver.__version__,
        revision=schema.head(),
        engine=url.get_backend_name(),
        made_at=at,
        database=copy.relative_to(directory).as_posix(),
        database_bytes=copy.stat().st_size,
        database_sha256=file_sha256(copy),
        captures=taking.counts["captures"],
        blobs=taking.counts["blobs"],
        quarantine=loose,
        damaged=tuple(taking.missed),
        settings=settings,
    )


def _forget(
    disk: Disk,
    directory: Path,
    copy: Path,
    before: Path | None,
    rows: Connection,
    taking: _Taking,
) -> None:
    """Remove what the backup before held and this one must not: what was withdrawn.

    A file that is gone from a row for another reason stays: it may be the last copy.
    """
    _remove_copies(disk, copy.parent, {one.stem for one in (copy, before) if one is not None})
    acts = (CustodyAct.TAKEDOWN.value, CustodyAct.REMOVED.value)
    query = select(custody.c.detail).where(custody.c.act.in_(acts))
    for detail in rows.scalars(query):
        for path in taken_down_paths(detail):
            if path not in taking.seen:
                disk.remove(directory / path)
    disk.remove(directory / "parts")


def _kept_before(before: Path | None, copy: Path, rows: Connection) -> Path | None:
    """Return the copy that counted before; None when it holds what was taken down since.

    Where no manifest names one that is there, the newest other copy may be all there is of an
    earlier state.
    """
    if before is None or not before.is_file():
        before = max((old for old in copy.parent.glob("*.db") if old != copy), default=None)
    if before is None:
        return None
    with rows_of(before) as then:
        return before if takedowns(then) == takedowns(rows) else None


def taken_down_paths(detail: dict[str, Any]) -> Iterator[str]:
    """Give the paths that a takedown's entry lists: of captures, of blobs, in quarantine."""
    for capture_id in detail.get("captures", ()):
        yield capture_place(capture_id)
    for sha256 in detail.get("blobs", ()):
        yield blob_place(sha256)
    for name in detail.get("quarantine", ()):
        yield aside_place(name)
