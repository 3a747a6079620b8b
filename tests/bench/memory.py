"""What a day of looks leaves in the daemon's memory.

::

    python -m tests.bench.memory [--looks 100000] [--sources 1000] [--days 1] [--step-s 5]

A real service in this process lives through a day, or several, of a clock that is moved on, by a
daemon's own five seconds between two ticks: at each step its ticker's jobs that came due are done,
as many sources are due as make the looks of the day, and the clock goes on when nothing is in hand.
Longer steps make bursts: at a minute 69 looks come at once. The site is a process of its own on loopback. Every
source is captured before, so that its looks are light ones. The resident memory is read every so
many looks, as it is and after what is free was handed back once more, as with each tick. Slopes are
those of the straight line through the second half of the readings, by least squares. Aims: at most
250 MB, and a slope of about nothing: of what is kept a day adds 1 MB at most, with what lies free
between two ticks 10 MB; the latter stands still when all that is free was touched once. ``peak_mb``
is what the kernel saw between the readings, too, from the start of the process on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select, update
from typing_extensions import override

from archiver.cli.logs import set_up
from archiver.daemon.heap import give_back, set_up_allocator, settle
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.service import Service
from archiver.daemon.start import Kind, service_of
from archiver.flow.seldom import Errand
from archiver.settings import LogSettings, load
from archiver.store.tables import observations, sources
from archiver.wiring import Archive
from archiver.wiring.clock import SystemClock
from tests.bench.looks import a_site, make_round, register, write_settings

DAY = timedelta(days=1)
LATER = timedelta(days=3650)
MOST_MB = 250
MOST_GROWTH_MB, MOST_KEPT_GROWTH_MB = 10, 1
SAMPLES = 100
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Reading = tuple[int, int, int]
"""After how many looks, the bytes that are resident, and those that are kept."""


class MovedClock(SystemClock):
    """The machine's clock, and as much ahead of it as it was moved on."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    @override
    def now(self) -> datetime:
        return super().now() + self._ahead

    @override
    def steady(self) -> timedelta:
        return super().steady() + self._ahead

    def advance(self, duration: timedelta) -> None:
        """Move it on."""
        self._ahead += duration


class Day:
    """A day of a service, step by step."""

    def __init__(self, archive: Archive, service: Service, clock: MovedClock) -> None:
        self._database: Any = archive.outside.store.database  # type: ignore[attr-defined]
        self._service, self._clock = service, clock
        self._ids: list[str] = []
        self._next = 0
        self._done_at: dict[str, timedelta] = {}

    async def prepare(self) -> None:
        """Let no source be due by itself."""
        later = update(sources).values(next_due_at=self._clock.now() + LATER)
        await self._database.write(lambda c: c.execute(later).rowcount)
        self._ids = await self._database.read(lambda c: list(c.scalars(select(sources.c.id))))

    async def looks(self) -> int:
        """Count the looks that were committed."""
        count = select(func.count()).select_from(observations)
        return int(await self._database.read(lambda c: c.execute(count).scalar_one()))

    async def step(self, length: timedelta, number: int) -> None:
        """Let so many sources be due, do what the ticker would, and wait until it is done."""
        self._clock.advance(length)
        await self._make_due(number)
        jobs = self._service._jobs()
        for name, (every, duties) in jobs.items():
            if self._is_due(name, every):
                await self._do(duties)
        await self._service.idle()

    async def _make_due(self, number: int) -> None:
        ids = [self._ids[(self._next + one) % len(self._ids)] for one in range(number)]
        self._next += number
        rows = [{"source": one} for one in ids]
        due = update(sources).where(sources.c.id == bindparam("source"))
        now = due.values(next_due_at=self._clock.now())
        if rows:
            await self._database.write(lambda c: c.execute(now, rows).rowcount)

    def _is_due(self, name: str, every: timedelta) -> bool:
        now = self._clock.steady()
        if name in self._done_at and now - self._done_at[name] < every:
            return False
        self._done_at[name] = now
        return True

    async def _do(self, duties: Mapping[str, Errand]) -> None:
        for name, work in duties.items():
            await self._service._rota.see_to(name, work)


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_BYTES


async def reading(looks: int) -> Reading:
    """Return after so many looks what is resident, and what is when the free is handed back."""
    before = resident()
    await give_back()
    return looks, before, resident()


async def live(home: Path, port: int, options: argparse.Namespace) -> list[Reading]:
    """Live through the days; return the readings."""
    write_settings(home, port, "")
    clock, length = MovedClock(), timedelta(seconds=options.step_s)
    steps, looks = options.days * DAY // length, options.days * options.looks
    async with Archive(home, settings=load(home), clock=clock, meter=PrometheusMeter()) as archive:
        await register(archive, options.sources)
        await make_round(archive, options.sources)
        day = Day(archive, service_of(archive, Kind.DAEMON), clock)
        await day.prepare()
        settle()  # as a daemon does, before its ticks begin
        begun, asked, every = await day.looks(), 0, max(1, options.looks // SAMPLES)
        samples = [await reading(0)]
        for step in range(steps):
            wanted = looks * (step + 1) // steps - asked
            await day.step(length, wanted)
            asked += wanted
            if asked - samples[-1][0] >= every or step == steps - 1:
                samples.append(await reading(asked))
        made = await day.looks() - begun
    assert made >= looks, f"{made} of {looks} looks were made"
    return samples


def report(samples: list[Reading], looks: int) -> dict[str, float]:
    """Return what the samples tell of days of so many looks."""
    half = samples[len(samples) // 2 :]
    line = statistics.linear_regression([n for n, _, _ in half], [size for _, size, _ in half])
    kept = statistics.linear_regression([n for n, _, _ in half], [size for _, _, size in half])
    return {
        "looks": samples[-1][0],
        "first_mb": round(samples[0][1] / 1e6, 1),
        "half_mb": round(half[0][1] / 1e6, 1),
        "last_mb": round(samples[-1][1] / 1e6, 1),
        "most_mb": round(max(size for _, size, _ in samples) / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        "growth_mb": round(line.slope * looks / 1e6, 1),
        "kept_half_mb": round(half[0][2] / 1e6, 1),
        "kept_last_mb": round(samples[-1][2] / 1e6, 1),
        "kept_growth_mb": round(kept.slope * looks / 1e6, 1),
        "bytes_per_look": round(line.slope, 1),
        "kept_bytes_per_look": round(kept.slope, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--looks", type=int, default=100_000, help="of a day")
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--step-s", type=int, default=5)
    options = parser.parse_args()
    with (
        a_site() as port,
        tempfile.TemporaryDirectory(prefix="archiver-memory-") as home,
        (Path(home) / "log").open("w") as log,
    ):
        set_up(LogSettings(format="json"), to=log)
        set_up_allocator()  # as a daemon does, before its threads begin
        samples = asyncio.run(live(Path(home), port, options))
    figures = report(samples, options.looks)
    print(json.dumps({**figures, "samples": samples}))
    grows = figures["growth_mb"] > MOST_GROWTH_MB
    grows |= figures["kept_growth_mb"] > MOST_KEPT_GROWTH_MB
    return 1 if grows or figures["most_mb"] > MOST_MB else 0


if __name__ == "__main__":
    sys.exit(main())
