"""The background service: what is due is queued, done and put in order, for as long as it runs.

APScheduler only ticks; due times and jobs live in the database, so that a restart forgets nothing
and any number of services on one database does each look once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from archiver.daemon.clockwatch import ClockWatch, Jump, ServerWatch
from archiver.daemon.conditions import Conditions
from archiver.daemon.hands import Capacity, Hands
from archiver.daemon.health import Health
from archiver.daemon.heartbeat import Heartbeat, Silence
from archiver.daemon.incidents import Incidents
from archiver.daemon.putright import PuttingRight
from archiver.daemon.ready import Readiness
from archiver.daemon.report import Report
from archiver.daemon.rota import Duties, Pace, Rota, Unless, named
from archiver.daemon.ticks import Ticks
from archiver.errors import (
    ArchiverError,
    DamagedError,
    DiskFullError,
    FilesError,
    RevisionError,
    StoreError,
)
from archiver.flow.launches import Launches
from archiver.flow.outside import Outside
from archiver.flow.retries import Retries
from archiver.flow.seldom import Errand, Seldom
from archiver.model.reread import Reread
from archiver.model.room import Room
from archiver.model.worker import Condition, IncidentKind
from archiver.ports import Attend, QueueSweep
from archiver.settings import Supervisor

BATCH = 25
"""Due sources queued in one transaction: others who write wait for it, some 15 ms at a million."""
MOST_BATCHES = 800
"""Of one tick, so that a backlog of a million does not keep the hands empty."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 5.0  # between two questions to a database that is gone
HAND_BACK_EVERY = timedelta(seconds=1)
"""At most, with ticks and between them: it takes 5 to 15 ms."""
REFUSED_S = 300.0
"""Between two tries to listen at a database that is of another version's revision now."""
Listen = Callable[[Attend], Awaitable[None]]
LAST_S = 1.0
"""Longest wait for each of the last words with a database that may be gone, and after the grace for
all of them: what carries messages is left to itself then, and our row says by its age that we are
gone."""
HANGING = 4
"""The exit code of a service whose ticks hang: a restart may help."""


def _unlimited() -> Room:
    return Room(1, 1, 0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a service is told of the machine it runs on.

    ``listen`` gives each message of a job to what it is handed, until cancelled; without it the
    service asks the queue itself. ``leave`` ends the process at once;
    ``ticks`` are given by tests.
    """

    room: Callable[[], Room] = _unlimited
    launches: Launches | None = None
    readiness: Readiness = field(default_factory=lambda: Readiness(Supervisor()))
    kind: str = "daemon"
    listen: Listen | None = None
    leave: Callable[[int], object] = os._exit
    ticks: Ticks | None = None


class Service:
    """Does what is due until told to stop."""

    def __init__(
        self,
        outside: Outside,
        *,
        capacity: Capacity | None = None,
        retries: Retries | None = None,
        pace: Pace | None = None,
        duties: Duties | None = None,
        around: Surroundings | None = None,
    ) -> None:
        self._outside = outside
        self._pace = pace or Pace()
        self._duties = duties or Duties()
        self._around = around or Surroundings()
        self._readiness = self._around.readiness
        self.conditions = Conditions(outside)
        self._report = Report(
            outside, self.conditions, self._readiness, self._around.kind, lambda: len(self._hands)
        )
        self._health = Health(outside, self.conditions, self._around.room, self._report.tell)
        self._launches = self._around.launches or Launches(outside.clock)
        self._hands = Hands(
            outside,
            self.conditions,
            self._health,
            capacity or Capacity(),
            retries or Retries(),
            self._launches,
            are_told=self._around.listen is not None,
        )
        self._heartbeat = Heartbeat(outside, self._hands.claims, self._hands.claims_at_work)
        self._silence = Silence(outside.clock, outside.lease, self._pace.sweep)
        if not outside.store.calendar.goes_by_our_clock:  # a server may have been gone till now
            self._silence.begin()
        self._watch = ClockWatch(outside.clock, self._pace.tick)
        self._server = ServerWatch(outside.store, outside.clock, self._silence.unnoticed)
        self._putting_right = PuttingRight(
            outside, self.conditions, self._duties.feeds_every, self._look_at_targets
        )
        self._incidents = Incidents(self.conditions, outside.meter)
        self._rota = Rota(self._is_known, outside.meter)
        memory = self._duties.memory
        self._memory = memory and Seldom(memory, HAND_BACK_EVERY, outside.clock)
        self._memory_at_rest = memory and Seldom(memory, HAND_BACK_EVERY, outside.clock)
        self._hands.call_at_rest(self._hand_back)
        self._stop = asyncio.Event()
        self._asked_at: float | None = None
        self.ticks = self._around.ticks or Ticks(self._pace.tick)
        self._log = structlog.get_logger("archiver.daemon")

    def stop(self) -> None:
        """Take nothing new; what is in hand is finished. Safe to call from a signal handler."""
        if not self._stop.is_set():
            self._asked_at = asyncio.get_running_loop().time()
            self.conditions.begin(Condition.STOPPING, "the end was asked for")
            self._readiness.stopping()
            self._rota.close()
            self.ticks.rest()
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped, then finish what is in hand within the grace period.

        1. Tick at once, then at every interval; each duty has an interval of its own.
        2. On a stop, which may come during the first tick, take nothing new and wait for the hands.
        3. Cancel what is not done when the grace is over, and give its jobs back.
        4. Take this worker's row away.
        """
        self._log.info("started", action="started", worker=self._outside.worker)
        ticker = self._rota.schedule(self._jobs(), self._outside.clock)
        always = (self._begin(), self._heartbeat.run(), self._feed(), ticker.keep())
        steady = [asyncio.create_task(one) for one in always]
        listen = self._around.listen
        listening = [asyncio.create_task(self._be_told(listen))] if listen is not None else []
        if self._duties.enqueues:
            self._rota.begin("clock", self._put_right_at_start)
        try:
            await self._stop.wait()
        finally:
            ticker.close()
            await self._finish(steady, listening)
            self._log.info("stopped", action="stopped", worker=self._outside.worker)

    async def _begin(self) -> None:
        await self.beat()
        if not self._stop.is_set():
            self._readiness.ready("looking at what is due")

    async def beat(self) -> None:
        """Tick, and send out every duty that is not out."""
        await self._rota.do("tick", self.tick)
        for job, (_, works) in self._jobs().items():
            for name, work in works.items() if job != "tick" else ():
                self._rota.begin(name, work)

    async def tick(self) -> int:
        """Queue what is due, take what hands are free for, and tell how we are.

        Returns how many jobs were taken. A database that is gone is asked again and again until it
        is back.
        """
        if self._stop.is_set():
            return 0
        self.ticks.note()
        jumps = self._watch.look()
        self._health.look_at_room()
        self._note_browsers()
        queued = taken = 0
        try:
            await self._look_at_server()
            await self._hands.give_back_unheard()
            queued = await self._enqueue()
            taken = 0 if self._hands.are_told else await self._hands.fill()
            await self._report.tell_all(with_queue=self._duties.enqueues)
        except StoreError as error:
            await self._health.after_refusal(error)
            if self.conditions.has(Condition.DATABASE_GONE):
                self._rota.begin("database", self._wait_for_database)
        else:
            self._database_answers()
            self._silence.heard()
        self._outside.meter.stands("clock_offset", self._watch.offset.total_seconds())
        for jump in jumps:
            self._note_jump(jump, queued)
        return taken

    async def sweep(self) -> list[str]:
        """Take back what dead workers held.

        Ticks can be further between than leases are long: so sweeps, too, tell when the database
        was heard, and when it could not be.

        Raises:
            StoreError: the database refused.
        """
        try:
            swept = await self._sweep()
        except StoreError:
            self._silence.begin()
            raise
        return [*swept.requeued, *swept.closed, *swept.quarantined, *swept.released]

    async def _sweep(self) -> QueueSweep:
        await self._look_at_server()
        await self._heartbeat.beat()  # we live, whatever kept us from saying so
        swept = QueueSweep()
        if self._silence.is_over():
            swept = await self._outside.store.queue.sweep(self._outside.clock.now())
            self._incidents.swept(swept)
            await self._report.forget_silent()
            self._silence.heard()
        if self._hands.are_told:  # a message can be lost, a row is not
            await self._hands.fill()
        return swept

    async def _clear(self) -> None:
        """Put the staging directory in order; of a store with many files that takes a while."""
        assert self._duties.clear is not None  # noqa: S101 - it would not have been scheduled
        orphans = await self._duties.clear()
        self._outside.meter.count("orphan_total", len(orphans))

    async def idle(self) -> None:
        """Come back when nothing is in hand."""
        await self._hands.idle()

    def _jobs(self) -> dict[str, tuple[timedelta, Mapping[str, Errand]]]:
        """Return the ticker's jobs: how often, and what is done then."""
        pace, duties = self._pace, self._duties
        memory = {"memory": self._memory} if self._memory is not None else {}
        jobs: dict[str, tuple[timedelta, Mapping[str, Errand]]] = {
            "tick": (pace.tick, {"tick": self.tick, **memory}),
            "feed": (pace.feed, named([*map(self._with_room, duties.errands), *duties.chores])),
        }
        if duties.enqueues:
            clear: dict[str, Errand] = {"clear": self._clear} if duties.clear is not None else {}
            jobs["sweep"] = (pace.sweep, {"sweep": self.sweep, **clear})
        for name, every, work in (
            ("scrub", pace.scrub, self._scrub if duties.scrub is not None else None),
            ("checkpoint", pace.checkpoint, duties.checkpoint),
        ):
            if work is not None:
                jobs[name] = (every, {name: work})
        if duties.notify:
            telling = {name: self._by_right_clock(tell) for name, tell in duties.notify.items()}
            jobs["notify"] = (pace.notify, telling)
        return jobs

    def _hand_back(self) -> None:
        """Hand free memory back when nothing is in hand: else it lies there until the next tick."""
        if self._memory_at_rest is not None:
            self._rota.begin("memory", self._memory_at_rest)

    def _with_room(self, errand: Errand) -> Unless:
        low_or_apart = (Condition.DISK_LOW, Condition.CLOCKS_APART)
        return Unless(errand, lambda: self.conditions.has(*low_or_apart))

    def _by_right_clock(self, errand: Errand) -> Unless:
        """Let an errand be left by whose clock news would be given up, or put off for long."""
        return Unless(errand, lambda: self.conditions.has(Condition.CLOCKS_APART))

    async def _is_known(self, error: Exception) -> bool:
        """Tell whether a state that stands says why a duty failed; a full disk begins its own."""
        match error:
            case DamagedError():
                return False
            case DiskFullError():
                await self._health.after_refusal(error)
                return True
            case FilesError():
                return self.conditions.has(Condition.DATABASE_GONE, Condition.FILES_GONE)
            case StoreError():
                return self.conditions.has(Condition.DATABASE_GONE)
            case _:
                return False

    async def _enqueue(self) -> int:
        if not self._duties.enqueues or self.conditions.has(Condition.CLOCKS_APART):
            return 0
        queued = 0
        for _ in range(MOST_BATCHES):
            some = await self._outside.store.queue.enqueue_due(self._outside.clock.now(), BATCH)
            queued += some
            if some < BATCH or self._stop.is_set():
                break
        self._outside.meter.count("enqueued_total", queued)
        return queued

    async def _scrub(self) -> list[str]:
        """Read a share of all files again; what is damaged is counted and told, never hidden."""
        assert self._duties.scrub is not None  # noqa: S101 - it would not have been scheduled
        damaged: list[str] = []

        async def tell(found: Reread) -> None:
            await self._incidents.reread(found)
            damaged.extend(found.damaged)

        await self._duties.scrub(tell)
        return damaged

    async def _wait_for_database(self) -> None:
        """Ask a database that is gone until it answers, then go on at once."""
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                await self._report.tell()
            except StoreError:
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                self._database_answers()
                await self.tick()
                return

    def _database_answers(self) -> None:
        if self.conditions.has(Condition.DATABASE_GONE):
            self.conditions.end(Condition.DATABASE_GONE)
            self._silence.begin()

    def _look_at_targets(self) -> None:
        """Look whether people can be told, and for which hour news waits: by a right clock."""
        if self._duties.targets is not None and self._server.apart is None:
            self._rota.begin("targets", self._duties.targets)

    async def _put_right_at_start(self) -> None:
        await self._look_at_server()
        self._look_at_targets()
        await self._putting_right.after_start()

    async def _look_at_server(self) -> None:
        """Notice that a server's clock was set, which leases are measured with, or is not as ours.

        Nobody is taken for dead then before all had time to show life by the clock as it is.

        Raises:
            StoreError: the database refused.
        """
        jump = await self._server.look()
        if jump is not None and self._duties.enqueues:
            self._silence.begin()
            self._note_jump(jump)
        self._note_apart(self._server.apart)

    def _note_apart(self, why: str | None) -> None:
        """Let nothing be looked at while nobody can tell which of two clocks is right.

        What either wrote while it was wrong is put right when they agree again.
        """
        if why is not None:
            self.conditions.begin(Condition.CLOCKS_APART, why)
        elif self.conditions.has(Condition.CLOCKS_APART):
            self.conditions.end(Condition.CLOCKS_APART)
            self._look_at_targets()
            if self._duties.enqueues:
                self._rota.begin("clock", self._putting_right.after_start)

    def _note_browsers(self) -> None:
        if self._launches.are_failing:
            why = self._launches.reason or "browsers fail"
            self.conditions.begin(Condition.BROWSER_FAILING, why)
        else:
            self.conditions.end(Condition.BROWSER_FAILING)

    def _note_jump(self, jump: Jump, queued: int = 0) -> None:
        is_put_right = (
            self._duties.enqueues
            and jump.kind is IncidentKind.CLOCK_BACK
            and self._server.apart is None
        )
        self._incidents.jumped(jump, queued, is_put_right=is_put_right)
        if is_put_right:
            whose = "server's" if jump.is_of_server else "own"
            put_right = partial(
                self._putting_right.after_set_back,
                jump.by,
                jump.since,
                of_server=jump.is_of_server,
            )
            self._rota.begin(f"clock {whose} {self._outside.clock.steady()}", put_right)

    async def _be_told(self, listen: Listen) -> None:
        """Listen for messages of jobs, and begin anew when what carries them fails.

        Where the database was upgraded, nothing but another process in our place mends that.
        """
        while not self._stop.is_set():
            wait_s = LONGEST_WAIT_S
            try:
                await listen(self._hands.attend)
            except Exception as error:  # noqa: BLE001 - the border of the loop
                why = _first_of(error)
                self._log.warning("no messages come", action="messages", error=str(why))
                wait_s = REFUSED_S if isinstance(why, RevisionError) else LONGEST_WAIT_S
            await asyncio.sleep(wait_s)

    async def _feed(self) -> None:
        """Show the service manager life while the loop and the ticks go on.

        Where no manager watches, as in a container, ticks that hang end the process as its watchdog
        would: at once, since what hangs may keep an end in order from coming.
        """
        every = self._readiness.feed_every_s
        while every is not None:
            if not self.ticks.are_late:
                self._readiness.feed()
            await asyncio.sleep(every)
        await self.ticks.hang()
        why = "the ticks hang; the service ends, to be started again"
        self._log.error(why, action="hanging", found=self.ticks.found)
        self._around.leave(HANGING)

    async def _finish(
        self, steady: Sequence[asyncio.Task[None]], listening: Sequence[asyncio.Task[None]]
    ) -> None:
        """End everything within the grace period; the leases are prolonged until then.

        It runs from the moment at which the end was asked for.
        """
        loop = asyncio.get_running_loop()
        asked_at = loop.time() if self._asked_at is None else self._asked_at
        last_at = asked_at + self._pace.grace.total_seconds()
        self._rota.close()
        for task in listening:  # what it attends to stays in hand; others get what waits
            task.cancel()
        given_back = await self._hands.finish(timedelta(seconds=last_at - loop.time()))
        await self._rota.finish(last_at - loop.time())
        for task in steady:
            task.cancel()
        await asyncio.gather(*steady, return_exceptions=True)
        if listening:
            await asyncio.wait(listening, timeout=_left(last_at))
        if given_back:
            self._log.info("jobs given back", action="given_back", jobs=given_back)
        self.conditions.end(Condition.STOPPING)
        with suppress(ArchiverError, TimeoutError):
            async with asyncio.timeout(_left(last_at)):
                await self._report.gone()


def _first_of(error: Exception) -> Exception:
    """Return the error that ended tasks which ran side by side.

    That the database was upgraded comes before all others: the rest may be what follows from it.
    """
    if isinstance(error, ExceptionGroup):
        error = error.subgroup(RevisionError) or error
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _left(last_at: float) -> float:
    """Return how many seconds a last word may take; the grace is over at ``last_at``."""
    return max(0, min(LAST_S, last_at + LAST_S - asyncio.get_running_loop().time()))
