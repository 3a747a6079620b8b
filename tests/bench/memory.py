"""What a day of looks leaves in the daemon's memory.

::

    python -m tests.bench.memory [--looks 100000] [--sources 1000] [--days 1] [--step-s 5]

A real service in this process lives through a day, or several, of a clock that is moved on, by a
daemon's own five seconds between two ticks: at each step its ticker's jobs that came due are done,
as many sources are due as make the looks of the day, and the clock goes on when nothing is in hand.
Longer steps make bursts: at a minute 69 looks come at once. The site is a process of its own on
loopback. Every source is captured before, so that its looks are light ones. Every so many looks the
memory is read that is resident when the hands have come to rest; then what it is after the free
was handed back once more, which is what is kept; and the most that the kernel saw since the last
reading, amid looks. Slopes are those of the straight line by least squares, of a day's looks, from
a tenth of the first day on: until then SQLite's cache fills. Aims: at most 250 MB, the kernel's
peak included, and at rest a slope of about nothing. What looks use for a moment lies all over what
is free, which the allocator gives out in turn: the peaks grow until all of it was touched.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

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
MOST_GROWTH_MB = 2
WARM = 0.1
"""The share of the first day after which slopes are read."""
SAMPLES = 100
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Reading(NamedTuple):
    """Bytes after so many looks: at rest, once the free was handed back, and at the most before."""

    looks: int
    resident: int
    kept: int
    peak: int


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
        await asyncio.gather(*self._service._rota._out.values())  # what rest itself sends out

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


def peak() -> int:
    """Return the most bytes that were in memory since the last call, or the start."""
    status = Path("/proc/self/status").read_text("ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the most is what there is now
    return int(line.split()[1]) * 1024


async def reading(looks: int) -> Reading:
    """Read the memory after so many looks, at rest."""
    before, most = resident(), peak()
    await give_back()
    return Reading(looks, before, resident(), most)


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
            if asked - samples[-1].looks >= every or step == steps - 1:
                samples.append(await reading(asked))
        made = await day.looks() - begun
    assert made >= looks, f"{made} of {looks} looks were made"
    return samples


def report(samples: list[Reading], looks: int) -> dict[str, float]:
    """Return what the samples tell of days of so many looks."""
    warm = [one for one in samples if one.looks >= WARM * looks]

    def growth(sizes: Sequence[int]) -> float:
        line = statistics.linear_regression([one.looks for one in warm], sizes)
        return _mb(line.slope * looks)

    return {
        "looks": samples[-1].looks,
        "first_mb": _mb(samples[0].resident),
        "warm_mb": _mb(warm[0].resident),
        "last_mb": _mb(samples[-1].resident),
        "most_mb": _mb(max(one.resident for one in samples)),
        "peak_mb": _mb(max(one.peak for one in samples)),
        "growth_mb": growth([one.resident for one in warm]),
        "kept_growth_mb": growth([one.kept for one in warm]),
        "peak_growth_mb": growth([one.peak for one in warm]),
    }


def _mb(size: float) -> float:
    return round(size / 1e6, 1)


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
    return 1 if figures["growth_mb"] > MOST_GROWTH_MB or figures["peak_mb"] > MOST_MB else 0


if __name__ == "__main__":
    sys.exit(main())
