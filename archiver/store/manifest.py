"""What a backup says of itself: its last file, without which it does not count."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from archiver.errors import InputError, StoreError
from archiver.store.codec import from_json, to_json
from archiver.store.disk import Disk, disk_refusals

MANIFEST = "backup.json"
FORMAT = 1
WITH_LIST = 2
"""The form of one that has a list beside it: a version that knows of none must not pass it over."""
LARGEST_BYTES = 64 * 1024 * 1024
"""Of a manifest; what is in quarantine and what is damaged are listed in it."""
MOST_LISTED = 1000
"""Of both together; where there are more they are in a list beside it, of any length."""
LONGEST_LINE = 64 * 1024
_DATABASE = re.compile(r"database/[0-9A-Za-z]{1,64}\.db")


@dataclass(frozen=True, slots=True)
class Count:
    """How many files, and their bytes together; of blobs, those of their bodies."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class LooseFile:
    """A file that no row names: one in quarantine, the settings, or a list of a manifest."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A row whose file was not what it should be when the backup was made."""

    of: str
    path: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. ``database`` is its copy's path; ``engine`` what the archive ran on.

    ``settings`` is the home's ``archiver.toml``; None where there was none, and in backups of
    versions that left it out. ``listed`` is the list of what is in quarantine and what is damaged,
    where they are too many for the manifest on the disk, which then names none of them.
    """

    format: int
    version: str
    revision: str
    engine: str
    made_at: datetime
    database: str
    database_bytes: int
    database_sha256: str
    captures: Count
    blobs: Count
    quarantine: tuple[LooseFile, ...]
    damaged: tuple[Missed, ...]
    settings: LooseFile | None = None
    listed: LooseFile | None = None


def settings_beside(copy: Path) -> Path:
    """Return where the settings lie that were kept with a copy of a database."""
    return copy.with_suffix(".toml")


def list_beside(copy: Path) -> Path:
    """Return where the list lies that a manifest has beside a copy of a database."""
    return copy.with_suffix(".list")


def write_manifest(disk: Disk, directory: Path, manifest: Manifest) -> None:
    """Put a manifest in place of the one before, durably; from then on the new backup counts.

    Raises:
        StoreError: the disk refused, or nobody could read it; the one before still counts.
    """
    with disk_refusals("writing the manifest of the backup"):
        if len(manifest.quarantine) + len(manifest.damaged) > MOST_LISTED:
            manifest = _with_list(disk, directory, manifest)
        document = _written(json.dumps(to_json(manifest), ensure_ascii=False, indent=1))
        if len(document) > LARGEST_BYTES:
            raise StoreError(f"the manifest would be too large to be read: {len(document)} bytes")
        _put(disk, directory / f"{MANIFEST}.part", document, directory / MANIFEST)


def _with_list(disk: Disk, directory: Path, manifest: Manifest) -> Manifest:
    """Put what is in quarantine and what is damaged into a list, a line of JSON each."""
    place = list_beside(directory / manifest.database)
    listed = (("quarantine", manifest.quarantine), ("damaged", manifest.damaged))
    lines = [
        _written(json.dumps({name: to_json(one)}, ensure_ascii=False)) + b"\n"
        for name, several in listed
        for one in several
    ]
    text = b"".join(lines)
    _put(disk, place.with_suffix(".part"), text, place)
    name, sha256 = place.relative_to(directory).as_posix(), hashlib.sha256(text).hexdigest()
    beside = LooseFile(name, len(text), sha256)
    return replace(manifest, format=WITH_LIST, quarantine=(), damaged=(), listed=beside)


def _written(document: str) -> bytes:
    return document.encode("utf-8", "backslashreplace")  # of names that are no UTF-8


def _put(disk: Disk, part: Path, document: bytes, place: Path) -> None:
    disk.remove(part)
    disk.write(part, document)
    disk.fsync(part)
    disk.rename(part, place)
    disk.fsync(place.parent)


def loose_in(place: Path) -> Iterator[LooseFile]:
    """Give the files in quarantine that the list of a manifest names, wherever it lies.

    Raises:
        StoreError: it is no such list.
    """
    with place.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            try:
                document = json.loads(line)
                if "quarantine" not in document:
                    continue
                loose = from_json(LooseFile, document["quarantine"])
            except (ValueError, TypeError, RecursionError, StoreError) as error:
                raise StoreError(f"the list of the backup cannot be read: {error}") from error
            yield _inside_quarantine(loose)


def keep_manifest(disk: Disk, directory: Path) -> Path | None:
    """Keep the manifest that counts beside its copy of the database, for when another one counts.

    Returns that copy, or None where no manifest counts or the one that does cannot be read.
    """
    copy = counted_copy(directory)
    if copy is None:
        return None
    part = copy.with_suffix(".part")
    with disk_refusals("keeping the manifest of the backup before"):
        _put(disk, part, (directory / MANIFEST).read_bytes(), copy.with_suffix(".json"))
    return copy


def counted_copy(directory: Path) -> Path | None:
    """Return the copy that the manifest names; None where none counts or it cannot be read."""
    try:
        return directory / read_manifest(directory).database
    except (InputError, StoreError):
        return None


def read_manifest(directory: Path) -> Manifest:
    """Return what a backup says of itself; nothing in it is believed yet but its form.

    Raises:
        InputError: there is no finished backup, or it is of a newer form.
        StoreError: it cannot be read.
    """
    place = directory / MANIFEST
    if place.is_symlink() or not place.is_file():
        raise InputError(f"{directory} holds no finished backup: there is no {MANIFEST} in it")
    return _read(place)


def read_previous(directory: Path) -> Manifest:
    """Return what the backup before the newest says; the newest may be lost or unreadable.

    Raises:
        InputError: there is none.
        StoreError: it cannot be read.
    """
    newest = counted_copy(directory)
    kept = (directory / "database").glob("*.json")
    copies = [place.with_suffix(".db") for place in kept]
    before = [copy for copy in copies if copy.is_file() and copy != newest]
    if not before:
        raise InputError(
            f"{directory} holds no backup before the newest: it was the first, or something was"
            " taken down since; restore the newest, without --previous"
        )
    place = max(before).with_suffix(".json")
    manifest = _read(place)
    if manifest.database != f"database/{max(before).name}":
        raise StoreError(f"{place} is the manifest of another copy, {manifest.database}")
    return manifest


def _read(place: Path) -> Manifest:
    if place.is_symlink():
        raise StoreError(f"{place} is a link, not a manifest")
    if place.stat().st_size > LARGEST_BYTES:
        raise StoreError(f"{place} is too large to be a manifest")
    try:
        document = json.loads(place.read_bytes())
        form = document["format"]
        if form in {FORMAT, WITH_LIST}:
            return _checked(from_json(Manifest, document))
    except (ValueError, KeyError, TypeError, RecursionError, StoreError) as error:
        raise StoreError(f"{place} is no manifest of a backup: {error}") from error
    raise InputError(f"{place} is of form {form!r}, newer than this version reads; use a newer one")


def _checked(manifest: Manifest) -> Manifest:
    if not _DATABASE.fullmatch(manifest.database):
        raise StoreError(f"{manifest.database!r} cannot name the copy of a database")
    copy = Path(manifest.database)
    if manifest.settings is not None and manifest.settings.path != settings_beside(copy).as_posix():
        raise StoreError(f"{manifest.settings.path!r} is no path of the settings of a backup")
    if manifest.listed is not None and manifest.listed.path != list_beside(copy).as_posix():
        raise StoreError(f"{manifest.listed.path!r} is no path of the list of a backup")
    for loose in manifest.quarantine:
        _inside_quarantine(loose)
    return manifest


def _inside_quarantine(loose: LooseFile) -> LooseFile:
    path = PurePosixPath(loose.path)
    inside = len(path.parts) > 1 and path.parts[0] == "quarantine"
    if not inside or ".." in path.parts or "\0" in loose.path or path.as_posix() != loose.path:
        raise StoreError(f"{loose.path!r} is no path of a file in quarantine")
    return loose
