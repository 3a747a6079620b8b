"""Many sources at once: what one host is asked in a day, and who is asked first."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one host is asked: so many looks in any 24 hours, and so long between two."""

    per_day: int = 2000
    spacing: timedelta = timedelta(seconds=5)


def within_budget(
    due_at: datetime, busy: Sequence[datetime], budget: Budget | None = None
) -> datetime:
    """Return the earliest moment from ``due_at`` on at which one more look keeps the budget.

    ``busy`` are the looks planned or made at the same host, in any order. What is there already is
    not moved, also where it breaks the budget by itself.
    """
    planned, budget = sorted(busy), budget or Budget()
    at = due_at
    while True:
        later = _after_neighbours(at, planned, budget.spacing)
        later = _after_full_days(later, planned, budget.per_day)
        if later == at:
            return at
        at = later


def _after_neighbours(at: datetime, planned: Sequence[datetime], spacing: timedelta) -> datetime:
    """Move on until no planned look is nearer than the spacing."""
    place = bisect_right(planned, at - spacing)
    while place < len(planned) and planned[place] < at + spacing:
        at = max(at, planned[place] + spacing)
        place += 1
    return at


def _after_full_days(at: datetime, planned: Sequence[datetime], per_day: int) -> datetime:
    """Move on until no 24 hours that hold the new look hold more than ``per_day``."""
    place = bisect_right(planned, at)
    for first in range(place - 1, max(place - per_day, 0) - 1, -1):
        # With the new look among them, planned[first] begins a stretch of per_day + 1 looks.
        last = first + per_day - 1
        if last < len(planned) and max(planned[last], at) - planned[first] < DAY:
            return planned[first] + DAY
    last = place + per_day - 1
    if last < len(planned) and planned[last] - at < DAY:
        return planned[place]
    return at


def pulled_forward(now: datetime, index: int, spread: timedelta = timedelta(minutes=1)) -> datetime:
    """Return when the next source of an account is looked at that just lost a post.

    ``index`` counts its other sources from 0; one that is due sooner anyway stays so. A deletion is
    often one of many, but asking for all of them at once would look like an attack, and be answered
    like one.
    """
    return now + (index + 1) * spread


def lean(source_id: str) -> float:
    """Return a number from -1 to 1 that is always the same for a source.

    It decides by how much its looks come sooner or later than those of others, so that sources
    that were added together are not asked for together for ever.
    """
    digest = hashlib.sha256(source_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / (2**63) - 1.0
