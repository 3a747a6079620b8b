"""How the body of a response is obtained, and where its bytes wait to be written."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from archiver.capture.policy import MIB, CapturePolicy
from archiver.capture.traffic import Pause, is_body_expected
from archiver.capture.warc import Payload

STREAM_TYPES = frozenset({"text/event-stream", "multipart/x-mixed-replace"})
# Kinds a page cannot show anything without: they end, or the page never comes to rest anyway.
FINITE_KINDS = frozenset({"document", "script", "stylesheet", "font", "manifest", "texttrack"})
IN_MEMORY_BYTES = MIB


class BodyPlan(Enum):
    """What to do with a response that is held."""

    NONE = "none"
    """There is no body to have."""
    READ = "read"
    """Ask for it whole, then let the response go."""
    STREAM = "stream"
    """Let it go and listen in."""
    PASS = "pass"  # noqa: S105 - no password
    """Let it go unread: it has no end, or is too large for what can be done here."""


def plan_body(pause: Pause, policy: CapturePolicy, *, may_stream: bool) -> BodyPlan:
    """Choose by size and kind.

    Reading an endless body whole keeps it from the page for ever; listening in on a document
    stops its loading. Source: measured with Chromium 156, 2026-11.
    """
    if not pause.url.startswith("http") or not is_body_expected(pause.method, pause.status):
        return BodyPlan.NONE
    length = announced_bytes(pause)
    if pause.kind == "document":
        return BodyPlan.READ if (length or 0) <= policy.max_body_bytes else BodyPlan.PASS
    if is_endless(pause):
        return BodyPlan.STREAM if may_stream else BodyPlan.PASS
    if length is not None and length <= policy.read_bytes:
        return BodyPlan.READ
    if length is None and pause.kind in FINITE_KINDS:
        return BodyPlan.READ
    if may_stream:
        return BodyPlan.STREAM
    return BodyPlan.READ if (length or 0) <= policy.max_body_bytes else BodyPlan.PASS


def announced_bytes(pause: Pause) -> int | None:
    """Return the size of the body as it will be handed out, when the response tells it.

    With a content coding it does not: the length is that of the coded bytes.
    """
    if pause.header("content-encoding"):
        return None
    length = (pause.header("content-length") or "").strip()
    return int(length) if length.isdigit() else None


def is_endless(pause: Pause) -> bool:
    """Whether the response is of a type that has no end, or only ends when nobody listens."""
    media_type = (pause.header("content-type") or "").partition(";")[0].strip().lower()
    return media_type in STREAM_TYPES or pause.kind in {"eventsource", "media"}


@dataclass(slots=True)
class Budget:
    """Bytes of bodies a capture may still hold."""

    left: int


class Spool:
    """A body on its way in: in memory while small, then in a nameless file of the staging folder.

    What is beyond ``cap`` bytes or the budget is not kept; ``is_cut`` tells.
    """

    def __init__(self, folder: Path, cap: int, budget: Budget) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._cap = cap
        self._budget = budget
        self.length = 0
        self.is_cut = False

    def write(self, chunk: bytes) -> None:
        """Keep what fits."""
        room = min(self._cap - self.length, self._budget.left)
        kept = chunk[: max(0, room)]
        self.is_cut = self.is_cut or len(kept) < len(chunk)
        self._file.write(kept)
        self._digest.update(kept)
        self.length += len(kept)
        self._budget.left -= len(kept)

    def payload(self) -> Payload:
        """Return what was kept."""
        return Payload(self._file, self.length, self._digest.hexdigest())
