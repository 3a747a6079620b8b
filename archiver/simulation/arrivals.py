"""When sources of a large archive come due, and how they lie on domains, for ``scale``."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from archiver.judge.timetable import Past, Timetable, next_due
from archiver.model.inquiry import PageText, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import Source, SourceRef
from archiver.model.verdict import Verdict, VerdictKind
from archiver.simulation.curves import MINUTE, YEAR
from archiver.simulation.web import START, Kind

STEPS = 400
"""Ages at which the timetable is asked, from a minute to ten years, each a little later."""
_OLDEST = 10 * YEAR
_OURS = 7  # sources whose own jitter is evened out


@dataclass(frozen=True, slots=True)
class Mix:
    """What sources are, where they are, and how often a look brings news. All are assumptions.

    ``platforms`` are the shares of single large domains; the rest is spread over one domain for
    twenty sources, the n-th largest with a share in proportion to 1/n. ``news`` are the shares of
    looks that a capture follows.
    """

    kinds: tuple[Kind, ...] = (Kind.POSTS, Kind.NEWS, Kind.PAGES)
    weights: tuple[float, ...] = (0.4, 0.3, 0.3)
    news: tuple[float, ...] = (0.01, 0.05, 0.10)
    platforms: tuple[float, ...] = (0.10, 0.05, 0.03, 0.02)
    per_domain: int = 20

    def news_of(self, kind: Kind) -> float:
        """Return how likely a look at such a source brings news."""
        return self.news[self.kinds.index(kind)]

    def sizes(self, sources: int) -> Iterator[int]:
        """Yield how many sources each domain has, the platforms first."""
        for share in self.platforms:
            yield round(sources * share)
        rest = round(sources * (1 - sum(self.platforms)))
        count = max(rest // self.per_domain, 1)
        total = math.log(count) + 0.5772
        given = wished = 0.0
        for rank in range(1, count + 1):
            wished += rest / rank / total
            size = round(wished - given)
            given += size
            if size:
                yield size


class Intervals:
    """How long a source that is there waits for its next look, by kind and age in seconds."""

    def __init__(self, table: Timetable | None = None) -> None:
        step = math.log(_OLDEST / MINUTE) / STEPS
        self._ages = [0.0, *(MINUTE * math.exp(step * place) for place in range(STEPS + 1))]
        self._waits = {
            kind: [_mean_wait(kind, age, table or Timetable()) for age in self._ages]
            for kind in Kind
        }

    def after(self, kind: Kind, age: float) -> float:
        """Return the wait after a look at that age."""
        place = bisect_right(self._ages, age) - 1
        return self._waits[kind][place]


def _mean_wait(kind: Kind, age: float, table: Timetable) -> float:
    waits = [_wait(kind, age, table, number) for number in range(_OURS)]
    return sum(waits) / len(waits)


def _wait(kind: Kind, age: float, table: Timetable, number: int) -> float:
    """Ask the timetable: of a source that was added as it was published, that long ago."""
    at = START + timedelta(seconds=age)
    reading = _reading(kind)
    platform = "x" if kind is Kind.POSTS else "web"
    ref = SourceRef(platform, f"{kind}{number}", f"https://{kind}.example/{number}")
    source = replace(_SOURCE, id=f"{kind} {number}", ref=ref)
    due = next_due(source, _PRESENT, reading, at, table, past=Past(reading))
    return max((due - at).total_seconds(), MINUTE)


def _reading(kind: Kind) -> Reading:
    if kind is Kind.POSTS:
        said = Post("1", "Words.", "7", "Somebody", "somebody", created_at=START)
        return Reading(Signal.PRESENT, "It is there.", post=said)
    is_news = kind is Kind.NEWS
    page = PageText("A page", "Words.", "Words.", "en", published_at=START, is_news=is_news)
    return Reading(Signal.PRESENT, "It is there.", page=page)


_SOURCE = Source("s", SourceRef("web", "s", "https://s.example/"), START, START)
_PRESENT = Verdict(VerdictKind.PRESENT, "served", "It is there.", START - timedelta(days=1), ())
