"""When to look again: often while a thing is young, seldom when it is old.

With half the age as interval, ages at the looks grow by 1.5. Against the measured curve of post
removals that finds a deletion after 38 h in the median with 32 looks in the first year, where a
daily look needs 364 for 14 h; and no bracket between "last seen" and "first gone" is wider than a
third of the age.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.judge.verdicts import ABSENT_SPACING, GONE_SPACING
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict, VerdictKind


@dataclass(frozen=True, slots=True)
class Timetable:
    """All limits of the timetable.

    ``share`` is the interval as a share of the age at this look. ``after_adding`` are ages of the
    *source in our books* at which it is looked at whatever its own age, because a thing that is
    old when it is cited may be taken down because it is cited.
    """

    share: float = 0.5
    floor: timedelta = timedelta(minutes=15)
    cap: timedelta = timedelta(days=30)
    after_adding: tuple[timedelta, ...] = (timedelta(days=1), timedelta(days=7))
    after_edits: timedelta = timedelta(minutes=1)
    """How long after the last moment of editing the final text is looked at."""
    offline: timedelta = timedelta(minutes=15)
    """While our own network is down."""
    unreachable: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=2),
        timedelta(days=1),
    )
    """Intervals after the first, second, third failure in a row; the last one repeats."""
    walled: timedelta = timedelta(hours=1)
    """After the first wall or limit; doubled at each one more, and never asked sooner."""
    walled_cap: timedelta = timedelta(days=7)
    absent: timedelta = ABSENT_SPACING
    """Between the looks that make a 404 count."""
    stated: timedelta = GONE_SPACING
    """Between the looks that make a 410 or a tombstone count."""


_LASTING = frozenset(
    {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.GONE}
)


def next_due(
    source: Source,
    verdict: Verdict,
    reading: Reading,
    looked_at: datetime,
    timetable: Timetable | None = None,
) -> datetime:
    """Return when to look again; ``reading`` is of the look just made, at ``looked_at``."""
    table = timetable or Timetable()
    if reading.signal is Signal.OFFLINE:
        return looked_at + table.offline
    return looked_at + _interval(source, verdict, reading, looked_at, table)


def _interval(
    source: Source, verdict: Verdict, reading: Reading, looked_at: datetime, table: Timetable
) -> timedelta:
    usual = _by_age(source, looked_at, table)
    match verdict.kind:
        case VerdictKind.PRESENT | VerdictKind.MOVED:
            return min(usual, _until_final(reading, looked_at, table) or usual)
        case VerdictKind.SUSPECT:
            return min(usual, table.stated if verdict.cause in _LASTING else table.absent)
        case VerdictKind.UNREACHABLE:
            failures = min(len(verdict.rests_on), len(table.unreachable))
            return min(usual, table.unreachable[failures - 1])
        case VerdictKind.UNKNOWN:
            doubled = table.walled * (1 << min(len(verdict.rests_on) - 1, 20))
            return min(doubled, table.walled_cap, max(usual, table.walled))
        case VerdictKind.GONE | VerdictKind.RESTRICTED:
            return usual


def _by_age(source: Source, looked_at: datetime, table: Timetable) -> timedelta:
    age = looked_at - (source.posted_at or source.added_at)
    usual = max(table.floor, min(age * table.share, table.cap))
    soon = [source.added_at + wait - looked_at for wait in table.after_adding]
    return min([usual, *(wait for wait in soon if wait >= table.floor)])


def _until_final(reading: Reading, looked_at: datetime, table: Timetable) -> timedelta | None:
    """Return the time until a post can no longer be edited, or None when it cannot already."""
    until = reading.post.editable_until if reading.post else None
    if until is None or until + table.after_edits <= looked_at:
        return None
    return until + table.after_edits - looked_at
