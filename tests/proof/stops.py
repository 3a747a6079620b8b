"""SIGTERM under load, again and again: exit 0 within the grace, and no process left.

::

    python -m tests.proof.stops --database sqlite --stops 50 --seed 1

Most daemons are stopped while they look and capture, a share while they begin to queue a large backlog, and
a share while the database stands still: a server all of whose processes are stopped, a file that another
process keeps for itself.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from archiver.model.source import SourceRef
from archiver.store.sources import register_sources
from archiver.store.store import SqlStore
from archiver.store.tables import jobs, observations
from tests.acceptance.world import left_behind, throw_away_of
from tests.postgres import Server
from tests.proof.running import (
    Running,
    Site,
    arguments,
    damaged_files,
    environment,
    lost_of,
    register,
    report,
)

GRACE_S = 5.0
ALLOWED_S = GRACE_S + 2
EACH = 400  # sources registered for one stop: more than a daemon gets done before it
AT_START = 5  # one of so many is stopped while it begins
STILL = 10  # one of so many is stopped while the database stands still
HANGS_S = 60.0  # an end that takes longer does not come: the daemon is killed
BACKLOG = 20_000  # sources due then: more than are queued while it begins


@dataclass
class Stopped:
    """What came of it. ``seconds`` is how long each end took, soonest first."""

    database: str
    stops: int = 0
    at_start: int = 0  # of these
    still: int = 0  # of these
    exit_codes: dict[int, int] = field(default_factory=dict)  # {0: stops}
    seconds: list[float] = field(default_factory=list)
    too_late: int = 0  # 0
    left_behind: int = 0  # 0
    deaths: int = 0  # 0: a job given back in order counts no death
    still_running: int = 0  # 0: jobs that a stopped daemon left claimed
    looks: int = 0  # more than none
    acknowledged: int = 0
    acknowledged_lost: int = 0  # 0
    damaged: int = 0  # 0

    @property
    def is_well(self) -> bool:
        wrong = (
            self.too_late,
            self.left_behind,
            self.deaths,
            self.still_running,
            self.acknowledged_lost,
            self.damaged,
        )
        return not any(wrong) and set(self.exit_codes) == {0} and self.looks > 0


Still = Callable[[], AbstractContextManager[None]]
"""Lets the database stand still meanwhile."""


async def prove(
    home: Path, database: str, still: Still, stops: int, seed: int, backlog: int = BACKLOG
) -> Stopped:
    """Start, let it work, stop; the same while it begins, and while the database stands still."""
    stopped = Stopped("postgresql" if database else "sqlite")
    stopped.at_start, stopped.still = -(-stops // AT_START), -(-stops // STILL)
    usual = stops - stopped.at_start - stopped.still
    async with Site(pages=20, delay_s=0.2) as site:
        env = environment(home, database, site, daemon__grace_s=f"{GRACE_S}")
        scene = _Scene(home, env, random.Random(seed), stopped, set())
        await register(home, database, site, EACH * (stops - stopped.at_start))
        for _ in range(usual):
            await scene.stop(lambda actions: actions["look"] >= 5)
        await _count(home, database, stopped)  # those who cannot say so give nothing back
        for _ in range(stopped.still):
            await scene.stop(lambda actions: actions["look"] >= 5, still)
        await _fall_due(home, database, site, backlog)
        for _ in range(stopped.at_start):
            await scene.stop(lambda actions: actions["started"] > 0)
    stopped.seconds.sort()
    await _look_for(scene.acknowledged, home, database, stopped)
    shutil.rmtree(throw_away_of(home), ignore_errors=True)
    return stopped


@dataclass
class _Scene:
    home: Path
    env: dict[str, str]
    draw: random.Random
    stopped: Stopped
    acknowledged: set[str]

    async def stop(
        self, is_there: Callable[[Counter[str]], bool], still: Still = nullcontext
    ) -> None:
        """Start a daemon, and stop it up to a second after its log says that it is there."""
        daemon, stopped = Running("daemon", self.env, self.acknowledged), self.stopped
        await daemon.start()
        await daemon.until(is_there)
        await asyncio.sleep(self.draw.uniform(0, 1))
        with still():
            await asyncio.sleep(self.draw.uniform(0, 1))
            begun = time.monotonic()
            code = await _end(daemon)
            took = time.monotonic() - begun
            stopped.left_behind += len(left_behind(self.home))
        stopped.stops += 1
        stopped.exit_codes[code] = stopped.exit_codes.get(code, 0) + 1
        stopped.seconds.append(round(took, 2))
        stopped.too_late += took > ALLOWED_S


async def _end(daemon: Running) -> int:
    """Tell a daemon to stop and return its exit code; kill it when it hangs."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HANGS_S):
            return await daemon.end(signal.SIGTERM)
    return await daemon.end(signal.SIGKILL)


async def _fall_due(home: Path, database: str, site: Site, many: int) -> None:
    """Add a backlog in one transaction: one by one it would take as long as the proof."""
    urls = [f"{site.url(number)}/due" for number in range(many)]
    refs = [SourceRef("web", url, url) for url in urls]
    store = await SqlStore.open(home, database or None)
    await store.database.write(partial(register_sources, refs=refs, at=datetime.now(UTC)))
    await store.close()


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


async def _look_for(acknowledged: set[str], home: Path, database: str, stopped: Stopped) -> None:
    store = await SqlStore.open(home, database or None)
    try:
        stopped.acknowledged = len(acknowledged)
        stopped.acknowledged_lost = await lost_of(acknowledged, store)
        stopped.damaged = await damaged_files(home, store)
    finally:
        await store.close()


@contextmanager
def standing(engine: str, home: Path) -> Iterator[tuple[str, Still]]:
    """Yield the address of a new database, and what lets it stand still."""
    if engine == "sqlite":
        yield "", partial(_kept, home / "archiver.db")
        return
    server = Server({"fsync": "on"})
    try:
        yield server.url(server.create()), server.standing_still
    finally:
        server.stop()


@contextmanager
def _kept(file: Path) -> Iterator[None]:
    """Write to an SQLite file and do not come to an end."""
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def main() -> int:
    options = arguments(__doc__, "stops", 50).parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="archiver-stops-") as folder,
        standing(options.database, Path(folder)) as (database, still),
    ):
        home = Path(folder)
        return report(asyncio.run(prove(home, database, still, options.stops, options.seed)))


if __name__ == "__main__":
    raise SystemExit(main())
