"""From what schedules found to the figures that compare them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.simulation.curves import DAY, HOUR, MINUTE
from archiver.simulation.found import Event, Tally, What

BANDS = (
    ("< 1 h", 0.0, HOUR),
    ("1-24 h", HOUR, DAY),
    ("1-7 d", DAY, 7 * DAY),
    ("7-30 d", 7 * DAY, 30 * DAY),
    ("later", 30 * DAY, math.inf),
)
"""Ages at which something happened."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How late events were found; seconds, None where there was none to find.

    ``happened`` counts them, ``found`` those that a look showed before they were undone.
    """

    happened: int
    found: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one schedule did. ``bands`` are in the order of ``BANDS``.

    ``bracket`` is the median time from the last look before an event to the first after it, in
    seconds, and ``bracket_of_age`` its median share of the source's age at that first look.
    """

    what: What
    schedule: str
    looks_per_year: float
    delays: Delays
    bands: tuple[Delays, ...]
    bracket: float | None
    bracket_p90: float | None
    bracket_of_age: float | None


def figures_of(tally: Tally, what: What) -> Figures:
    """Return the figures of one schedule for one sort of events."""
    events = tally.of(what)
    brackets = [event.bracket for event in events if event.bracket is not None]
    shares = [
        event.bracket / (event.age + event.delay)
        for event in events
        if event.bracket is not None and event.delay is not None and event.age + event.delay > 0
    ]
    return Figures(
        what=what,
        schedule=tally.name,
        looks_per_year=tally.looks_per_year,
        delays=_delays(events),
        bands=tuple(
            _delays([event for event in events if low <= event.age < high])
            for _, low, high in BANDS
        ),
        bracket=quantile(brackets, 0.5),
        bracket_p90=quantile(brackets, 0.9),
        bracket_of_age=quantile(shares, 0.5),
    )


def _delays(events: Sequence[Event]) -> Delays:
    found = [event.delay for event in events if event.delay is not None]
    return Delays(len(events), len(found), quantile(found, 0.5), quantile(found, 0.9))


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return a quantile, between two values in proportion; None of no values."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def in_words(seconds: float | None) -> str:
    """Say a duration with two or three figures: ``9 min``, ``1.5 h``, ``38 h``, ``12 d``."""
    if seconds is None:
        return "-"
    for unit, size, least in (("d", DAY, 3 * DAY), ("h", HOUR, HOUR), ("min", MINUTE, 0.0)):
        if seconds >= least:
            number = seconds / size
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return "0 min"
