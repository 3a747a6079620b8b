"""What of the database tells that something is wrong with the service: read by indexes alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, func, select, text

from archiver.model.delivery import DeliveryState
from archiver.store.clock import time_of
from archiver.store.database import Database
from archiver.store.deliveries import due_since, is_planned, waiting_for_others
from archiver.store.tables import (
    IDLE,
    deliveries,
    events,
    observations,
    outbox,
    services,
    sources,
)

_NEWEST = 1000  # looks; a clock that was wrong shows in those that were made by it
_LATE = timedelta(hours=1)
_AT_MOST = 1000  # counted; more is as bad
_FAILED_LATELY = timedelta(days=7)
_NEWEST_DELIVERIES = 5000


@dataclass(frozen=True, slots=True)
class Soundness:
    """Times and counts. ``now`` is the database's clock.

    ``latest_look`` is the latest time of the newest looks, ``latest_due`` the last time that any
    source is due, ``due_since`` the first, once it is past. ``untold_since`` is when the oldest
    event happened that nobody was told of yet; ``late_deliveries`` counts those that wait an hour
    too long since they were first tried, or should have been; ``late_since`` is when the first of
    them was. ``unnamed`` counts, by notifier, what was not told yet to those that nobody named;
    these are not among the late. ``failed`` counts, by notifier, those that were given up lately
    and that nobody took note of; ``stopped`` says why, by service, of those that wait for a person.
    """

    now: datetime
    latest_look: datetime | None
    latest_due: datetime | None
    untold_since: datetime | None
    late_deliveries: int
    late_since: datetime | None = None
    failed: Mapping[str, int] = field(default_factory=dict)
    stopped: Mapping[str, str] = field(default_factory=dict)
    due_since: datetime | None = None
    unnamed: Mapping[str, int] = field(default_factory=dict)


async def soundness(
    database: Database,
    notifiers: Collection[str],
    gives_up: timedelta = timedelta(days=1),
) -> Soundness:
    """Read all of it on one state of the database.

    ``gives_up`` is after how long a delivery that fails is given up, ``notifiers`` who is told.

    Raises:
        StoreError: the database refused.
    """
    return await database.read(partial(_soundness, gives_up=gives_up, notifiers=notifiers))


def _soundness(
    connection: Connection, gives_up: timedelta, notifiers: Collection[str]
) -> Soundness:
    now = time_of(connection)
    newest = select(observations.c.at).order_by(observations.c.seq.desc()).limit(_NEWEST)
    oldest = (
        select(events.c.at)
        .join(outbox, outbox.c.event_id == events.c.id)
        .order_by(outbox.c.seq)
        .limit(1)
    )
    late = (
        select(due_since.label("since"))
        .where(is_planned, due_since < now - _LATE, deliveries.c.notifier.in_(notifiers))
        .order_by("since")
        .limit(_AT_MOST)
    )
    late_since = connection.scalars(late).all()
    first_due = connection.scalar(select(func.min(sources.c.next_due_at)).where(text(IDLE)))
    return Soundness(
        now=now,
        latest_look=connection.scalar(select(func.max(newest.subquery().c.at))),
        latest_due=connection.scalar(select(func.max(sources.c.next_due_at)).where(text(IDLE))),
        untold_since=connection.scalar(oldest),
        late_deliveries=len(late_since),
        late_since=late_since[0] if late_since else None,
        failed=_failed(connection, now - gives_up - _FAILED_LATELY),
        stopped=_stopped(connection),
        due_since=first_due if first_due is not None and first_due <= now else None,
        unnamed=waiting_for_others(connection, notifiers),
    )


def _failed(connection: Connection, since: datetime) -> dict[str, int]:
    newest = select(deliveries).order_by(deliveries.c.id.desc()).limit(_NEWEST_DELIVERIES)
    some = newest.subquery()
    query = (
        select(some.c.notifier, func.count().label("given_up"))
        .where(
            some.c.state == DeliveryState.FAILED.value,
            func.coalesce(some.c.tried_since, some.c.added_at) > since,
        )
        .group_by(some.c.notifier)
    )
    return {row.notifier: row.given_up for row in connection.execute(query)}


def _stopped(connection: Connection) -> dict[str, str]:
    query = select(services.c.name, services.c.reason).where(
        services.c.is_paused, services.c.paused_until.is_(None)
    )
    return {row.name: row.reason or "it stopped" for row in connection.execute(query)}
