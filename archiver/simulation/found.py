"""What a schedule found of what happened, how late, and at what cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

GRACE = 200 * 86400.0
"""Seconds for which looks go on after the time is up, so that what happened late is found, too.
Without it a schedule would look the better the more it leaves unfound."""


class What(StrEnum):
    """What can happen to a source."""

    REMOVED = "removed"
    EDITED = "edited"


@dataclass(slots=True)
class Event:
    """One thing that happened to a source, and when it was found; all times in seconds.

    ``at`` is since the start, ``age`` the source's age then, ``until`` when a removed source came
    back, infinite for never. ``seen_at`` is the first look that showed it, ``last_seen_at`` the
    last look before that showed the source as it was; ``confirmed_at`` is the first verdict *gone*.
    """

    what: What
    at: float
    age: float
    until: float
    seen_at: float | None = None
    last_seen_at: float | None = None
    confirmed_at: float | None = None

    @property
    def delay(self) -> float | None:
        """From the event to the look that showed it, or None when none did."""
        return None if self.seen_at is None else self.seen_at - self.at

    @property
    def bracket(self) -> float | None:
        """From the last look before to the first after, or None when one of them is missing."""
        if self.seen_at is None or self.last_seen_at is None:
            return None
        return self.seen_at - self.last_seen_at


@dataclass(slots=True)
class Tally:
    """All that one schedule did on a web.

    ``rightly`` and ``wrongly`` count verdicts *gone* of sources that were truly gone at the time,
    or not, by what was said of them. ``doubted`` counts the first looks that found a source absent,
    by whether it truly was: what one look alone would have made of it.
    """

    name: str
    source_years: float
    looks: int = 0
    events: list[Event] = field(default_factory=list)
    rightly: Counter[str] = field(default_factory=Counter)
    wrongly: Counter[str] = field(default_factory=Counter)
    doubted: Counter[bool] = field(default_factory=Counter)

    @property
    def looks_per_year(self) -> float:
        """Looks at one source in a year, on average."""
        return self.looks / self.source_years

    @property
    def precision(self) -> float:
        """The share of verdicts *gone* that were right; 1 when there was none."""
        return _share(self.rightly.total(), self.wrongly.total())

    @property
    def precision_of_one_look(self) -> float:
        """The share of first looks that found a source absent and were right."""
        return _share(self.doubted[True], self.doubted[False])

    @property
    def recall(self) -> float:
        """The share of sources removed for good that were found gone."""
        lost = [event for event in self.of(What.REMOVED) if math.isinf(event.until)]
        found = sum(event.confirmed_at is not None for event in lost)
        return _share(found, len(lost) - found)

    @property
    def waits(self) -> list[float]:
        """Seconds from the first look that missed a source to the verdict *gone*, each."""
        return [
            event.confirmed_at - event.seen_at
            for event in self.of(What.REMOVED)
            if event.confirmed_at is not None and event.seen_at is not None
        ]

    def of(self, what: What) -> list[Event]:
        """Return the events of one sort."""
        return [event for event in self.events if event.what is what]


def together(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of what one schedule did on several webs."""
    found = list(tallies)
    return Tally(
        name=found[0].name,
        source_years=sum(one.source_years for one in found),
        looks=sum(one.looks for one in found),
        events=[event for one in found for event in one.events],
        rightly=sum((one.rightly for one in found), Counter()),
        wrongly=sum((one.wrongly for one in found), Counter()),
        doubted=sum((one.doubted for one in found), Counter()),
    )


def _share(some: int, rest: int) -> float:
    return some / (some + rest) if some + rest else 1.0
