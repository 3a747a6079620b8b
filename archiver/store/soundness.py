"""What of the database tells that something is wrong with the service: read by indexes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from archiver.store.clock import time_of
from archiver.store.database import Database
from archiver.store.tables import IDLE, deliveries, events, observations, outbox, sources

_NEWEST = 1000  # looks; a clock that was wrong shows in those that were made by it
_LATE = timedelta(hours=1)
_AT_MOST = 1000  # counted; more is as bad


@dataclass(frozen=True, slots=True)
class Soundness:
    """Times and counts. ``now`` is the database's clock.

    ``latest_look`` is the latest time of the newest looks, ``latest_due`` the last time that any
    source is due. ``untold_since`` is when the oldest event happened that nobody was told of yet;
    ``late_deliveries`` counts those that wait an hour too long.
    """

    now: datetime
    latest_look: datetime | None
    latest_due: datetime | None
    untold_since: datetime | None
    late_deliveries: int


async def soundness(database: Database) -> Soundness:
    """Read all of it on one state of the database.

    Raises:
        StoreError: the database refused.
    """
    return await database.read(_soundness)


def _soundness(connection: Connection) -> Soundness:
    now = time_of(connection)
    newest = select(observations.c.at).order_by(observations.c.seq.desc()).limit(_NEWEST)
    oldest = (
        select(events.c.at)
        .join(outbox, outbox.c.event_id == events.c.id)
        .order_by(outbox.c.seq)
        .limit(1)
    )
    late = select(deliveries.c.id).where(deliveries.c.next_try_at < now - _LATE).limit(_AT_MOST)
    return Soundness(
        now=now,
        latest_look=connection.scalar(select(func.max(newest.subquery().c.at))),
        latest_due=connection.scalar(select(func.max(sources.c.next_due_at)).where(text(IDLE))),
        untold_since=connection.scalar(oldest),
        late_deliveries=len(connection.scalars(late).all()),
    )
