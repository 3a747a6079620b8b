"""Processes at work on one database, as they tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_FOR = timedelta(minutes=2)
"""A process tells of itself every ten seconds; after so long without it is taken for gone."""


class Condition(StrEnum):
    """Why a worker does less than it could; each ends by itself when its cause does."""

    OFFLINE = "offline"
    """Our own network is down: nothing is looked at."""
    DISK_LOW = "disk_low"
    """The disk floor is reached: nothing is captured or looked at, reading goes on."""
    DATABASE_GONE = "database_gone"
    FILES_GONE = "files_gone"
    """The file store refuses what is written."""
    BROWSER_FAILING = "browser_failing"
    """Browsers keep failing to start, or break down: captures wait, light looks go on."""
    CLOCK_JUMPED = "clock_jumped"
    """The clock was set by more than sleep explains; due times are being put right."""
    CLOCKS_APART = "clocks_apart"
    """Our clock and that of the database's server tell times too far apart: one of them is wrong,
    and what we looked at now would be no evidence."""
    STOPPING = "stopping"


class IncidentKind(StrEnum):
    """Something that happened to a worker and matters to what its looks say."""

    CLOCK_FORWARD = "clock_forward"
    CLOCK_BACK = "clock_back"
    PUT_RIGHT = "put_right"
    """What waited for a time that only a wrong clock showed waits for it no more."""
    SLEPT = "slept"
    """The machine slept: what was due meanwhile is run once."""
    CONDITION = "condition"
    """A condition began or ended; the note says which."""
    WORKER_DIED = "worker_died"
    DAMAGED = "damaged"
    """A kept file was read again and is not as it was kept."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One process, as last told. ``conditions`` say why, by condition, since it began."""

    name: str
    kind: str
    version: str
    started_at: datetime
    seen_at: datetime
    in_hand: int
    conditions: Mapping[str, str] = field(default_factory=dict)

    def was_heard_lately(self, at: datetime) -> bool:
        """Tell whether it gave a sign of life; both times are the database's.

        One that lies ahead was given before the clock was set back, and says nothing.
        """
        return abs(at - self.seen_at) < SILENT_FOR


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that happened. ``at`` is by our clock as it was then."""

    at: datetime
    worker: str
    kind: IncidentKind
    note: str
