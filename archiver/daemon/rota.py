"""What is done now and then: each duty at its own interval, none twice at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from archiver.daemon.ending import DYING_S
from archiver.daemon.ticker import Ticker
from archiver.flow.seldom import Errand
from archiver.model.reread import Reread
from archiver.ports import Clock, Meter


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done, and how long an end may take."""

    tick: timedelta = timedelta(seconds=5)
    sweep: timedelta = timedelta(seconds=30)
    feed: timedelta = timedelta(seconds=15)
    notify: timedelta = timedelta(seconds=5)
    checkpoint: timedelta = timedelta(minutes=10)
    scrub: timedelta = timedelta(hours=1)
    grace: timedelta = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class Duties:
    """What a service does beside its hands' work.

    ``enqueues`` tells whether it queues what is due and sweeps up after dead workers; ``errands``
    are run side by side while there is room for what they keep and the time can be told,
    ``chores`` at all times,
    ``targets`` looks at the start, and when times were put right, whether people can be told and
    for which hour digests wait, ``notify`` tells them, by names of its parts, each its own duty so
    that a slow target keeps no other waiting, ``feeds_every`` is the usual time between two looks
    at a feed,
    ``clear`` puts the staging directory in order and returns captures without a row,
    ``memory`` hands back what is free of it, with each tick, ``checkpoint`` puts the database in
    order, ``scrub`` reads a share of the files again and tells what is damaged or unlisted.
    """

    enqueues: bool = True
    errands: Sequence[Errand] = ()
    chores: Sequence[Errand] = ()
    targets: Errand | None = None
    notify: Mapping[str, Errand] = field(default_factory=dict)
    feeds_every: timedelta = timedelta(minutes=15)
    clear: Callable[[], Awaitable[Sequence[str]]] | None = None
    memory: Errand | None = None
    checkpoint: Errand | None = None
    scrub: Callable[[Callable[[Reread], Awaitable[None]]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Unless:
    """An errand that is left while something stands in its way."""

    work: Errand
    is_left: Callable[[], bool]

    async def __call__(self) -> object:
        """Run it, or do nothing."""
        return None if self.is_left() else await self.work()


class Rota:
    """Sends duties out, each in a task of its own.

    One that is out still is not sent again, and one that fails stops nothing; ``is_known`` tells
    errors that somebody else tells of.
    """

    def __init__(self, is_known: Callable[[Exception], Awaitable[bool]], meter: Meter) -> None:
        self._is_known = is_known
        self._meter = meter
        self._is_closed = False
        self._out: dict[str, asyncio.Task[None]] = {}
        self._log = structlog.get_logger("archiver.daemon")

    def schedule(
        self, jobs: Mapping[str, tuple[timedelta, Mapping[str, Errand]]], clock: Clock
    ) -> Ticker:
        """Start a ticker for jobs: how often, and the duties of each by a name of their own."""
        return Ticker(
            {job: (every, partial(self._begin_all, out)) for job, (every, out) in jobs.items()},
            clock,
        )

    async def _begin_all(self, duties: Mapping[str, Errand]) -> None:
        for name, work in duties.items():
            self.begin(name, work)

    def begin(self, name: str, work: Errand) -> None:
        """Send a duty out, unless it is out still or the end was asked for."""
        if name not in self._out and not self._is_closed:
            task = asyncio.create_task(self.see_to(name, work))
            self._out[name] = task
            task.add_done_callback(lambda _: self._out.pop(name, None))

    async def do(self, name: str, work: Errand) -> None:
        """Send a duty out and come back when it is in, or when the one is that was out already."""
        self.begin(name, work)
        if name in self._out:
            await asyncio.wait([self._out[name]])

    async def see_to(self, name: str, work: Errand) -> None:
        """Do a duty here and now."""
        began, outcome = asyncio.get_running_loop().time(), "failed"
        try:
            done = await work()
        except Exception as error:  # noqa: BLE001 - the border of the loop
            if not await self._is_known(error):
                self._log.warning("errand failed", action=name, error=f"{error}", exc_info=error)
        else:
            outcome = "done"
            if done and isinstance(done, Sized):
                self._log.info("errand done", action=name, done=len(done))
        took, kind = asyncio.get_running_loop().time() - began, name.partition(" ")[0]
        self._meter.count("errands_total", errand=kind, outcome=outcome)
        self._meter.took("errand_seconds", took, errand=kind)

    def close(self) -> None:
        """Send nothing out any more."""
        self._is_closed = True

    async def finish(self, seconds: float) -> None:
        """Wait so long for what is out, then end it, and wait a moment for its end."""
        loop = asyncio.get_running_loop()
        dead_at = loop.time() + seconds + DYING_S
        if self._out:
            await asyncio.wait(self._out.values(), timeout=max(seconds, 0))
        late = list(self._out.values())
        for task in late:
            task.cancel()
        ended = asyncio.gather(*late, return_exceptions=True)
        await asyncio.wait([ended], timeout=max(dead_at - loop.time(), 0))


def named(errands: Sequence[Errand]) -> dict[str, Errand]:
    """Give errands names of their own: what they do, with a number where that is not enough."""
    found: dict[str, Errand] = {}
    for errand in errands:
        work: Any = errand
        while hasattr(work, "work"):
            work = work.work
        name = getattr(getattr(work, "func", work), "__name__", "errand")
        found[name if name not in found else f"{name}-{len(found)}"] = errand
    return found
