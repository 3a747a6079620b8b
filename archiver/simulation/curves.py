"""When things are removed and edited, as curves to draw from.

Shares up to three months are published; what comes between two published points is spread evenly
over the logarithm of the age, and what comes later is an assumption that is named as one.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of things to which something has happened by an age.

    ``points`` are (age in seconds, share), both ascending, from a share of 0. ``hazard`` is the
    rate a year at which it happens to what is left after the last point.
    """

    points: Sequence[tuple[float, float]]
    hazard: float = 0.0

    def share_by(self, age: float) -> float:
        """Return the share of things to which it has happened at that age, in seconds."""
        ages = [point[0] for point in self.points]
        place = bisect_right(ages, age)
        if place == 0:
            return 0.0
        (start, low) = self.points[place - 1]
        if place == len(self.points):
            return 1 - (1 - low) * math.exp(-self.hazard * (age - start) / YEAR)
        (end, high) = self.points[place]
        return low + (high - low) * math.log(age / start) / math.log(end / start)

    def draw(self, rng: Random) -> float:
        """Return the age at which it happens to one thing, in seconds; infinite for never."""
        share = rng.random()
        shares = [point[1] for point in self.points]
        place = bisect_right(shares, share)
        if place == len(self.points):
            return self._draw_late(share)
        (start, low), (end, high) = self.points[place - 1], self.points[place]
        return start * math.pow(end / start, (share - low) / (high - low))

    def _draw_late(self, share: float) -> float:
        start, low = self.points[-1]
        if self.hazard <= 0:
            return math.inf
        return start - math.log((1 - share) / (1 - low)) * YEAR / self.hazard


# About 1 % within an hour, 3 % within a day, 10 % within a week, 15 % within a month, 18 % within
#   three months. Source: Pew Research Center, "When Online Content Disappears", May 2024; the
#   times of an hour, a day and a week as reported from it. What goes later is an assumption, with
#   the clean-ups of whole accounts beside it: together about 5 % a year.
POSTS = Curve(
    ((MINUTE, 0.0), (HOUR, 0.01), (DAY, 0.03), (7 * DAY, 0.10), (30 * DAY, 0.15), (90 * DAY, 0.18)),
    hazard=0.02,
)

# 27.4 % of 608,723 articles of 17 outlets were changed after publication, most of them in the
#   first two days. Source: the study of those articles, as told in 2026-11. How the changes lie
#   within the two days is an assumption.
NEWS_EDITS = Curve(
    (
        (MINUTE, 0.0),
        (HOUR, 0.055),
        (6 * HOUR, 0.12),
        (DAY, 0.18),
        (2 * DAY, 0.21),
        (7 * DAY, 0.245),
        (30 * DAY, 0.262),
        (365 * DAY, 0.274),
    )
)

LINKS = (0.05, 0.26)
"""Hazards of links a year, from the best to the worst kind of host. Source: Pew 2024 (25 % of ten
years' pages), Zittrain 2021 (25 % of deep links), Hiberlink (13 to 22 % in two years)."""
