"""Files under the home directory.

::

    staging/     captures being made, markers of who makes them, and bodies about to be removed
    captures/    finished ones: ab/cd/<capture>/, where abcd begins the digest of the ID
    blobs/       bodies of answers by their SHA-256: ab/cd/<sha256>.gz
    quarantine/  finished captures whose row was never committed, and damaged blobs

Bytes are synced before they get their lasting name, and the name before anybody is told. A crash
leaves something in ``staging`` or a capture without a row; :mod:`archiver.store.sweep` finds both.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.errors import FilesError, StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.ports import SetAside
from archiver.store.blobs import HomeBlobs
from archiver.store.disk import Disk, disk_refusals, make_directories, move, sync_tree
from archiver.store.ids import new_id
from archiver.store.owner import Owner, left_at
from archiver.store.passing import Passing
from archiver.store.places import CAPTURE_ID, SET_ASIDE, aside_place, capture_place, checked, inside

LARGEST_MANIFEST_BYTES = 16 * 1024 * 1024


class HomeFiles:
    """The port :class:`archiver.ports.Files` on a local directory."""

    def __init__(self, home: str | Path, disk: Disk | None = None) -> None:
        self.home = Path(home).absolute()
        self.staging = self.home / "staging"
        self.disk = disk or Disk()
        self._owner = Owner(self.staging)
        self._passing = Passing(self.staging, self._owner, self.disk)
        self.blobs = HomeBlobs(self.home, self.staging, self._passing, self.disk)

    async def stage(self, capture_id: str) -> str:
        """Make and return the absolute path of an empty staging directory.

        Raises:
            StoreError: the disk refused, or the capture is being made already.
        """
        return await asyncio.to_thread(self._stage, capture_id)

    def _stage(self, capture_id: str) -> str:
        directory = self.staged(capture_id)
        with disk_refusals("making a staging directory"):
            make_directories(self.disk, self.staging)
            if directory.exists() or self.published(capture_id).exists():
                raise StoreError(f"capture {capture_id} was begun before; take a new ID")
            self._owner.mark(capture_id)
            self.disk.mkdir(directory)
        return str(directory)

    async def add(
        self, capture_id: str, kind: ArtifactKind, name: str, body: bytes, media_type: str
    ) -> Artifact:
        """Write one more file into a staging directory and describe it; ``name`` is ours.

        Raises:
            StoreError: the disk refused, or a file of that name is there.
        """
        await asyncio.to_thread(self._add, capture_id, name, body)
        return Artifact(kind, name, len(body), hashlib.sha256(body).hexdigest(), media_type)

    def _add(self, capture_id: str, name: str, body: bytes) -> None:
        staged = self.staged(capture_id)
        place = inside(staged, name)
        part = place.with_name(f"{place.name}.part")
        with disk_refusals(f"adding {name} to capture {capture_id}"):
            if place.exists():
                raise StoreError(f"capture {capture_id} has a file {name} already")
            for above in reversed(place.relative_to(staged).parents[:-1]):
                self.disk.mkdir(staged / above)  # publishing syncs it
            self.disk.write(part, body)
            self.disk.fsync(part)
            move(self.disk, part, place)

    async def publish(self, capture_id: str, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Move a staging directory to its lasting place, durably; return final relative paths.

        Every file is read once more and must be what its artifact says.

        Raises:
            StoreError: the disk refused, or a file is not what it should be; nothing may be
                acknowledged, and the sweep takes care of what is left.
        """
        return await asyncio.to_thread(self._publish, capture_id, artifacts)

    def _publish(self, capture_id: str, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        staged, published = self.staged(capture_id), self.published(capture_id)
        self.check_staged(capture_id, artifacts)
        with disk_refusals(f"publishing capture {capture_id}"):
            sync_tree(self.disk, staged)
            make_directories(self.disk, published.parent)
            move(self.disk, staged, published)
        place = published.relative_to(self.home)
        return tuple(replace(one, path=(place / one.path).as_posix()) for one in artifacts)

    async def probe(self) -> None:
        """Write a few bytes as a capture's are written, read them back and remove them.

        Raises:
            StoreError: the disk refused, or gave back something else.
        """
        await asyncio.to_thread(self._probe)

    def _probe(self) -> None:
        body = new_id().encode()
        with disk_refusals("writing a probe to the home directory"):
            make_directories(self.disk, self.staging)
            part = self._passing.name(".part")
            try:
                self.disk.write(part, body)
                self.disk.fsync(part)
                if part.read_bytes() != body:
                    raise FilesError("the disk gave back other bytes than were written")
            finally:
                self.disk.remove(part)

    def check_staged(self, capture_id: str, artifacts: Sequence[Artifact]) -> None:
        """Read every staged file once more.

        Raises:
            StoreError: one is not what its artifact says.
        """
        staged = self.staged(capture_id)
        with disk_refusals(f"publishing capture {capture_id}"):
            for artifact in artifacts:
                trouble = difference(inside(staged, artifact.path), artifact, thorough=True)
                if trouble:
                    raise FilesError(f"capture {capture_id}: {artifact.path} {trouble}")

    def unstage(self, capture_id: str) -> None:
        """Remove a staging directory whose files are elsewhere, or were never acknowledged."""
        with disk_refusals(f"clearing up after capture {capture_id}"):
            self.disk.remove(self.staged(capture_id))

    def forget_staged(self, capture_id: str) -> None:
        """Remove a staging directory and its marker: what is elsewhere is in hand there."""
        self.unstage(capture_id)
        with disk_refusals(f"clearing up after capture {capture_id}"):
            self._owner.unmark(capture_id)

    async def leave(self, capture_id: str) -> None:
        """Give up a capture that nobody is going to commit: what is staged of it goes.

        Published files stay, for their row may have been committed; the sweep finds that out.
        """
        await asyncio.to_thread(self._leave, capture_id)

    def _leave(self, capture_id: str) -> None:
        with disk_refusals(f"giving capture {capture_id} up"):
            self._owner.leave(capture_id)
        self.unstage(capture_id)

    def was_left(self, capture_id: str, within: timedelta) -> bool:
        """Tell whether a capture was given up by its maker within a time."""
        at = left_at(self.staging, capture_id)
        if at is None:
            return False
        try:
            return at > self._passing.time() - within.total_seconds()
        except OSError:  # a full disk does not tell the time; the next sweep asks again
            return True

    async def quarantine(self, capture_id: str) -> None:
        """Set a capture aside whose row was never committed; never deletes it."""
        await asyncio.to_thread(self.set_aside, capture_id)

    def set_aside(self, capture_id: str) -> None:
        """Move a capture, published or still staged, to ``quarantine``."""
        for place in (self.published(capture_id), self.staged(capture_id)):
            if place.is_dir():
                self._set_aside(place)

    def _set_aside(self, path: Path) -> None:
        quarantine = self.home / "quarantine"
        with disk_refusals(f"setting {path.name} aside"):
            make_directories(self.disk, quarantine)
            target = quarantine / path.name
            if target.exists():
                target = quarantine / f"{path.name}.{new_id()}"
            move(self.disk, path, target)

    def only_aside(self) -> list[str]:
        """Return the captures, by ID, that are in quarantine and not in their place."""
        with disk_refusals("looking at what was set aside"):
            names = sorted(path.name for path in (self.home / "quarantine").glob("*"))
            ids = [name for name in names if CAPTURE_ID.fullmatch(name)]
            return [one for one in ids if not self.published(one).exists()]

    def return_aside(self, capture_id: str) -> bool:
        """Give a capture in quarantine its place again; false when somebody else was quicker."""
        place = self.published(capture_id)
        with disk_refusals(f"putting capture {capture_id} back"):
            make_directories(self.disk, place.parent)
            try:
                move(self.disk, self.home / aside_place(capture_id), place)
            except FileNotFoundError:
                return False
        return True

    async def keep_blob(self, body: bytes) -> str:
        """Store bytes once by their SHA-256, durably, and return the hex digest.

        A blob found damaged is written anew, and kept in ``quarantine`` as it was.
        """
        return await asyncio.to_thread(self.blobs.keep, body)

    async def blob(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreError: it is not there, or its bytes no longer match its name.
        """
        return await asyncio.to_thread(self.blobs.read, sha256)

    async def forget_capture(self, capture_id: str) -> bool:
        """Remove a finished capture's files for good; tell whether there were any."""
        return await asyncio.to_thread(self._forget, self.published(capture_id))

    async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
        """Remove a blob for good, unless it was kept within a time; tell if it is gone.

        Who keeps it may be about to commit a row that rests on it.
        """
        return await asyncio.to_thread(self.blobs.forget, sha256, unless_within)

    async def aside(self) -> list[SetAside]:
        """Return what is in quarantine."""
        return await asyncio.to_thread(self._aside)

    def _aside(self) -> list[SetAside]:
        with disk_refusals("looking at what was set aside"):
            names = sorted(place.name for place in (self.home / "quarantine").glob("*"))
            found = [
                (name, self._manifest_aside(name)) for name in names if SET_ASIDE.fullmatch(name)
            ]
            return [describe_aside(name, manifest) for name, manifest in found]

    def _manifest_aside(self, name: str) -> bytes:
        try:
            with (self.home / aside_place(name) / "manifest.json").open("rb") as file:
                return file.read(LARGEST_MANIFEST_BYTES)
        except OSError:
            return b""

    async def forget_aside(self, name: str) -> bool:
        """Remove something in quarantine for good; tell whether it was there."""
        return await asyncio.to_thread(self._forget, self.home / aside_place(name))

    def _forget(self, place: Path) -> bool:
        with disk_refusals(f"removing {place.name}"):
            if not place.exists():
                return False
            self.disk.remove(place)
            self.disk.fsync(place.parent)
        return True

    async def blob_trouble(self, sha256: str) -> str | None:
        """Say what is wrong with a blob, or None."""
        try:
            await self.blob(sha256)
        except StoreError as error:
            return str(error)
        return None

    async def lost_blobs(self, digests: Collection[str]) -> set[str]:
        """Return those of some blobs that are not there."""
        return await asyncio.to_thread(
            lambda: {one for one in digests if not self.blobs.place(one).is_file()}
        )

    async def blobs_under(self, start: str) -> list[str]:
        """Return the digests of all blobs that begin with two hex digits."""
        with disk_refusals("looking at what is kept"):
            return await asyncio.to_thread(
                lambda: [path.stem for path in (self.home / f"blobs/{start}").glob("??/*.gz")]
            )

    async def was_blob_kept(self, sha256: str, within: timedelta) -> bool:
        """Tell whether a blob was kept, for the first time or again, within a time."""
        return await asyncio.to_thread(self.blobs.was_kept, sha256, within)

    async def local(self, path: str, sha256: str | None = None) -> str:
        """Return the absolute path of a file; it is here already, and a sweep compares it.

        Raises:
            StoreError: it leads out of the home directory.
        """
        return self.where(path)

    def where(self, path: str) -> str:
        """Say where a file is kept: its absolute path.

        Raises:
            StoreError: it leads out of the home directory.
        """
        return str(self.path(path))

    def path(self, path: str) -> Path:
        """Return where a path relative to the home directory is, as :meth:`where` does."""
        return inside(self.home, path)

    async def troubles(self, artifacts: Sequence[Artifact], *, thorough: bool) -> list[str | None]:
        """Say of each artifact how its file differs, or None; ``thorough`` reads the files."""
        return await asyncio.to_thread(self._troubles, artifacts, thorough=thorough)

    def _troubles(self, artifacts: Sequence[Artifact], *, thorough: bool) -> list[str | None]:
        return [self._trouble(artifact, thorough=thorough) for artifact in artifacts]

    def _trouble(self, artifact: Artifact, *, thorough: bool) -> str | None:
        try:
            return difference(self.path(artifact.path), artifact, thorough=thorough)
        except (OSError, StoreError) as error:
            return f"cannot be read: {error}"

    def staged(self, capture_id: str) -> Path:
        """Return where a capture is while it is being made."""
        return self.staging / checked(CAPTURE_ID, capture_id)

    def published(self, capture_id: str) -> Path:
        """Return where a finished capture is."""
        return self.home / capture_place(capture_id)

    def close(self) -> None:
        """Let go of the captures in hand: a sweep may take what has no row by now."""
        self._owner.close()


def describe_aside(name: str, manifest: bytes) -> SetAside:
    """Say what something in quarantine is, as far as its name and its manifest tell."""
    what = name.partition(".")[0]
    try:
        told = json.loads(manifest)
        started_at = datetime.fromisoformat(told["started_at"])
        if started_at.tzinfo is None:
            started_at = started_at.replace(tzinfo=UTC)
        return SetAside(name, what, str(told["url"]), started_at)
    except (ValueError, KeyError, TypeError):
        return SetAside(name, what)


def difference(path: Path, artifact: Artifact, *, thorough: bool) -> str | None:
    """Say how a file differs from its artifact, or None. ``thorough`` reads it and compares bytes.

    Raises:
        OSError: it is there and cannot be read.
    """
    if not path.is_file() or path.is_symlink():
        return "is missing"
    size = path.stat().st_size
    if size != artifact.bytes:
        return f"has {size} bytes, not {artifact.bytes}"
    if thorough and file_sha256(path) != artifact.sha256:
        return f"has other bytes than those of {artifact.sha256}"
    return None


def file_sha256(path: Path) -> str:
    """Return the digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
