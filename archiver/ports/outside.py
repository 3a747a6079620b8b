"""The outside world: time, questions, recordings, log-ins, files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.capture import (
    Artifact,
    ArtifactKind,
    HeldPayload,
    Recording,
)
from archiver.model.inquiry import Answer, Exchange, Question
from archiver.model.post import Medium

_SHA256 = re.compile("[0-9a-f]{64}")


class Clock(Protocol):
    """The only place the time of day comes from."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""

    def steady(self) -> timedelta:
        """Return the time since some moment of its own; nobody can set it, sleep is counted."""

    async def sleep(self, duration: timedelta) -> None:
        """Come back when that much time has passed on this clock."""


class Fetcher(Protocol):
    """Carries a platform's questions out. It never raises for what the outside does."""

    async def ask(self, question: Question) -> Answer:
        """Ask once and return what came back, a failure included."""


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """What to record. ``staging`` is an empty directory of this capture alone.

    ``page_url`` is rendered in the browser; None when the exchanges are the whole capture.
    ``exchanges`` were made by the client already and go into the WARC as they are; ``media`` are
    still to be fetched, byte for byte, by the first of their addresses that answers. ``held`` are
    payloads by digest that earlier captures of the source hold in full; a sub-resource among them
    becomes a revisit.
    """

    capture_id: str
    staging: str
    url: str
    page_url: str | None
    exchanges: tuple[Exchange, ...]
    media: tuple[Medium, ...]
    held: Mapping[str, HeldPayload]


class Recorder(Protocol):
    """Makes one recording; a page's failure is an outcome, not an error."""

    async def record(self, order: CaptureOrder) -> Recording:
        """Record and leave complete, fsynced ``.part``-free files in ``order.staging``.

        Raises:
            LaunchError: the browser could not be started at all.
        """


class Logins(Protocol):
    """The operator's log-ins, by platform."""

    def __contains__(self, platform: object) -> bool:
        """Tell whether there is one for a platform, used or not."""

    async def use(self, platform: str, *, is_open: bool) -> str | None:
        """Let one be used from now on, or not; return why it cannot be, if it should be."""

    def is_used(self, platform: str) -> bool:
        """Tell whether one is used now."""

    def goes_to(self, platform: str, url: str) -> bool:
        """Tell whether one is used now and goes along to that address."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something in quarantine. ``what`` is the capture's ID or the blob's digest.

    ``url`` and ``started_at`` are a capture's, where its manifest or its sender told them.
    """

    name: str
    what: str
    url: str | None = None
    started_at: datetime | None = None

    @property
    def is_nameless(self) -> bool:
        """Tell whether it is a capture, and nobody can tell of what; a blob goes by its digest."""
        return self.url is None and not _SHA256.fullmatch(self.what)


class Files(Protocol):
    """Files under the home directory or in an object store.

    Nothing is overwritten, or deleted but by a takedown. Paths are relative and the same in both,
    so that what rows say stays true when files move.
    """

    async def stage(self, capture_id: str) -> str:
        """Make and return the absolute path of an empty staging directory."""

    async def add(
        self, capture_id: str, kind: ArtifactKind, name: str, body: bytes, media_type: str
    ) -> Artifact:
        """Write one more file into a staging directory and describe it; ``name`` is ours."""

    async def publish(self, capture_id: str, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Bring staged files to their lasting place, durably; return final relative paths.

        Artifacts come with paths relative to the staging directory. On disk, files are fsynced,
        the directory is renamed and its parent fsynced before this returns; to an object store
        they are sent and read back, and each is what its artifact says.

        Raises:
            GivenUpError: it took too long and was given up; what was sent is set aside.
            StoreError: disk or store refused; the sweep takes care of what is left.
        """

    async def leave(self, capture_id: str) -> None:
        """Give up a capture that nobody is going to commit: what is staged of it goes.

        Published files stay, for their row may have been committed; the sweep finds that out.
        """

    async def quarantine(self, capture_id: str) -> None:
        """Set a finished capture aside whose row was never committed; never deletes it."""

    async def keep_blob(self, body: bytes) -> str:
        """Store bytes once by their SHA-256, durably, and return the hex digest."""

    async def blob(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreError: it is not there, or its bytes no longer match its name (DamagedError).
        """

    async def local(self, path: str, sha256: str | None = None) -> str:
        """Return the absolute path of a copy of a file on this machine, fetched when need be.

        What is fetched is compared with its digest when that is known.

        Raises:
            DamagedError: what was to be fetched is missing or damaged.
            StoreError: disk or store refused, or the path is none of ours.
        """

    def where(self, path: str) -> str:
        """Say where a file is kept, for people: an absolute path, or an address in the store."""

    async def forget_capture(self, capture_id: str) -> bool:
        """Remove a finished capture's files for good; tell whether there were any."""

    async def forget_blob(self, sha256: str, unless_within: timedelta) -> bool:
        """Remove a blob for good, unless it was kept within a time; tell if it is gone.

        Who keeps it may be about to commit a row that rests on it, for the first time or again.
        """

    async def aside(self) -> list[SetAside]:
        """Return what is in quarantine."""

    async def forget_aside(self, name: str) -> bool:
        """Remove something in quarantine for good; tell whether it was there."""
