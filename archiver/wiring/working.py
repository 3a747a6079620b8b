"""Who works on the database, and how much waits: for ``status`` and ``doctor``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archiver.model.job import Job
from archiver.model.worker import Incident, WorkerState
from archiver.ports import Depth, SourceCounts
from archiver.store.store import SqlStore
from archiver.wiring.worker import is_alive

INCIDENTS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A daemon or worker, and whether it gives a sign of life."""

    state: WorkerState
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Working:
    """The service as the database knows it, by the database's clock.

    ``quarantined`` are jobs that workers died of, each with why. ``incidents`` are the newest.
    """

    at: datetime
    workers: tuple[Seen, ...]
    depth: Depth
    quarantined: tuple[tuple[Job, str], ...]
    incidents: tuple[Incident, ...]
    sources: SourceCounts

    @property
    def alive(self) -> tuple[WorkerState, ...]:
        """Processes that give a sign of life."""
        return tuple(one.state for one in self.workers if one.is_alive)

    @property
    def conditions(self) -> Sequence[tuple[WorkerState, str, str]]:
        """Why a process does less than it could: process, condition, reason."""
        return [
            (state, condition, why)
            for state in self.alive
            for condition, why in state.conditions.items()
        ]


async def working(store: SqlStore) -> Working:
    """Read who works and what waits.

    Raises:
        StoreError: the database refused.
    """
    at = await store.workers.now()
    return Working(
        at=at,
        workers=tuple(Seen(one, is_alive(one, at)) for one in await store.workers.all()),
        depth=await store.queue.depth(),
        quarantined=tuple(await store.queue.quarantined()),
        incidents=tuple(await store.workers.incidents(INCIDENTS)),
        sources=await store.overview.sources(at),
    )
