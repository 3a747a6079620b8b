"""How often a page changes, from our own looks at it, and how often it is worth looking at.

Looks are irregular, so the rate is the most likely one of a Poisson process, found by bisection.
To it comes half a look that found no change, over an interval of middling length: without that, a
page that changed at every look would have no finite rate, and with equal intervals the estimate is
then exactly Cho and Garcia-Molina's, -log((n - X + 0.5) / (n + 0.5)). Of the means that could say
what is middling, the geometric one errs least at ladders of ages, by simulation. Source: Cho and
Garcia-Molina, "Estimating frequency of change", ACM TOIT 3(3), 2003.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from archiver.model.inquiry import Reading
from archiver.model.observation import Observation
from archiver.model.signals import Signal

RECENT = 24  # looks that count: a page may calm down, and old looks would hide it
APART = timedelta(hours=1)
"""Two looks nearer than this tell noise from text; what differs between them is no change."""
DAY = timedelta(days=1)

Print = tuple[datetime, str]
"""When a look was made, and the fingerprint of what it showed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a source changed between our looks.

    ``compared`` is the number of pairs of looks, ``changed`` how many of them differ, ``per_day``
    the estimate (0 when none differs). ``noisy`` is true when looks minutes apart differ: then
    every look would find a "change", and the estimate means nothing. ``shown`` counts the looks
    that were comparable at all, this one included.
    """

    shown: int
    compared: int
    changed: int
    per_day: float
    noisy: bool = False

    def worthwhile(self, price: timedelta) -> timedelta | None:
        """Return the interval at which looks are worth their price; None when none is.

        A look is worth the time for which it keeps us up to date. That grows with the rate of
        change at first, and falls again when a page changes faster than it can be followed: the
        next change makes the look worthless. From a rate of 1 / price on, no interval pays. With r
        changes to be expected between two looks, the best r solves
        1 - (1 + r) exp(-r) = rate * price.
        Source: Cho and Garcia-Molina, "Effective page refresh policies", ACM TODS 28(4), 2003.
        """
        cost = self.per_day * (price / DAY)
        if self.noisy or cost >= 1:
            return None
        if cost <= 0:
            return timedelta.max
        expected = _bisect(lambda r: 1 - (1 + r) * math.exp(-r) < cost, 0.0, 64.0)
        days = expected / self.per_day
        return timedelta(days=days) if days < timedelta.max.days else timedelta.max


def rate_of(observations: Iterable[Observation]) -> Rate:
    """Return how often a source changed, by the looks that showed it; their order is free."""
    return estimate(prints_of(observations))


def prints_of(observations: Iterable[Observation]) -> list[Print]:
    """Return the newest looks that showed something to compare, oldest first.

    Only looks that were read the same way as the newest one count: another extractor, or the
    rendered page instead of the raw one, is no change of the page.
    """
    shown = [seen for seen in observations if seen.reading.signal is Signal.PRESENT]
    shown.sort(key=lambda seen: (seen.at, seen.id))
    alike = [seen for seen in shown if _form(seen.reading) == _form(shown[-1].reading)]
    known: dict[str, str | None] = {}
    prints = [(seen.at, _print(seen.reading, known)) for seen in alike[-RECENT:]]
    return [(at, print_) for at, print_ in prints if print_ is not None]


def _print(reading: Reading, known: dict[str, str | None]) -> str | None:
    """Return a reading's fingerprint; of texts that are the same it is worked out once."""
    page = reading.page
    if page is None or reading.post is not None or reading.content_sha256 is not None:
        return reading.fingerprint
    text = page.visible if page.main is None else page.main
    if text not in known:
        known[text] = reading.fingerprint
    return known[text]


def _form(reading: Reading) -> tuple[bool, str] | None:
    return (reading.page.rendered, reading.page.extractor) if reading.page else None


def estimate(prints: Sequence[Print]) -> Rate:
    """Return the rate of change behind fingerprints, oldest first."""
    noisy = False
    changed: list[float] = []
    unchanged: list[float] = []
    for (before, was), (at, now) in pairwise(prints):
        if at - before < APART:
            noisy = noisy or was != now
        else:
            (unchanged if was == now else changed).append((at - before) / DAY)
    return Rate(
        shown=len(prints),
        compared=len(changed) + len(unchanged),
        changed=len(changed),
        per_day=_most_likely(changed, unchanged),
        noisy=noisy,
    )


def _most_likely(changed: Sequence[float], unchanged: Sequence[float]) -> float:
    """Return changes a day, from the days between looks that differ and that do not.

    The likelihood is greatest where the sum of t / (exp(rate * t) - 1) over the changed intervals
    equals the time without change; the left side falls as the rate grows.
    """
    if not changed:
        return 0.0
    intervals = [*changed, *unchanged]
    middling = math.exp(math.fsum(map(math.log, intervals)) / len(intervals))
    still = sum(unchanged) + middling / 2

    def is_low(rate: float) -> bool:
        return sum(t / math.expm1(min(rate * t, 700.0)) for t in changed) > still

    return _bisect(is_low, 0.0, 64.0 / min(changed))


def _bisect(is_low: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        if is_low(middle):
            low = middle
        else:
            high = middle
    return high
