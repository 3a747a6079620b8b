"""What a daemon lives on is taken away and comes back: it says so, waits, and goes on by itself.

::

    python -m tests.proof.faults floor full browser             # root, for a small file system
    python -m tests.proof.faults database --gone-s 60           # PostgreSQL
    python -m tests.proof.faults clock --database postgresql    # a C compiler

Each fault: a daemon works through pages of a site on loopback; the fault begins; the condition it should
cause is told by the daemon; the fault ends; the condition ends and every page is captured, none twice for
one slot, none without its file. After the clock's jumps nothing waits for a time that only a wrong clock
showed: what was looked at a day ahead is due within the hour. Where the clock of PostgreSQL's server, which
stays as it is, contradicts the daemon's, nothing is to be looked at: that is told each time, and over by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, or_, select

from archiver.capture.locate import find_browser
from archiver.daemon.putright import SPREAD
from archiver.errors import StoreError
from archiver.model.worker import IncidentKind
from archiver.store.store import SqlStore
from archiver.store.tables import captures, jobs, observations, sources, turns
from tests.acceptance.world import left_behind, throw_away_of
from tests.postgres import Server
from tests.proof.running import (
    Running,
    Site,
    damaged_files,
    environment,
    lost_of,
    register,
    report,
    sites_in_turn,
    unnamed_looks,
)

T = TypeVar("T")

MANY = 400
MANY_WHILE_THE_CLOCK_MOVES = 3000
MIB = 1024 * 1024
SMALL_MIB = 160
DAY_AWAY_S = 8.0
CLOCK_FORWARD, CLOCK_BACK = IncidentKind.CLOCK_FORWARD, IncidentKind.CLOCK_BACK
PATIENCE_S = 180.0
APART = "clocks_apart"


@dataclass
class Faulted:
    """What came of one fault."""

    fault: str
    condition: str
    is_told: bool = False
    is_over: bool = False
    captured_before: int = 0
    captured: int = 0
    of: int = 0
    acknowledged: int = 0  # more than none
    sites_in_turn: int = 0  # more than none: whose turn was taken in the database
    acknowledged_lost: int = 0  # 0
    damaged: int = 0  # 0
    doubled: int = 0  # 0
    looked_at_ahead: int = 0  # of "clock" more than none, but for a server: by a clock a day ahead
    late_by_clock: int = 0  # 0: what waits for a time that only that clock showed
    exit_code: int = -1  # 0
    left_behind: int = 0  # 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        wrong = (
            self.acknowledged_lost,
            self.damaged,
            self.doubled,
            self.late_by_clock,
            self.left_behind,
            self.exit_code,
        )
        is_whole = self.captured == self.of and self.is_told and self.is_over
        return not any(wrong) and is_whole and self._has_seen_all

    @property
    def _has_seen_all(self) -> bool:
        """Tell whether there was something that could have gone wrong."""
        seen = [self.acknowledged, self.sites_in_turn]
        goes_by_its_clock = self.fault == "clock" and self.condition != APART
        return all([*seen, self.looked_at_ahead] if goes_by_its_clock else seen)


@dataclass
class Scene:
    """A daemon at work, and what a fault needs to reach it."""

    home: Path
    database: str
    env: dict[str, str]
    daemon: Running
    server: Server | None
    faulted: Faulted

    async def captured(self) -> int:
        query = select(func.count(captures.c.source_id.distinct())).where(
            captures.c.gate == "accepted"
        )
        return await self.ask(
            lambda store: store.database.read(lambda c: c.execute(query).scalar_one())
        )

    async def ask(self, question: Callable[[SqlStore], Awaitable[T]]) -> T:
        """Ask the database on a connection of our own, opened for it: it may be gone."""
        store = await SqlStore.open(self.home, self.database or None)
        try:
            return await question(store)
        finally:
            await store.close()

    async def conditions(self) -> set[str]:
        workers = await self.ask(lambda store: store.workers.all())
        return {name for worker in workers for name in worker.conditions}

    async def until(self, what: str, is_so: Callable[[], Awaitable[bool]]) -> bool:
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_S:
            try:
                if await is_so():
                    self.faulted.seconds[what] = round(time.monotonic() - begun, 1)
                    return True
            except StoreError:
                pass  # the database is what is gone
            await asyncio.sleep(0.25)
        return False


Fault = Callable[[Scene], Awaitable[None]]
"""Brings the fault about, waits for its condition, and ends it."""


async def floor(scene: Scene) -> None:
    """Fill the disk beyond the floor, then make room."""
    ballast = scene.home / "ballast"
    await _fill(ballast, leave_mib=20)
    scene.faulted.is_told = await scene.until("told", lambda: _has(scene, "disk_low"))
    ballast.unlink()


async def full(scene: Scene) -> None:
    """Fill the disk to its last byte, again and again, with a floor too low to notice; make room."""
    ballast = scene.home / "ballast"

    async def fill_and_look() -> bool:
        await _fill(ballast, leave_mib=0)
        return "condition" in _told_of(scene, "disk_low")

    scene.faulted.is_told = await scene.until("told", fill_and_look)
    ballast.unlink()


async def browser(scene: Scene) -> None:
    """Put a program that ends at once in the browser's place, then the browser."""
    chosen = Path(scene.env["ARCHIVER_CAPTURE__BROWSER"])
    _put(chosen, "#!/bin/sh\nexit 1\n")
    scene.faulted.is_told = await scene.until("told", lambda: _has(scene, "browser_failing"))
    _put(chosen, _browser())


async def clock(scene: Scene) -> None:
    """Set the daemon's time of day a day forward and back, then a day back and forward."""
    jumps = ((1, CLOCK_FORWARD, 1), (0, CLOCK_BACK, 1), (-1, CLOCK_BACK, 2), (0, CLOCK_FORWARD, 2))
    told = []
    for days, kind, times in jumps:
        _set_clock(scene.home, days)
        is_told = partial(_is_told, scene, kind, times)
        told.append(await scene.until(f"{kind.value} {times}", is_told))
        await asyncio.sleep(DAY_AWAY_S)
    if scene.faulted.condition == APART:
        told.append(_told_of(scene, APART) == 2 * ["condition", "recovered"])
    scene.faulted.is_told = all(told)


async def _is_told(scene: Scene, kind: IncidentKind, times: int) -> bool:
    incidents = await scene.ask(lambda store: store.workers.incidents(1000))
    return sum(one.kind is kind for one in incidents) >= times


def _set_clock(home: Path, days: int) -> None:
    """Set it in place: the process has the file mapped."""
    with _clock_file(home).open("r+b") as file:
        file.write(struct.pack("q", days * 86_400))


def _clock_file(home: Path) -> Path:
    return throw_away_of(home) / "clock"


def _with_movable_clock(home: Path) -> dict[str, str]:
    """Return what gives a process a time of day of its own, and leaves all other clocks alone."""
    library = throw_away_of(home) / "shift.so"
    source = Path(__file__).with_name("shift.c")
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    _clock_file(home).write_bytes(bytes(8))
    return {"LD_PRELOAD": str(library), "SHIFT_FILE": str(_clock_file(home))}


def database_for(gone_s: float) -> Fault:
    """Crash the server, leave it gone, start it again."""

    async def database(scene: Scene) -> None:
        assert scene.server is not None
        await asyncio.to_thread(scene.server.crash)
        await asyncio.sleep(gone_s)
        await asyncio.to_thread(scene.server.start)
        scene.faulted.is_told = "condition" in _told_of(scene, "database_gone")

    return database


CONDITIONS = {
    "floor": "disk_low",
    "full": "disk_low",
    "browser": "browser_failing",
    "database": "database_gone",
    "clock": "clock_jumped",
}


async def prove(fault: str, scene: Scene, happen: Fault) -> Faulted:
    """Let it work, bring the fault, end it, let it finish; then count."""
    faulted, daemon = scene.faulted, scene.daemon
    await daemon.start()
    await daemon.until(lambda actions: actions["look"] >= faulted.of // 8)
    faulted.captured_before = await scene.captured()
    await happen(scene)
    faulted.is_over = await scene.until("over", lambda: _is_over(scene, faulted.condition))
    await scene.until("captured", lambda: _is_captured(scene))
    faulted.exit_code = await daemon.end(signal.SIGTERM)
    faulted.left_behind = len(left_behind(scene.home))
    await _count(scene)
    return faulted


async def _has(scene: Scene, condition: str) -> bool:
    return condition in await scene.conditions()


async def _is_over(scene: Scene, condition: str) -> bool:
    """Tell whether a condition ended: by the log, for a full database may never have known of it."""
    is_ended = _told_of(scene, condition)[-1:] == ["recovered"]
    return is_ended and condition not in await scene.conditions()


async def _is_captured(scene: Scene) -> bool:
    return await scene.captured() == scene.faulted.of


async def _count(scene: Scene) -> None:
    faulted = scene.faulted
    faulted.captured = await scene.captured()

    async def read(store: SqlStore) -> None:
        faulted.damaged = await damaged_files(scene.home, store)
        faulted.doubled = await unnamed_looks(store)
        faulted.looked_at_ahead, faulted.late_by_clock = await store.database.read(by_clock)
        faulted.sites_in_turn = await sites_in_turn(store)
        faulted.acknowledged = len(scene.daemon.acknowledged)
        faulted.acknowledged_lost = await lost_of(scene.daemon.acknowledged, store)

    await scene.ask(read)


def by_clock(connection: Connection) -> tuple[int, int]:
    """Count looks of a time to come, and all that waits for such a time.

    Sources looked at in their right time since then wait for what that look said.
    """
    soon = datetime.now(UTC) + SPREAD
    other = observations.alias()
    newest = select(func.max(other.c.seq)).where(other.c.source_id == sources.c.id)
    put_off = select(sources.c.id).where(
        observations.c.source_id == sources.c.id,
        observations.c.seq == newest.correlate(sources).scalar_subquery(),
        observations.c.at > soon,
        sources.c.next_due_at > soon,
    )
    waiting = (
        put_off,
        select(sources.c.id).where(sources.c.lease_until > soon),
        select(jobs.c.id).where(jobs.c.finished_at.is_(None), jobs.c.not_before > soon),
        select(turns.c.domain).where(or_(turns.c.next_at > soon, turns.c.lease_until > soon)),
    )
    ahead = select(observations.c.id).where(observations.c.at > soon)
    return len(connection.execute(ahead).all()), sum(
        len(connection.execute(query).all()) for query in waiting
    )


async def _fill(ballast: Path, leave_mib: int) -> None:
    """Take all room of the home's file system but so much."""
    free = shutil.disk_usage(ballast.parent).free - leave_mib * MIB
    with ballast.open("ab") as file:
        while free > 0:
            try:
                file.write(bytes(min(free, MIB)))
                file.flush()
            except OSError:
                return  # there is no more room: that is what was wanted
            free -= MIB


def _told_of(scene: Scene, condition: str) -> list[str]:
    """Return what the log says of a condition, in order: that it began, that it ended."""
    lines = scene.daemon.log.read_text("utf-8", "replace").splitlines(keepends=True)
    told = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}\n")]
    return [one["action"] for one in told if one.get("condition") == condition]


def _put(chosen: Path, script: str) -> None:
    """Put a program in another's place at once, so that none ever sees half of it."""
    new = chosen.with_suffix(".new")
    new.write_text(script)
    new.chmod(0o755)
    new.replace(chosen)


def _browser() -> str:
    return f'#!/bin/sh\nexec "{find_browser(None).path}" "$@"\n'


@asynccontextmanager
async def scene_of(fault: str, engine: str) -> AsyncIterator[Scene]:
    """Yield a daemon that is about to start, on a file system or a server of its own where needed."""
    server = Server({"fsync": "on"}) if engine == "postgresql" else None
    database = server.url(server.create()) if server else ""
    many = MANY_WHILE_THE_CLOCK_MOVES if fault == "clock" else MANY
    settings = {"daemon__retry_s": "1", "capture__at_once": "8"}
    with tempfile.TemporaryDirectory(prefix="af-") as folder:
        home = Path(folder)
        is_small = fault in {"floor", "full"}
        if is_small:
            size = f"size={SMALL_MIB}m"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
            settings["daemon__disk_floor_mib"] = "40" if fault == "floor" else "0"
        if fault == "browser":
            settings["capture__browser"] = str(throw_away_of(home) / "browser")
        try:
            async with Site(pages=20 if fault == "browser" else 0) as site:
                env = environment(home, database, site, **settings)
                if fault == "browser":
                    _put(Path(settings["capture__browser"]), _browser())
                if fault == "clock":
                    env |= _with_movable_clock(home)
                await register(home, database, site, many)
                is_contradicted = fault == "clock" and server is not None
                faulted = Faulted(fault, APART if is_contradicted else CONDITIONS[fault], of=many)
                yield Scene(home, database, env, Running("daemon", env, set()), server, faulted)
        finally:
            if is_small:
                subprocess.run(["umount", folder], check=True)
            if server is not None:
                server.stop()
            shutil.rmtree(throw_away_of(home), ignore_errors=True)


async def run(faults: list[str], engine: str, gone_s: float) -> list[Faulted]:
    """Run the faults one after the other; only a server of its own can be gone."""
    happens = {
        "floor": floor,
        "full": full,
        "browser": browser,
        "database": database_for(gone_s),
        "clock": clock,
    }
    done = []
    for fault in faults:
        async with scene_of(fault, "postgresql" if fault == "database" else engine) as scene:
            done.append(await prove(fault, scene, happens[fault]))
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="+", choices=[*CONDITIONS])
    parser.add_argument("--gone-s", type=float, default=60.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    done = asyncio.run(run(options.faults, options.database, options.gone_s))
    return report(*done)


if __name__ == "__main__":
    raise SystemExit(main())
