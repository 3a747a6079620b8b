"""Work to be done on a source: one look in one slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archiver.model.source import Source


class Lane(StrEnum):
    """Which hands do a job."""

    LIGHT = "light"
    """A look by plain requests; a capture follows only on news."""
    BROWSER = "browser"
    """A look that a capture is sure to follow: nothing was captured yet, or somebody asked."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It was tried as often as its error allows; its source is due again later."""
    QUARANTINED = "quarantined"
    """Workers died of it; its source is left alone until the quarantine ends."""


OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.QUARANTINED)
"""States of a job that its source still waits for. A source has one such job at most."""


@dataclass(frozen=True, slots=True)
class Job:
    """One look at a source in one slot.

    ``slot`` is when it was due, by our clock; no source has two jobs of one slot. ``domain`` is the
    registrable domain whose turn the look needs. ``is_urgent`` marks what somebody waits for; it
    overtakes what is scheduled. ``is_asked`` wants a capture whatever the look brings. ``tries``
    counts errors of the work, ``deaths`` workers that never came back from it.
    """

    id: str
    source: Source
    slot: datetime
    domain: str
    lane: Lane
    is_urgent: bool
    is_asked: bool
    tries: int
    deaths: int
