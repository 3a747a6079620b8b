"""Files in an object store, for many machines on one database.

::

    captures/    finished ones: ab/cd/<capture>/, where abcd begins the digest of the ID
    blobs/       bodies of answers by their SHA-256: ab/cd/<sha256>.gz
    quarantine/  captures that were given up, and damaged blobs
    again/       marks of no bytes, as old as the last time that a blob was kept; they stay
    doomed/      blobs about to be removed: <sha256>/ and a name of their own

Captures are made in ``staging`` of the home directory, as ever. Every file is sent under a name of
its own, read back and compared before anybody is told. Who has which capture in hand is a row
(:mod:`archiver.store.uploads`); a sweep sets aside what nobody will commit. ``cache`` of the home
directory holds copies for people to open; it may be emptied at any time.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from archiver.errors import DamagedError, FilesError, GivenUpError, StoreError
from archiver.model.capture import Artifact, ArtifactKind
from archiver.ports import SetAside
from archiver.store.blobs import pack, unpacked
from archiver.store.bucket import Bucket
from archiver.store.disk import Disk, disk_refusals, make_directories
from archiver.store.files import LARGEST_MANIFEST_BYTES, HomeFiles, describe_aside, file_sha256
from archiver.store.ids import new_id
from archiver.store.places import aside_place, blob_place, capture_place, inside
from archiver.store.uploads import Uploads

_AT_ONCE = 16  # requests of a sweep at one time
_LARGE = 16 * 1024 * 1024  # bytes; of larger files one at a time is held in memory
_MISSING = "is missing"

SIGN_EVERY = timedelta(minutes=5)
"""How often it is said of a capture that it is still being sent; a sweep waits much longer."""


class BucketFiles:
    """The port :class:`archiver.ports.Files` on an S3-compatible store.

    ``owner`` names this process to people who look at what is in hand. ``cache_bytes`` bounds the
    copies kept on this machine.
    """

    def __init__(
        self,
        home: str | Path,
        bucket: Bucket,
        uploads: Uploads,
        *,
        owner: str,
        cache_bytes: int,
        disk: Disk | None = None,
    ) -> None:
        self.here = HomeFiles(home, disk)
        self.cache = self.here.home / "cache"
        self.bucket = bucket
        self.uploads = uploads
        self._owner = owner
        self._cache_bytes = cache_bytes
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._one_large = asyncio.Semaphore(1)

    async def stage(self, capture_id: str) -> str:
        """Make and return the absolute path of an empty staging directory.

        Raises:
            StoreError: the disk refused, or the capture was begun before.
        """
        if await self.uploads.are_known(capture_id):
            raise StoreError(f"capture {capture_id} was begun before; take a new ID")
        return await self.here.stage(capture_id)

    async def probe(self) -> None:
        """Write a few bytes here and in the store, read them back and remove them.

        Raises:
            StoreError: the disk or the store refused, or gave back something else.
        """
        await self.here.probe()
        await self.bucket.probe()

    async def add(
        self, capture_id: str, kind: ArtifactKind, name: str, body: bytes, media_type: str
    ) -> Artifact:
        """Write one more file into a staging directory and describe it; ``name`` is ours.

        Raises:
            StoreError: the disk refused, or a file of that name is there.
        """
        return await self.here.add(capture_id, kind, name, body, media_type)

    async def publish(self, capture_id: str, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Send every staged file and read it back; return final relative paths.

        1. Compare the staged files with their artifacts.
        2. Say in the database that the capture is in hand, and what it shows.
        3. Send each file under a new name, read it back, compare its digest.
        4. Remove the staging directory.

        Raises:
            GivenUpError: a sweep gave it up meanwhile; what was sent is set aside.
            StoreError: disk, database or store refused, or what is stored is not what was sent;
                nothing may be acknowledged. What was sent is set aside by a sweep.
        """
        await asyncio.to_thread(self.here.check_staged, capture_id, artifacts)
        told = await asyncio.to_thread(self._describe_staged, capture_id)
        await self.uploads.begin(capture_id, self._owner, told.url, told.started_at)
        place = capture_place(capture_id)
        try:
            async with self._showing_life(capture_id):
                for artifact in artifacts:
                    await self.uploads.assert_in_hand(capture_id)
                    await self._send(capture_id, f"{place}/{artifact.path}", artifact)
        except GivenUpError:
            await self.set_aside(capture_id)  # what arrived after the sweep
            raise
        finally:
            # Sent, or never to be acknowledged: a store that is away must not fill the disk.
            await asyncio.to_thread(self.here.forget_staged, capture_id)
        return tuple(replace(one, path=f"{place}/{one.path}") for one in artifacts)

    def _describe_staged(self, capture_id: str) -> SetAside:
        """Say what a staged capture shows, as far as its manifest tells."""
        manifest = self.here.staged(capture_id) / "manifest.json"
        with disk_refusals(f"reading the manifest of capture {capture_id}"):
            told = manifest.read_bytes() if manifest.is_file() else b""
        return describe_aside(capture_id, told[:LARGEST_MANIFEST_BYTES])

    @asynccontextmanager
    async def _showing_life(self, capture_id: str) -> AsyncIterator[None]:
        """Say now and then that files are still being sent: one of them may take over an hour."""
        signs = asyncio.create_task(self._show_life(capture_id))
        try:
            yield
        finally:
            signs.cancel()
            await asyncio.gather(signs, return_exceptions=True)

    async def _show_life(self, capture_id: str) -> None:
        while True:
            await asyncio.sleep(SIGN_EVERY.total_seconds())
            with suppress(StoreError):  # a lost sign is made up for by the next one
                await self.uploads.show_life(capture_id)

    async def _send(self, capture_id: str, key: str, artifact: Artifact) -> None:
        async with self._one_large if artifact.bytes > _LARGE else nullcontext():
            body = await asyncio.to_thread(self._staged_body, capture_id, artifact)
            await self.bucket.create(key, body)  # what is there may be ours: an answer was lost
            del body
        if await self.bucket.sha256(key) != artifact.sha256:
            raise FilesError(f"{self.where(key)} is not what was sent; nothing was acknowledged")

    def _staged_body(self, capture_id: str, artifact: Artifact) -> bytes:
        with disk_refusals(f"reading {artifact.path} of capture {capture_id}"):
            return inside(self.here.staged(capture_id), artifact.path).read_bytes()

    async def leave(self, capture_id: str) -> None:
        """Give up a capture that nobody is going to commit: what is staged of it goes.

        What was sent stays, for its row may have been committed; the sweep finds that out.
        """
        await asyncio.to_thread(self.here.forget_staged, capture_id)

    async def quarantine(self, capture_id: str) -> None:
        """Set a capture aside whose row was never committed; never deletes it."""
        await self.here.quarantine(capture_id)
        await self.set_aside(capture_id)

    async def set_aside(self, capture_id: str) -> bool:
        """Give a capture up and move what was sent of it to ``quarantine``.

        Returns whether it was in hand: one that was committed meanwhile stays where it is. When it
        is broken off, a sweep goes on with it.
        """
        if not await self.uploads.give_up(capture_id):
            return False
        await self._move_sent(capture_id)
        await self.uploads.set_aside(capture_id)
        return True

    async def look_again(self, capture_id: str) -> bool:
        """Set aside what arrived of a capture after the rest was; tell whether there was any.

        The request for one file can have been on its way still when its sender was given up.
        """
        found = await self._move_sent(capture_id)
        await self.uploads.looked_again(capture_id)
        return found

    async def _move_sent(self, capture_id: str) -> bool:
        place = capture_place(capture_id)
        sent = await self.bucket.list(f"{place}/")
        for one in sent:
            await self._move(one.key, f"quarantine/{capture_id}{one.key.removeprefix(place)}")
        return bool(sent)

    async def _move(self, key: str, to: str) -> None:
        """Copy an object, compare, and only then remove the original."""
        target = to
        if await self.bucket.size(target) is not None:
            target = f"{to}.{new_id()}"
        is_copied = await self.bucket.copy(key, target)
        sha256 = await self.bucket.sha256(key)
        if not is_copied or sha256 is None:
            return  # another sweep has moved it
        if await self.bucket.sha256(target) != sha256:
            raise FilesError(f"{self.where(key)} could not be set aside: its copy differs")
        await self.bucket.delete(key)

    async def keep_blob(self, body: bytes) -> str:
        """Store bytes once by their SHA-256, read back, and return the hex digest.

        A blob found damaged is set aside and written anew.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        key = blob_place(sha256)
        found = await self._kept(key)
        if found is None:
            packed = await asyncio.to_thread(pack, body)
            await self.bucket.create(key, packed)  # or another worker has just done so
            found = await self.bucket.read(key)
        if found is None or await asyncio.to_thread(unpacked, found, sha256) is None:
            await self._heal(key, sha256, body)
        return sha256

    async def _kept(self, key: str) -> bytes | None:
        """Return a blob that is there; a takedown leaves it until we are done with it.

        The mark comes before the look, and before a blob that is not there is stored: who removes
        one looks at the mark once more after it.
        """
        await self.bucket.replace(_mark(key), b"")
        return await self.bucket.read(key)

    async def _heal(self, key: str, sha256: str, body: bytes) -> None:
        """Set damaged bytes aside before they are replaced."""
        await self.bucket.copy(key, f"quarantine/{sha256}.gz.{new_id()}")
        await self.bucket.replace(key, await asyncio.to_thread(pack, body))
        await self.blob(sha256)

    async def blob(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            DamagedError: it is not there, or its bytes no longer match its name.
            StoreError: the store refused.
        """
        key = blob_place(sha256)
        data = await self.bucket.read(key)
        if data is None:
            raise DamagedError(f"{self.where(key)} is missing")
        body = await asyncio.to_thread(unpacked, data, sha256)
        if body is None:
            raise DamagedError(f"blob {sha256} is damaged: its bytes no longer match its name")
        return body

    async def forget_capture(self, capture_id: str) -> bool:
        """Remove a finished capture's files for good; tell whether there were any.

        Copies on other machines go with the next sweep there.
        """
        place = capture_place(capture_id)
        await asyncio.to_thread(self.here.disk.remove, self.cache / place)
        return await self._forget(f"{place}/")

    async def _forget(self, prefix: str) -> bool:
        found = await self.bucket.list(prefix)
        for one in found:
            await self.bucket.delete(one.key)
        return bool(found)

    async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
        """Remove a blob for good, unless it was kept within a time; tell if it is gone.

        Who keeps it may be about to commit a row that rests on it. Several may remove it at once,
        so its mark stays: it may be that of somebody who kept it after we looked, and then the
        next to remove it has to find the mark.
        """
        key = blob_place(sha256)
        body = await self.bucket.read(key)
        if body is None:
            return await self._is_gone(sha256)
        since = await self._now() - unless_within
        if await self._was_stored(key, since) or await self._was_stored(_mark(key), since):
            return False
        doomed = f"doomed/{sha256}/{new_id()}"
        await self.bucket.create(doomed, body)
        await self.bucket.delete(key)
        is_kept = await self._was_stored(_mark(key), since)  # again, meanwhile
        if is_kept:
            await self.bucket.create(key, body)
        await self.bucket.delete(doomed)
        return not is_kept and await self._is_gone(sha256)

    async def _is_gone(self, sha256: str) -> bool:
        """Tell whether it is not there, and nobody has it set apart.

        Who has may have died, so that a sweep puts it back.
        """
        if await self.bucket.list(f"doomed/{sha256}/"):
            return False
        return await self.bucket.size(blob_place(sha256)) is None

    async def set_apart(self) -> list[str]:
        """Return the names of blobs that are about to be removed, or were when somebody died."""
        return [one.key for one in await self.bucket.list("doomed/")]

    async def put_back(self, doomed: str, after: timedelta) -> None:
        """Give a blob its place again that was set apart to be removed, and was not.

        Somebody may have kept it again while it was in its place still: then it is put back at
        once, and otherwise when whoever set it apart is not going to be done with it after so long.
        A takedown that is not finished removes it later.
        """
        key = blob_place(doomed.split("/")[1])
        since = await self._now() - after
        is_over = not await self._was_stored(doomed, since)
        if is_over or await self._was_stored(_mark(key), since):
            body = await self.bucket.read(doomed)
            if body is not None:
                await self.bucket.create(key, body)
        if is_over:
            await self.bucket.delete(doomed)

    async def forget_probes(self, after: timedelta) -> None:
        """Remove what probes wrote that were broken off so long ago."""
        found = await self.bucket.list("probe/")
        if not found:
            return
        since = await self._now() - after
        for one in found:
            if not await self._was_stored(one.key, since):
                await self.bucket.delete(one.key)

    async def _now(self) -> datetime:
        """Return the time by the store's clock, which dates objects."""
        key = f"again/{new_id()}"
        await self.bucket.create(key, b"")
        try:
            found = await self.bucket.changed_at(key)
        finally:
            await self.bucket.delete(key)
        if found is None:
            raise FilesError(f"{self.where(key)} was stored and is not there")
        return found

    async def blobs_under(self, start: str) -> list[str]:
        """Return the digests of all blobs that begin with two hex digits."""
        found = await self.bucket.list(f"blobs/{start}/")
        return [one.key.rpartition("/")[2].removesuffix(".gz") for one in found]

    async def was_blob_kept(self, sha256: str, within: timedelta) -> bool:
        """Tell whether a blob was kept, for the first time or again, within a time."""
        key, since = blob_place(sha256), await self._now() - within
        return await self._was_stored(key, since) or await self._was_stored(_mark(key), since)

    async def _was_stored(self, key: str, since: datetime) -> bool:
        at = await self.bucket.changed_at(key)
        return at is not None and at >= since

    async def aside(self) -> list[SetAside]:
        """Return what is in quarantine, in the store and on this machine.

        What a capture shows was said before its first file was sent: its manifest may be missing,
        or not be there yet.
        """
        found = {one.name: one for one in await self.here.aside()}
        listed = await self.bucket.list("quarantine/")
        names = sorted({one.key.split("/")[1] for one in listed})
        shown = await self.uploads.shown_by(names)
        for name in names:
            if name in shown:
                found[name] = SetAside(name, name, *shown[name])
            else:
                manifest = await self.bucket.read(f"quarantine/{name}/manifest.json")
                found[name] = describe_aside(name, manifest or b"")
        return list(found.values())

    async def forget_aside(self, name: str) -> bool:
        """Remove something in quarantine for good; tell whether it was there."""
        here = await self.here.forget_aside(name)
        place = aside_place(name)
        is_file = await self.bucket.size(place) is not None
        await self.bucket.delete(place)
        return await self._forget(f"{place}/") or is_file or here

    async def local(self, path: str, sha256: str | None = None) -> str:
        """Return the absolute path of a copy on this machine, fetched when it is not there.

        A copy is used again only when its digest is known and still right.

        Raises:
            DamagedError: the file is missing, or not what was kept.
            StoreError: disk or store refused, or the path is none of ours.
        """
        copy = inside(self.cache, path)
        if sha256 is not None and await asyncio.to_thread(_is, copy, sha256):
            return str(copy)
        with disk_refusals(f"fetching {path}"):
            await asyncio.to_thread(make_directories, self.here.disk, copy.parent)
        part = copy.with_name(f".{copy.name}.{new_id()}.part")
        try:
            found = await self.bucket.download(path, part)
            if found is None:
                raise DamagedError(f"{self.where(path)} is missing")
            if sha256 not in {None, found}:
                raise DamagedError(f"{self.where(path)} has other bytes than those of {sha256}")
            # An attempt that took too long may write a last piece into what the next one fetched.
            if not await asyncio.to_thread(_is, part, found):
                raise FilesError(f"{self.where(path)} did not arrive as it was sent; ask again")
            with disk_refusals(f"fetching {path}"):
                await asyncio.to_thread(self.here.disk.rename, part, copy)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return str(copy)

    def where(self, path: str) -> str:
        """Say where a file is kept: its address in the store.

        Raises:
            StoreError: the path is none of ours.
        """
        return self.bucket.address(inside(Path(), path).as_posix())

    async def troubles(self, artifacts: Sequence[Artifact], *, thorough: bool) -> list[str | None]:
        """Say of each artifact how its object differs, or None; ``thorough`` reads the objects.

        Raises:
            StoreError: the store does not answer: that says nothing of what it holds.
        """
        asking: list[Awaitable[str | None]] = [
            self._trouble(artifact, thorough=thorough) for artifact in artifacts
        ]
        found = await asyncio.gather(*asking)
        if _MISSING in found:
            await self.bucket.check()  # a bucket that is not there has lost nothing
        return found

    async def _trouble(self, artifact: Artifact, *, thorough: bool) -> str | None:
        async with self._few:
            size = await self.bucket.size(artifact.path)
            if size is None:
                return _MISSING
            if size != artifact.bytes:
                return f"has {size} bytes, not {artifact.bytes}"
            if thorough and await self.bucket.sha256(artifact.path) != artifact.sha256:
                return f"has other bytes than those of {artifact.sha256}"
        return None

    async def blob_trouble(self, sha256: str) -> str | None:
        """Say what is wrong with a blob, or None.

        Raises:
            StoreError: the store does not answer: that says nothing of what it holds.
        """
        try:
            await self.blob(sha256)
        except DamagedError as error:
            return str(error)
        return None

    async def lost_blobs(self, digests: Collection[str]) -> set[str]:
        """Return those of some blobs that are not there.

        Raises:
            StoreError: the store does not answer: that says nothing of what it holds.
        """

        async def is_lost(sha256: str) -> bool:
            async with self._few:
                return await self.bucket.size(blob_place(sha256)) is None

        wanted = sorted(digests)
        lost = await asyncio.gather(*(is_lost(one) for one in wanted))
        if any(lost):
            await self.bucket.check()  # a bucket that is not there has lost nothing
        return {one for one, is_one in zip(wanted, lost, strict=True) if is_one}

    async def prune(self) -> None:
        """Remove the oldest copies until the others are within bounds; originals stay."""
        await asyncio.to_thread(self._prune)

    def _prune(self) -> None:
        found = []
        for path in self.cache.rglob("*"):
            with suppress(FileNotFoundError):  # another process prunes as well
                if path.is_file():
                    found.append((path.stat().st_mtime, path.stat().st_size, path))
        kept = 0
        for _, size, path in sorted(found, reverse=True):
            kept += size
            if kept > self._cache_bytes:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the captures in hand: a sweep may take what has no row by now."""
        self.here.close()


def _mark(key: str) -> str:
    """Return the name of the object whose age says when a blob was last kept."""
    return f"again/{key.removeprefix('blobs/')}"


def _is(path: Path, sha256: str) -> bool:
    """Whether a file is there with that digest."""
    try:
        return file_sha256(path) == sha256
    except OSError:
        return False
