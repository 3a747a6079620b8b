"""What is measured of the service: every name, what it means, and which labels it may have.

The list is closed, and so is the set of values of each label: an address, a host or a source never
becomes a label, or a year of looks would make a million series of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from archiver.judge.gate import KINDS
from archiver.model.capture import CRASH, NO_ANSWER, CaptureOutcome, Gate
from archiver.model.job import Lane
from archiver.model.signals import Signal
from archiver.model.worker import Condition, IncidentKind
from archiver.platforms import PLATFORMS

OTHER = "other"
"""Stands for a label value that is not in its list."""


class Kind(StrEnum):
    """How a measure behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured. ``labels`` holds the values that each label may have."""

    name: str
    kind: Kind
    help: str
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()


def _counter(name: str, meaning: str, **labels: Iterable[str]) -> Measure:
    return Measure(name, Kind.COUNTER, meaning, _closed(labels))


def _gauge(name: str, meaning: str, **labels: Iterable[str]) -> Measure:
    return Measure(name, Kind.GAUGE, meaning, _closed(labels))


def _times(name: str, meaning: str, buckets: tuple[float, ...], **labels: Iterable[str]) -> Measure:
    return Measure(name, Kind.HISTOGRAM, meaning, _closed(labels), buckets)


def _closed(labels: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(map(str, values)) for name, values in labels.items()}


_LONG = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)  # seconds: a page, a capture
_SHORT = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)  # seconds: a transaction
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)

_PLATFORMS = tuple(one.name for one in PLATFORMS)

ERRANDS = (
    "tick", "sweep", "clear", "memory", "scrub", "checkpoint", "notify", "clock", "database",
    "watch_due", "read_due", "look_up_new", "push_due", "rescue_waiting", "finish_all", "reextract",
    "resolve_due", "write_feeds", "feed", "targets",
)  # fmt: skip
"""What the service does beside looking, by the names of its jobs and of their parts."""

CAPTURE_REASONS = (*sorted(KINDS), CRASH, "cut_short", NO_ANSWER, "none", OTHER)
"""Why a capture is no more than it is: kinds of rejection, and what broke it off."""

RULINGS = ("allowed", "denied", "failed")
REASONS = (
    "allowed", "address", "name", "port", "target", "guard", "background", "limit", "no-host",
    "resolver", "unreachable", "timeout", "upstream",
)  # fmt: skip
"""First words of what the guard's log gives as a reason; ``allowed`` stands for no objection."""

MEASURES = (
    # Looks and captures
    _counter(
        "observations_total",
        "Looks that were committed.",
        platform=_PLATFORMS,
        signal=Signal,
    ),
    _times("look_seconds", "How long a look took, with its commit.", _LONG, lane=Lane),
    _counter(
        "captures_total",
        "Captures that were committed, by the kind of reason that was given.",
        outcome=CaptureOutcome,
        gate=Gate,
        reason=CAPTURE_REASONS,
    ),
    _times(
        "capture_seconds",
        "How long a capture took, from its order to its commit.",
        _LONG,
        outcome=CaptureOutcome,
    ),
    # Work
    _counter(
        "jobs_total",
        "Jobs that left a worker's hands, by how.",
        lane=Lane,
        outcome=("done", "retried", "given_up", "given_back", "lost"),
    ),
    _counter(
        "work_errors_total",
        "Work that failed for a reason of ours, by its class.",
        kind=("database", "files", "browser", "disk", "fault"),
    ),
    _gauge("in_hand", "Jobs that this process works on.", lane=Lane),
    _gauge(
        "queue_depth",
        "Jobs of the whole database, by lane and state.",
        lane=Lane,
        state=("queued", "running"),
    ),
    _gauge("quarantined", "Jobs set aside because workers died of them."),
    _gauge("oldest_due_seconds", "How long the oldest job has waited since it was ready."),
    _counter("enqueued_total", "Slots that this process queued a job for."),
    _counter("lease_expired_total", "Jobs taken back from workers that gave no sign of life."),
    _counter("fence_lost_total", "Work thrown away because another worker had taken it over."),
    # The service itself
    _counter(
        "errands_total",
        "Errands done, by name and outcome.",
        errand=ERRANDS,
        outcome=("done", "failed"),
    ),
    _times("errand_seconds", "How long an errand took.", _LONG, errand=ERRANDS),
    _gauge("condition", "1 while the condition holds, else 0.", condition=Condition),
    _counter("incidents_total", "Things noted that matter to looks.", kind=IncidentKind),
    _gauge("clock_offset", "Seconds our clock is off, against steady time and the database's."),
    _gauge("loop_lag_seconds", "How late the event loop ran its timer last."),
    _counter("log_lines_lost_total", "Lines of the log that could not be written."),
    _gauge("workers", "Processes that told of themselves lately."),
    # Telling people
    _counter(
        "deliveries_total",
        "Deliveries that were tried, or given up, by outcome.",
        outcome=("sent", "failed", "given_up"),
    ),
    _gauge("outbox_depth", "Events not planned yet, and deliveries that are due or failed so far."),
    _gauge("oldest_delivery_seconds", "How long ago the oldest such delivery was first due."),
    # The door
    _counter(
        "guard_decisions_total",
        "Connections asked of the guard, by ruling and first word of the reason.",
        verdict=RULINGS,
        reason=REASONS,
    ),
    _counter("guard_bytes_total", "Bytes through the guard.", direction=("in", "out")),
    # The browser
    _counter("browser_launches_total", "Browser starts.", outcome=("started", "failed")),
    _counter("browser_crashes_total", "Browsers, or their drivers, that ended in mid-capture."),
    _counter("browser_kills_total", "Browsers we ended for a limit.", limit=("deadline", "memory")),
    # Database and files
    _times("database_write_seconds", "How long one write transaction took.", _SHORT),
    Measure(
        "database_group_size",
        Kind.HISTOGRAM,
        "Changes that shared one transaction.",
        buckets=_SIZES,
    ),
    _counter("database_retries_total", "Transactions run anew.", cause=("conflict", "connection")),
    _gauge("database_wal_bytes", "Size of SQLite's write-ahead log."),
    _gauge("disk_free", "Bytes free on the home directory's file system."),
    _gauge("disk_bytes", "Size of the home directory's file system."),
    _counter("stored_bytes_total", "Bytes of captures that were committed."),
    _gauge("home_bytes", "Size of all files in the home directory, as last counted."),
    _counter("orphan_total", "Finished captures set aside because they have no row."),
    _counter("scrubbed_total", "Files hashed again."),
    _counter("scrub_mismatch_total", "Files that are not as they were kept. Alert above 0."),
    _counter("unlisted_total", "Kept files that a takedown elsewhere would have removed."),
)  # fmt: skip
"""Every measure there is, by topic. Their names are shown with ``archiver_`` before them.

There is no age of a time stamp and no size of a log of evidence: nothing here has either.
"""
