"""How often *gone* is right under flapping, walls and outages, and how long it takes to say it.

``python -m tests.measure.confirmation [SEED [SOURCES]]``. The real judge and the real timetable
follow synthetic webs. An outage or a flap lasts a week at most, since what is not there for longer
is gone by any measure; "unbounded" is printed beside it, where longer ones count as errors, too.
"""

from __future__ import annotations

import math
import sys

from archiver.simulation.figures import in_words, quantile
from archiver.simulation.run import simulate
from archiver.simulation.web import USUAL, Kind

AIM = 0.995
WEBS = {
    "usual": USUAL,
    "three times the trouble": USUAL.times(3),
    "ten times the trouble": USUAL.times(10),
    "unbounded": USUAL.lasting(math.inf),
}


def main(seed: int = 20261129, sources: int = 3000) -> int:
    """Print the figures; the exit code says whether the aim is met under the usual trouble."""
    precision = {}
    for name, troubles in WEBS.items():
        print(f"{name}: {sources:,} sources of each kind, 2 years, seed {seed}")
        right = wrong = 0
        for kind in Kind:
            ours = simulate([kind], sources, 2.0, seed, troubles=troubles).timetable
            right, wrong = right + ours.rightly.total(), wrong + ours.wrongly.total()
            print(
                f"  {kind:<6} precision {ours.precision:.4f} ({ours.rightly.total():,} right, "
                f"{ours.wrongly.total()} wrong; one look alone {ours.precision_of_one_look:.3f})  "
                f"recall {ours.recall:.4f}  confirmed after median "
                f"{in_words(quantile(ours.waits, 0.5))}, p90 {in_words(quantile(ours.waits, 0.9))}"
            )
            for said, count in ours.wrongly.most_common():
                print(f"         wrong: {said} ({count})")
        precision[name] = right / (right + wrong)
        print(f"  all    precision {precision[name]:.4f} (aim {AIM})")
    return 0 if precision["usual"] >= AIM else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
