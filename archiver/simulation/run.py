"""One simulation: a timetable against fixed intervals, on the same webs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from archiver.judge.timetable import Timetable
from archiver.simulation.curves import DAY, YEAR
from archiver.simulation.figures import Figures, figures_of
from archiver.simulation.fixed import reckon
from archiver.simulation.follow import follow
from archiver.simulation.found import Tally, What, together
from archiver.simulation.web import USUAL, Kind, Troubles, make_web

AS_MANY = "as many looks"
"""Names the fixed interval with as many looks a year as the timetable."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What each schedule found on the same webs; the timetable first, then fixed intervals."""

    tallies: tuple[Tally, ...]

    @property
    def timetable(self) -> Tally:
        """What the timetable found."""
        return self.tallies[0]

    def figures(self, what: What) -> list[Figures]:
        """Return the figures of every schedule for one sort of events; none if none happened."""
        if not self.timetable.of(what):
            return []
        return [figures_of(tally, what) for tally in self.tallies]


def simulate(
    kinds: Sequence[Kind],
    sources: int,
    years: float,
    seed: int,
    *,
    table: Timetable | None = None,
    troubles: Troubles = USUAL,
) -> Simulated:
    """Follow so many sources for some years each; the same seed gives the same result.

    ``sources`` are shared out evenly among the kinds, and each kind has a fixed interval of its
    own that costs as many looks as the timetable takes for it.
    """
    found: list[list[Tally]] = []
    for place, kind in enumerate(kinds):
        count = sources // len(kinds) + (place < sources % len(kinds))
        if not count:
            continue
        web = make_web(kind, count, years, Random(f"{seed} {kind}"), troubles)  # noqa: S311
        ours = follow(web, table or Timetable())
        fixed = (
            ("daily", DAY),
            ("weekly", 7 * DAY),
            (AS_MANY, YEAR / ours.looks_per_year),
        )
        found.append([ours, *(reckon(web, name, interval) for name, interval in fixed)])
    return Simulated(tuple(together(column) for column in zip(*found, strict=True)))
