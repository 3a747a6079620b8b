"""kill -9 of whatever works, at random moments, until enough was captured; then everything is counted.

::

    python -m tests.proof.kills --database sqlite --kills 500 --captures 10000 --seed 1
    python -m tests.proof.kills --database postgresql --kills 500 --captures 10000 --seed 1
    python -m tests.proof.kills --database postgresql --queue procrastinate --kills 500

A real daemon (with PostgreSQL two workers beside it) captures small pages from a site on loopback.
The killer ends the daemon, a worker, a browser's process, the process that drives one, or the
database server (immediate shutdown), and starts again what was killed. Every kill meets a system that has work:
sources are made due again before it runs out of it, and what some of them say has changed by then.
The site's hosts are strangers: each is asked in turn by all processes together.
What the log said was captured is *acknowledged*. In the end nothing acknowledged may be missing, no row without its file, no file with
other bytes than its row says, no slot with two looks, and every source captured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_, select

from archiver.store.store import SqlStore
from archiver.store.tables import captures, jobs, sources
from tests.acceptance.world import left_behind, processes_of, throw_away_of
from tests.postgres import Server
from tests.proof.running import (
    Running,
    Site,
    add_queue,
    arguments,
    bring_work,
    damaged_files,
    environment,
    lost_of,
    register,
    report,
    scalar,
    sites_in_turn,
    unnamed_looks,
    upgrade,
)
from tests.proof.zygote import Zygote

WHAT = {"daemon": 4, "worker": 2, "driver": 2, "browser": 2, "database": 2}
"""What is killed how often, in parts."""
SETTLE = timedelta(minutes=20)
LEAST_WAITING = 300
"""Sources due or in work, below which others are made due again."""
CHANGING = 5  # one source among so many says something else each time; pages are among them
IDLE_FOR_S = 180.0
"""How long the system may be without work though sources are due: it has to start, and recover."""


@dataclass
class Counted:
    """What was done and found; a comment says what must be."""

    database: str
    seed: int
    kills: dict[str, int] = field(default_factory=dict)  # each kind that the database allows
    while_working: int = 0  # all kills: jobs were queued or running
    seconds: float = 0.0
    captures: int = 0
    acknowledged: int = 0  # more than none
    sites_in_turn: int = 0  # more than none: whose turn was taken in the database
    set_aside: int = 0  # finished and never committed: kept, and taken again
    quarantined_and_pardoned: int = 0
    acknowledged_lost: int = 0  # 0
    damaged: int = 0  # 0: rows without their file, or with other bytes
    slots_looked_at_twice: int = 0  # 0
    sources_without_capture: int = 0  # 0
    left_behind: int = 0  # 0
    exit_codes: list[int] = field(default_factory=list)  # all 0

    @property
    def is_well(self) -> bool:
        wrong = (
            self.acknowledged_lost,
            self.damaged,
            self.slots_looked_at_twice,
            self.sources_without_capture,
            self.left_behind,
            *self.exit_codes,
        )
        return not any(wrong) and not self.kinds_missing and self._met_work and self._saw_work

    @property
    def _saw_work(self) -> bool:
        """Tell whether the log told of captures, and sites were asked as strangers are."""
        return self.acknowledged > 0 and self.sites_in_turn > 0

    @property
    def kinds_missing(self) -> set[str]:
        """What was to be killed and never was."""
        return {kind for kind in kinds_on(self.database) if not self.kills.get(kind)}

    @property
    def _met_work(self) -> bool:
        return self.while_working == sum(self.kills.values())


def kinds_on(database: str) -> dict[str, int]:
    """Return what can be killed: one SQLite file has one daemon and no server."""
    alone = {"worker", "database"} if database == "sqlite" else set()
    return {kind: parts for kind, parts in WHAT.items() if kind not in alone}


class Proof:
    """The site, the processes and the killer."""

    def __init__(self, options: argparse.Namespace, home: Path) -> None:
        self._options = options
        self._home = home
        self._draw = random.Random(options.seed)
        self._acknowledged: set[str] = set()
        self._counted = Counted(options.database, options.seed)
        self._server = Server({"fsync": "on"}) if options.database == "postgresql" else None
        self._database = ""
        if self._server is not None:
            self._database = self._server.url(self._server.create())

    async def run(self) -> Counted:
        begun = time.monotonic()
        async with Site(self._options.pages, changing=CHANGING) as site:
            env = environment(
                self._home, self._database, site, capture__at_once="16", daemon__retry_s="1",
                store__queue=self._options.queue,
            )  # fmt: skip
            await register(self._home, self._database, site, self._options.captures)
            await upgrade(env)
            async with Zygote(env) as zygote:
                names = ["daemon"] + ["worker", "worker"] * (self._server is not None)
                running = [Running(name, env, self._acknowledged, zygote) for name in names]
                for one in running:
                    await one.start()
                await self._kill(running)
                await self._settle()
                for one in running:
                    self._counted.exit_codes.append(await one.end(signal.SIGTERM))
        self._counted.seconds = round(time.monotonic() - begun, 1)
        self._counted.left_behind = len(left_behind(self._home))
        await self._count()
        if self._server is not None:
            self._server.stop()
        shutil.rmtree(throw_away_of(self._home), ignore_errors=True)
        return self._counted

    async def _kill(self, running: list[Running]) -> None:
        kinds, kills = kinds_on(self._options.database), self._counted.kills
        worked_at, what = time.monotonic(), ""
        while sum(kills.values()) < self._options.kills:
            await asyncio.sleep(self._draw.uniform(0, self._options.pause))
            for one in running:
                one.must_live()
            await self._ask(partial(bring_work, least=LEAST_WAITING))
            if not await self._ask(_in_work):
                if time.monotonic() - worked_at > IDLE_FOR_S:
                    raise RuntimeError("sources are due, and nobody works")
                continue
            worked_at = time.monotonic()
            what = what or self._draw.choices([*kinds], [*kinds.values()])[0]
            if await self._kill_one(what, running):  # else it does not run yet: it will
                kills[what] = kills.get(what, 0) + 1
                self._counted.while_working += 1
                what = ""

    async def _ask(self, question: Callable[[SqlStore], Awaitable[int]]) -> int:
        """Ask on connections opened for it: those of before a crash are lost."""
        store = await SqlStore.open(self._home, self._database or None)
        try:
            return await question(store)
        finally:
            await store.close()

    async def _kill_one(self, what: str, running: list[Running]) -> bool:
        if what in {"daemon", "worker"}:
            return await self._kill_process(what, running)
        if what == "database":
            return await self._kill_database()
        is_one = _drives if what == "driver" else _is_of_browser
        found = [pid for pid, line in processes_of(self._home) if is_one(line)]
        if not found:
            return False
        try:
            os.kill(self._draw.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    async def _kill_process(self, what: str, running: list[Running]) -> bool:
        among = running[:1] if what == "daemon" else running[1:]
        one = self._draw.choice(among)
        await one.end(signal.SIGKILL)
        await one.start()
        return True

    async def _kill_database(self) -> bool:
        assert self._server is not None
        await asyncio.to_thread(self._server.crash)
        await asyncio.sleep(self._draw.uniform(0, 0.5))
        await asyncio.to_thread(self._server.start)
        return True

    async def _settle(self) -> None:
        """Kill nothing more, let out of quarantine what our kills brought there, and wait.

        What is looked at again only after that is missing: no capture of it comes meanwhile.
        """
        until = datetime.now(UTC) + SETTLE
        comes = or_(sources.c.job_id.is_not(None), sources.c.next_due_at <= until)
        store = await SqlStore.open(self._home, self._database or None)
        try:
            while datetime.now(UTC) < until and await self._without_capture(store, comes):
                for job, _ in await store.queue.quarantined():
                    await store.queue.pardon(job.source.id)
                    self._counted.quarantined_and_pardoned += 1
                await asyncio.sleep(1)
        finally:
            await store.close()

    async def _without_capture(self, store: SqlStore, *only: ColumnElement[bool]) -> int:
        with_capture = select(captures.c.source_id).where(captures.c.gate == "accepted")
        query = select(func.count()).where(sources.c.id.not_in(with_capture), *only)
        return await store.database.read(partial(scalar, query=query))

    async def _count(self) -> None:
        store = await SqlStore.open(self._home, self._database or None)
        counted = self._counted
        try:
            counted.damaged = await damaged_files(self._home, store)
            quarantine = self._home / "quarantine"
            counted.set_aside = len(list(quarantine.iterdir())) if quarantine.is_dir() else 0
            counted.sites_in_turn = await sites_in_turn(store)
            counted.acknowledged = len(self._acknowledged)
            counted.acknowledged_lost = await lost_of(self._acknowledged, store)
            every = select(func.count()).select_from(captures)
            counted.captures = await store.database.read(partial(scalar, query=every))
            counted.sources_without_capture = await self._without_capture(store)
            counted.slots_looked_at_twice = await unnamed_looks(store)
        finally:
            await store.close()


async def _in_work(store: SqlStore) -> int:
    """Count the jobs that wait or run."""
    query = select(func.count()).where(jobs.c.state.in_(["queued", "running"]))
    return await store.database.read(partial(scalar, query=query))


def _drives(line: bytes) -> bool:
    return b"archiver.capture.worker" in line


def _is_of_browser(line: bytes) -> bool:
    """Tell a browser's main process and its pages' from what Chromium starts beside them."""
    is_main = b"--remote-debugging-pipe" in line and b"--type=" not in line
    return is_main or b"--type=renderer" in line


def main() -> int:
    parser = arguments(__doc__, "kills", 500)
    add_queue(parser)
    parser.add_argument("--captures", type=int, default=10_000)
    parser.add_argument(
        "--pages", type=int, default=100, help="one page in so many needs a browser"
    )
    parser.add_argument("--pause", type=float, default=2.0, help="most seconds between two kills")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="archiver-kills-") as home:
        counted = asyncio.run(Proof(options, Path(home)).run())
    return report(counted)


if __name__ == "__main__":
    raise SystemExit(main())
