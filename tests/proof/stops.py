"""SIGTERM under load, again and again: exit 0 within the grace, and no process left.

::

    python -m tests.proof.stops --database sqlite --stops 50 --seed 1
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from archiver.store.store import SqlStore
from archiver.store.tables import jobs, observations
from tests.acceptance.world import left_behind, throw_away_of
from tests.proof.running import Running, Site, arguments, database_of, environment, register, report

GRACE_S = 5.0
ALLOWED_S = GRACE_S + 2
EACH = 400  # sources registered for one stop: more than a daemon gets done before it


@dataclass
class Stopped:
    """What came of it. ``seconds`` is how long each end took, soonest first."""

    database: str
    stops: int = 0
    exit_codes: dict[int, int] = field(default_factory=dict)  # {0: stops}
    seconds: list[float] = field(default_factory=list)
    too_late: int = 0  # 0
    left_behind: int = 0  # 0
    deaths: int = 0  # 0: a job given back in order counts no death
    still_running: int = 0  # 0: jobs that a stopped daemon left claimed
    looks: int = 0  # more than none

    @property
    def is_well(self) -> bool:
        wrong = (self.too_late, self.left_behind, self.deaths, self.still_running)
        return not any(wrong) and set(self.exit_codes) == {0} and self.looks > 0


async def prove(home: Path, database: str, stops: int, seed: int) -> Stopped:
    """Start, let it work, stop; then count."""
    draw, stopped = random.Random(seed), Stopped("postgresql" if database else "sqlite")
    async with Site(pages=20, delay_s=0.2) as site:
        env = environment(home, database, site, daemon__grace_s=f"{GRACE_S}")
        await register(home, database, site, EACH * stops)
        for _ in range(stops):
            daemon = Running("daemon", env, set())
            await daemon.start()
            await daemon.until(lambda actions: actions["look"] >= 5)
            await asyncio.sleep(draw.uniform(0, 1))
            begun = time.monotonic()
            code = await daemon.end(signal.SIGTERM)
            took = time.monotonic() - begun
            stopped.stops += 1
            stopped.exit_codes[code] = stopped.exit_codes.get(code, 0) + 1
            stopped.seconds.append(round(took, 2))
            stopped.too_late += took > ALLOWED_S
            stopped.left_behind += len(left_behind(home))
    stopped.seconds.sort()
    await _count(home, database, stopped)
    shutil.rmtree(throw_away_of(home), ignore_errors=True)
    return stopped


async def _count(home: Path, database: str, stopped: Stopped) -> None:
    store = await SqlStore.open(home, database or None)
    try:
        deaths = select(func.coalesce(func.sum(jobs.c.deaths), 0))
        running = select(func.count()).where(jobs.c.state == "running")
        looks = select(func.count()).select_from(observations)
        stopped.deaths, stopped.still_running, stopped.looks = await store.database.read(
            lambda c: tuple(
                int(c.execute(query).scalar_one()) for query in (deaths, running, looks)
            )
        )
    finally:
        await store.close()


def main() -> int:
    options = arguments(__doc__, "stops", 50).parse_args()
    with (
        database_of(options.database) as database,
        tempfile.TemporaryDirectory(prefix="archiver-stops-") as home,
    ):
        return report(asyncio.run(prove(Path(home), database, options.stops, options.seed)))


if __name__ == "__main__":
    raise SystemExit(main())
