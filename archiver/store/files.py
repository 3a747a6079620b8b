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
import errno
import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path, PurePosixPath

from archiver.errors import DamagedError, FilesError, StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.ports import SetAside
from archiver.store.disk import NO_LINK, Disk, disk_refusals, make_directories, move, sync_tree
from archiver.store.ids import new_id
from archiver.store.owner import Owner, left_at

_CAPTURE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SET_ASIDE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
DOOMED = ".doomed"
LARGEST_MANIFEST_BYTES = 16 * 1024 * 1024
_SAMPLE = 64 * 1024  # bytes; enough to see whether a body is compressed already
_WORTH_IT = 0.9  # a sample that shrinks less than this is stored as it is
_LEVEL = 6  # zlib's own default; 9 takes twice the time for a percent


class HomeFiles:
    """The port :class:`archiver.ports.Files` on a local directory."""

    def __init__(self, home: str | Path, disk: Disk | None = None) -> None:
        self.home = Path(home).absolute()
        self.staging = self.home / "staging"
        self.disk = disk or Disk()
        self._owner = Owner(self.staging)
        self._numbers = count(1)

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
            part = self._passing(".part")
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
            return at > _time_of_a_new_file(self._passing(".part")) - within.total_seconds()
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
            ids = [name for name in names if _CAPTURE_ID.fullmatch(name)]
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
        return await asyncio.to_thread(self._keep_blob, body)

    def _keep_blob(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        place = self._blob_place(sha256)
        with disk_refusals("keeping the body of an answer"):
            is_there = self._keep_again(place)
            if is_there and self._is_whole(sha256):
                # Whoever put it there may have died before syncing its name.
                self.disk.fsync(place.parent)
            else:
                self._write_blob(sha256, body, is_damaged=is_there)
        return sha256

    def _is_whole(self, sha256: str) -> bool:
        """Tell whether a blob is there and holds its bytes; a bad sector is damage, too."""
        try:
            return _unpacked(self._blob_place(sha256), sha256) is not None
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False

    def _keep_again(self, place: Path) -> bool:
        """Tell whether a blob is there; if so, a takedown leaves it until we are done with it."""
        with suppress(FileNotFoundError):
            os.utime(place)
        return place.exists()

    def _write_blob(self, sha256: str, body: bytes, *, is_damaged: bool) -> None:
        """Write a blob; a damaged one stays in its place until the new one takes it."""
        place = self._blob_place(sha256)
        make_directories(self.disk, self.staging)
        make_directories(self.disk, place.parent)
        with self._part(pack(body)) as part:  # its time says when it was last kept
            if is_damaged and not self._is_whole(sha256):  # nobody else was quicker
                self._keep_damaged(place)
            move(self.disk, part, place)

    @contextmanager
    def _part(self, data: bytes) -> Iterator[Path]:
        """Write a file of a passing name, which is removed again when anything is refused."""
        part = self._passing(".part")
        try:
            self.disk.write(part, data)
            self.disk.fsync(part)
            yield part
        except OSError:
            with suppress(OSError):
                self.disk.remove(part)
            raise

    def _passing(self, suffix: str) -> Path:
        """Return a new name in ``staging`` that a sweep knows for ours once we are dead."""
        return self.staging / f"{self._owner.token()}.{next(self._numbers)}{suffix}"

    def _keep_damaged(self, place: Path) -> None:
        """Give a damaged blob a second name in ``quarantine``, beside its own.

        Where a file can have one name only it is copied, unless it cannot be read. Of one that is
        there already, as of an earlier damage, no other is kept.
        """
        quarantine = self.home / "quarantine"
        make_directories(self.disk, quarantine)
        with suppress(FileExistsError, FileNotFoundError):
            try:
                self.disk.link(place, quarantine / place.name)
            except OSError as error:
                if error.errno not in NO_LINK:
                    raise
                self._copy_damaged(place, quarantine / place.name)
            self.disk.fsync(quarantine)

    def _copy_damaged(self, place: Path, target: Path) -> None:
        try:
            data = place.read_bytes()
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return
        if not target.exists():
            with self._part(data) as part:
                move(self.disk, part, target)

    async def blob(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreError: it is not there, or its bytes no longer match its name.
        """
        return await asyncio.to_thread(self._blob, sha256)

    def _blob(self, sha256: str) -> bytes:
        place = self._blob_place(sha256)
        with disk_refusals(f"reading blob {sha256}"):
            try:
                body = _unpacked(place, sha256)
            except FileNotFoundError as error:
                raise DamagedError(f"blob {sha256} is missing") from error
        if body is None:
            raise DamagedError(f"blob {sha256} is damaged: its bytes no longer match its name")
        return body

    async def forget_capture(self, capture_id: str) -> bool:
        """Remove a finished capture's files for good; tell whether there were any."""
        return await asyncio.to_thread(self._forget, self.published(capture_id))

    async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
        """Remove a blob for good, unless it was kept within a time; tell if it is gone.

        Who keeps it may be about to commit a row that rests on it.
        """
        return await asyncio.to_thread(self._forget_blob, sha256, unless_within)

    def _forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
        place = self._blob_place(sha256)
        with disk_refusals(f"removing blob {sha256}"):
            if not place.exists():
                return self._is_gone(sha256)
            make_directories(self.disk, self.staging)
            now = _time_of_a_new_file(self._passing(".part"))
            since = now - unless_within.total_seconds()
            kept_at = place.stat().st_mtime
            if kept_at > now:  # by a clock that was wrong, or this moment: from now on it counts
                os.utime(place)
            if kept_at >= since:
                return False
            doomed = self._passing(f".{sha256}{DOOMED}")
            move(self.disk, place, doomed)
            if doomed.stat().st_mtime >= since:  # kept again meanwhile
                self.put_back(doomed)
                return False
            self.disk.remove(doomed)
            self.disk.fsync(self.staging)  # else a power cut could bring it back
            return self._is_gone(sha256)

    def _is_gone(self, sha256: str) -> bool:
        """Tell whether nobody has it set apart, who may have died, so that a sweep puts it back."""
        return not any(self.staging.glob(f"*.{sha256}{DOOMED}"))

    def put_back(self, doomed: Path) -> None:
        """Give a blob its place again that was set apart to be removed, and was not.

        Somebody may have kept it again while it was in its place still. A takedown that is not
        finished removes it later.
        """
        place = self._blob_place(doomed.stem.rpartition(".")[2])
        if place.exists():
            self.disk.remove(doomed)
        else:
            move(self.disk, doomed, place)

    async def aside(self) -> list[SetAside]:
        """Return what is in quarantine."""
        return await asyncio.to_thread(self._aside)

    def _aside(self) -> list[SetAside]:
        with disk_refusals("looking at what was set aside"):
            names = sorted(place.name for place in (self.home / "quarantine").glob("*"))
            found = [
                (name, self._manifest_aside(name)) for name in names if _SET_ASIDE.fullmatch(name)
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
            lambda: {one for one in digests if not self._blob_place(one).is_file()}
        )

    async def blobs_under(self, start: str) -> list[str]:
        """Return the digests of all blobs that begin with two hex digits."""
        with disk_refusals("looking at what is kept"):
            return await asyncio.to_thread(
                lambda: [path.stem for path in (self.home / f"blobs/{start}").glob("??/*.gz")]
            )

    async def was_blob_kept(self, sha256: str, within: timedelta) -> bool:
        """Tell whether a blob was kept, for the first time or again, within a time."""
        return await asyncio.to_thread(self._was_blob_kept, sha256, within)

    def _was_blob_kept(self, sha256: str, within: timedelta) -> bool:
        try:
            make_directories(self.disk, self.staging)
            since = _time_of_a_new_file(self._passing(".part")) - within.total_seconds()
            return self._blob_place(sha256).stat().st_mtime >= since
        except FileNotFoundError:
            return False
        except OSError:  # a disk that is full or read-only does not tell the time
            return True

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
        return self.staging / _checked(_CAPTURE_ID, capture_id)

    def published(self, capture_id: str) -> Path:
        """Return where a finished capture is."""
        return self.home / capture_place(capture_id)

    def _blob_place(self, sha256: str) -> Path:
        return self.home / blob_place(sha256)

    def close(self) -> None:
        """Let go of the captures in hand: a sweep may take what has no row by now."""
        self._owner.close()


def _time_of_a_new_file(place: Path) -> float:
    """Return the time by the clock that dates files: another machine may have the disk."""
    place.touch()
    try:
        return place.stat().st_mtime
    finally:
        place.unlink()


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


def capture_place(capture_id: str) -> str:
    """Return the path of a finished capture, relative to where files are kept.

    Raises:
        StoreError: it is no capture's identifier.
    """
    digest = hashlib.sha256(_checked(_CAPTURE_ID, capture_id).encode()).hexdigest()
    return f"captures/{digest[:2]}/{digest[2:4]}/{capture_id}"


def blob_place(sha256: str) -> str:
    """Return the path of a blob, relative to where files are kept.

    Raises:
        StoreError: it is no digest.
    """
    _checked(_SHA256, sha256)
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}.gz"


def aside_place(name: str) -> str:
    """Return the path of something in quarantine, relative to where files are kept.

    Raises:
        StoreError: it is no name of a file or directory there.
    """
    return f"quarantine/{_checked(_SET_ASIDE, name)}"


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


def pack(body: bytes) -> bytes:
    """Return a gzip member; what does not shrink is only wrapped."""
    sample = body[:_SAMPLE]
    shrinks = len(zlib.compress(sample, 1)) < _WORTH_IT * len(sample)
    return gzip.compress(body, _LEVEL if shrinks else 0, mtime=0)


def _unpacked(place: Path, sha256: str) -> bytes | None:
    return unpacked(place.read_bytes(), sha256)


def unpacked(data: bytes, sha256: str) -> bytes | None:
    """Return a blob's bytes, or None when they do not match its name."""
    try:
        body = gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None
    return body if hashlib.sha256(body).hexdigest() == sha256 else None


def file_sha256(path: Path) -> str:
    """Return the digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inside(directory: Path, path: str) -> Path:
    """Return a relative path's place, which must lie below ``directory``."""
    parts = PurePosixPath(path)
    if not parts.parts or parts.is_absolute() or ".." in parts.parts or "\0" in path:
        raise StoreError(f"{path!r} is no path of a file of ours")
    return directory / parts


def _checked(form: re.Pattern[str], name: str) -> str:
    if not form.fullmatch(name):
        raise StoreError(f"{name!r} cannot name a file of ours")
    return name
