"""How late the default timetable finds what happens, beside a fixed interval that costs as much.

``python -m tests.measure.timetable [SEED [SOURCES]]``. Removals of posts and edits of news lie
early in a thing's life, and there the timetable has to be better by the aim; pages are lost at any
age alike, where no schedule can beat a fixed interval, and it is printed what that costs.
"""

from __future__ import annotations

import sys

from archiver.simulation.figures import Figures, in_words
from archiver.simulation.found import What
from archiver.simulation.run import AS_MANY, simulate
from archiver.simulation.web import Kind

AIM = 0.40
AIMED_AT = ((Kind.POSTS, What.REMOVED), (Kind.NEWS, What.EDITED))


def better_by(figures: list[Figures]) -> float:
    """Return by how much the timetable's median delay is below the fixed interval's, as a share."""
    ours = figures[0]
    fixed = next(one for one in figures if one.schedule == AS_MANY)
    assert ours.delays.median is not None
    assert fixed.delays.median is not None
    return 1 - ours.delays.median / fixed.delays.median


def main(seed: int = 20261129, sources: int = 3000) -> int:
    """Print the figures; the exit code says whether the aims are met."""
    is_good = True
    for years in (1.0, 5.0):
        for kind in Kind:
            found = simulate([kind], sources, years, seed)
            for what in What:
                figures = found.figures(what)
                if not figures:
                    continue
                gain = better_by(figures)
                aim = (kind, what) in AIMED_AT and years == 1.0
                is_good = is_good and (gain >= AIM or not aim)
                print(
                    f"{kind} {what}, {years:g} a: {figures[0].delays.happened:,} events; "
                    f"better by {gain:.0%}{f' (aim {AIM:.0%})' if aim else ''}"
                )
                for one in figures:
                    bands = "  ".join(f"{in_words(band.median):>8}" for band in one.bands)
                    print(
                        f"  {one.schedule:<14}{one.looks_per_year:6.1f} looks/a  median "
                        f"{in_words(one.delays.median):>8}  p90 {in_words(one.delays.p90):>8}  by age {bands}"
                    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
