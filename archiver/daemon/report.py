"""What a service tells of itself: its row, its gauges, its status line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import archiver
from archiver.daemon.conditions import Conditions
from archiver.daemon.ready import Readiness
from archiver.flow.outside import Outside
from archiver.model.job import Lane
from archiver.model.worker import WorkerState
from archiver.wiring.worker import is_alive

TELL_EVERY = timedelta(seconds=10)
MEASURE_EVERY = timedelta(seconds=15)
SILENT_KEPT = timedelta(days=1)
"""How long doctor and status show a process that gives no sign of life any more."""


class Report:
    """Tells the database, the meter and the service manager how we are, now and then."""

    def __init__(
        self,
        outside: Outside,
        conditions: Conditions,
        readiness: Readiness,
        kind: str,
        in_hand: Callable[[], int],
    ) -> None:
        self._outside = outside
        self._conditions = conditions
        self._readiness = readiness
        self._kind = kind
        self._in_hand = in_hand
        self._started_at = outside.clock.now()
        self._told_at: timedelta | None = None
        self._measured_at: timedelta | None = None

    async def tell_all(self, *, with_queue: bool) -> None:
        """Write what happened, and what is due to be told.

        Raises:
            StoreError: the database refused.
        """
        now = self._outside.clock.steady()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            await self.tell()
            self._told_at = now
        if with_queue and (self._measured_at is None or now - self._measured_at >= MEASURE_EVERY):
            await self._measure()
            self._measured_at = now
        await self._conditions.tell()

    async def tell(self) -> None:
        """Set our row; the database answers when this returns.

        Raises:
            StoreError: the database refused.
        """
        outside = self._outside
        standing = {one.value: why for one, why in self._conditions.standing.items()}
        await outside.store.workers.tell(
            WorkerState(
                name=outside.worker,
                kind=self._kind,
                version=archiver.__version__,
                started_at=self._started_at,
                seen_at=outside.clock.now(),
                in_hand=self._in_hand(),
                conditions=standing,
            )
        )
        trouble = ", ".join(standing)
        words = f"{self._in_hand()} looks in hand"
        self._readiness.status(f"{words}; {trouble}" if trouble else words)

    async def gone(self) -> None:
        """Take our row away."""
        await self._conditions.tell()
        await self._outside.store.workers.gone(self._outside.worker)

    async def forget_silent(self) -> None:
        """Take away rows of processes that ended without a word: a container's name never returns.

        Raises:
            StoreError: the database refused.
        """
        workers = self._outside.store.workers
        at = await workers.now()
        for one in await workers.all():
            if abs(at - one.seen_at) > SILENT_KEPT:
                await workers.gone(one.name)

    async def _measure(self) -> None:
        meter, depth = self._outside.meter, await self._outside.store.queue.depth()
        for state, lanes in (("queued", depth.queued), ("running", depth.running)):
            for lane in Lane:  # one without jobs is in no count, and stands at none
                meter.stands("queue_depth", lanes.get(lane, 0), lane=lane.value, state=state)
        meter.stands("quarantined", depth.quarantined)
        meter.stands("oldest_due_seconds", depth.oldest.total_seconds())
        untold = await self._outside.store.deliveries.backlog(self._outside.clock.now())
        meter.stands("outbox_depth", untold.waiting)
        meter.stands("oldest_delivery_seconds", untold.oldest.total_seconds())
        at = await self._outside.store.workers.now()
        states = await self._outside.store.workers.all()
        meter.stands("workers", sum(is_alive(one, at) for one in states))
