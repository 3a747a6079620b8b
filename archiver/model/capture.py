"""Proof taken at one time: files under one manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archiver.model.inquiry import Headers


class CaptureOutcome(StrEnum):
    """How far recording came."""

    COMPLETE = "complete"
    """Everything the page asked for was recorded, and it came to rest."""
    PARTIAL = "partial"
    """A limit was hit or something broke off; ``reason`` says which. What is there is proof."""
    FAILED = "failed"
    """Nothing that shows the source was recorded."""


class Gate(StrEnum):
    """Whether a capture may stand as evidence of its source."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ArtifactKind(StrEnum):
    """What a file of a capture is."""

    WARC = "warc"
    SCREENSHOT = "screenshot"
    CLEANED = "cleaned"
    """A second picture of the page, with boxes over it set aside."""
    PREVIEW = "preview"
    TEXT = "text"
    POST = "post"
    MEDIA = "media"
    MANIFEST = "manifest"


CRASH = "crash"
"""The limit of a recording whose browser, or its process, broke down."""
NO_ANSWER = "no_answer"
"""The kind of reason of a capture of a source that gave no answer at all."""
DEADLINE = "deadline_s"
"""The limit of a recording that took longer than it may."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a capture. ``path`` is relative to the home directory; ``sha256`` is hex."""

    kind: ArtifactKind
    path: str
    bytes: int
    sha256: str
    media_type: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One line of the WARC index. ``offset`` and ``length`` are of the gzip member in the file.

    ``payload_sha256`` is of the entity body (transfer coding removed, content coding kept).
    ``refers_to`` is the record ID a revisit points at.
    """

    record_id: str
    type: str
    url: str
    at: datetime
    status: int | None
    media_type: str | None
    payload_sha256: str | None
    offset: int
    length: int
    refers_to: str | None = None
    page_id: str | None = None


@dataclass(frozen=True, slots=True)
class HeldPayload:
    """A payload an earlier capture of the same source holds in full: what a revisit points at."""

    payload_sha256: str
    url: str
    record_id: str
    at: datetime
    capture_id: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What the recorder brings home, still in its staging directory.

    ``artifacts`` have paths relative to that directory. ``final_url``, ``http_status``,
    ``headers`` and ``title`` are of the main document. ``rendered_html`` is the DOM at rest.
    ``limits`` names each limit that was hit. ``provenance`` is JSON: tool versions, flags, policy,
    guard decisions.
    """

    outcome: CaptureOutcome
    reason: str | None
    final_url: str | None
    http_status: int | None
    title: str | None
    text: str
    rendered_html: str
    artifacts: tuple[Artifact, ...]
    records: tuple[WarcRecord, ...]
    started_at: datetime
    finished_at: datetime
    limits: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    headers: Headers = ()

    @property
    def has_crashed(self) -> bool:
        """Tell that the browser broke down before it showed anything."""
        return self.outcome is CaptureOutcome.FAILED and CRASH in self.limits


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture as kept; accepted, or rejected with a reason (a wall is not evidence of a page).

    ``url`` is what was asked for; paths of artifacts are relative to the home directory.
    ``is_withdrawn`` says that its content was taken down: of its files the digests are left.
    """

    id: str
    source_id: str
    url: str
    final_url: str | None
    outcome: CaptureOutcome
    gate: Gate
    reason: str | None
    http_status: int | None
    started_at: datetime
    finished_at: datetime
    artifacts: tuple[Artifact, ...]
    records: int
    bytes: int
    observation_id: str | None = None
    title: str | None = None
    provenance: Mapping[str, object] = field(default_factory=dict)
    is_withdrawn: bool = False

    @property
    def has_crashed(self) -> bool:
        """Tell that the browser broke down before there was a picture, maybe by our own fault.

        Or that it showed nothing until its time was over: a browser waits for ever for a page
        whose process was ended. What else is in such a capture, as the data of a post, counts; but
        another has to follow.
        """
        limits = self.provenance.get("limits")
        if not isinstance(limits, list | tuple) or self.artifact(ArtifactKind.SCREENSHOT):
            return False
        return CRASH in limits or (self.outcome is CaptureOutcome.FAILED and DEADLINE in limits)

    @property
    def files(self) -> tuple[Artifact, ...]:
        """Return the artifacts that are still there as files."""
        return () if self.is_withdrawn else self.artifacts

    def artifact(self, kind: ArtifactKind) -> Artifact | None:
        """Return the first artifact of that kind."""
        return next((a for a in self.artifacts if a.kind is kind), None)
