"""The background service: one tick, due sources, a graceful stop.

APScheduler only ticks; due times live in the database, so that a restart forgets nothing and two
services on one database do not look twice: whoever claims a source first looks at it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence, Sized
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from archiver.errors import ArchiverError
from archiver.flow.attend import Attended
from archiver.flow.outside import Outside
from archiver.flow.rounds import look_after
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.source import Source

AFTER_ERROR = timedelta(minutes=10)
"""When to try again after an error of ours or of the database, not of the source."""


Errand = Callable[[], Awaitable[object]]
"""Something to be done once a tick; what it returns is counted in the log when it is a list."""


def _counted(done: object) -> object:
    return len(done) if isinstance(done, Sized) else done


def _scheduler() -> Any:  # noqa: ANN401 - APScheduler ships no types
    make: Any = AsyncIOScheduler
    return make()


class Service:
    """Looks at what is due, ``at_once`` sources at a time, until told to stop.

    ``errands`` are run once a tick beside that, each in a task of its own; one that takes longer
    than a tick is not run twice at a time, and one that fails stops nothing.
    """

    def __init__(
        self,
        outside: Outside,
        *,
        tick: timedelta,
        at_once: int,
        grace: timedelta,
        errands: Sequence[Errand] = (),
    ) -> None:
        self._outside = outside
        self._tick = tick
        self._at_once = at_once
        self._grace = grace
        self._stop = asyncio.Event()
        self._hands: dict[str, asyncio.Task[None]] = {}
        self._refills: set[asyncio.Future[int]] = set()
        self._errands = tuple(errands)
        self._out: dict[int, asyncio.Task[None]] = {}
        self._down_until: datetime | None = None
        self._log = structlog.get_logger("archiver.daemon")

    def stop(self) -> None:
        """Take nothing new; what is in hand is finished. Safe to call from a signal handler."""
        self._stop.set()

    async def run(self) -> None:
        """Tick until stopped, then finish what is in hand within the grace period.

        1. Tick at once, then at every interval; a tick takes due sources while hands are free.
        2. On a stop, take nothing new and wait for the hands.
        3. Cancel what is not done when the grace is over; its claims end with it.
        """
        scheduler = _scheduler()
        scheduler.add_job(
            self.beat,
            "interval",
            seconds=self._tick.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        self._log.info("started", action="started", worker=self._outside.worker)
        try:
            await self.beat()
            await self._stop.wait()
        finally:
            scheduler.shutdown(wait=False)
            await self._finish()
            self._log.info("stopped", action="stopped", worker=self._outside.worker)

    async def beat(self) -> None:
        """Send the errands out that are not out, and take due sources."""
        if self._stop.is_set():
            return
        for number, errand in enumerate(self._errands):
            if number not in self._out:
                task = asyncio.create_task(self._run(errand))
                self._out[number] = task
                task.add_done_callback(partial(self._back, number))
        await self.tick()

    def _back(self, number: int, _: asyncio.Task[None]) -> None:
        del self._out[number]

    async def _run(self, errand: Errand) -> None:
        name = getattr(getattr(errand, "func", errand), "__name__", "errand")
        try:
            done = await errand()
        except Exception as error:  # noqa: BLE001 - the border of the loop
            self._log.warning("errand failed", action=name, error=f"{error}", exc_info=error)
        else:
            if done:
                self._log.info("errand done", action=name, done=_counted(done))

    async def tick(self) -> int:
        """Take due sources while hands are free; return how many were taken.

        While our own network is down none is taken, and then one, to find out whether it is back.
        """
        free = self._free_hands()
        if self._stop.is_set() or free <= 0:
            return 0
        try:
            due = await self._outside.store.sources.due(
                self._outside.clock.now(), free + len(self._hands)
            )
        except ArchiverError as error:
            self._log.warning("tick failed", action="tick", error=str(error))
            return 0
        waiting = [source for source in due if source.id not in self._hands][:free]
        for source in waiting:
            task = asyncio.create_task(self._attend(source))
            self._hands[source.id] = task
            task.add_done_callback(partial(self._put_down, source.id))
        return len(waiting)

    async def idle(self) -> None:
        """Come back when no source is in hand."""
        while self._hands or self._refills:
            await asyncio.gather(*self._hands.values(), *self._refills, return_exceptions=True)
            await asyncio.sleep(0)  # lets the hands that are done be put down

    def _free_hands(self) -> int:
        if self._down_until is None:
            return self._at_once - len(self._hands)
        is_down = self._outside.clock.now() < self._down_until
        return 0 if is_down else 1 - len(self._hands)

    def _put_down(self, source_id: str, _: asyncio.Task[None]) -> None:
        """Free a hand and fill it at once, without waiting for the next tick."""
        del self._hands[source_id]
        if not self._stop.is_set():
            refill = asyncio.ensure_future(self.tick())
            self._refills.add(refill)
            refill.add_done_callback(self._refills.discard)

    async def _attend(self, source: Source) -> None:
        """Look after one source; one that fails is pushed forward before anything else."""
        try:
            attended = await look_after(source, self._outside)
        except Exception as error:  # noqa: BLE001 - the border of the loop
            await self._push_forward(source, error)
        else:
            self._report(source, attended)

    async def _push_forward(self, source: Source, error: Exception) -> None:
        self._log.warning(
            "look failed", action="look", source=source.ref.name, error=f"{error}", exc_info=error
        )
        with contextlib.suppress(ArchiverError):
            await self._outside.store.sources.schedule(
                source.id, self._outside.clock.now() + AFTER_ERROR
            )

    def _report(self, source: Source, attended: Attended | None) -> None:
        if attended is None:
            return  # another worker has it: that is how it should be
        self._note_network(attended.look.observation)
        self._log.info(
            "looked",
            action="look",
            source=source.ref.name,
            signal=attended.look.observation.reading.signal.value,
            verdict=attended.look.verdict.kind.value,
            capture=attended.capture.id if attended.capture else None,
        )

    def _note_network(self, seen: Observation) -> None:
        """Pause the whole run while our own network is down: nothing that is seen then counts.

        A look that was answered by nobody, as one that we refuse to make, does not end the pause.
        """
        if seen.reading.signal is Signal.OFFLINE:
            if self._down_until is None:
                self._log.warning("our own network is down: nothing is looked at", action="pause")
            self._down_until = self._outside.clock.now() + self._outside.timetable.offline
        elif self._down_until is not None and any(one.status is not None for one in seen.answers):
            self._log.info("our own network is back", action="resume")
            self._down_until = None

    async def _finish(self) -> None:
        hands = [*self._hands.values(), *self._out.values()]
        if not hands:
            return
        _, late = await asyncio.wait(hands, timeout=self._grace.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
