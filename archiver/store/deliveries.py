"""Deliveries: who is told of which event, and how that went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Update,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)

from archiver.errors import NotFoundError
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.verdict import SETTLED, Event, EventKind, FindingKind
from archiver.ports import Backlog, Plan
from archiver.store.clock import database_time
from archiver.store.columns import Moment
from archiver.store.database import Database
from archiver.store.looks import to_event
from archiver.store.tables import deliveries, events, outbox, verdicts

_FIELDS = tuple(field.name for field in fields(Delivery))
_LIVING = tuple(
    state.value for state in (DeliveryState.HELD, DeliveryState.PENDING, DeliveryState.SENT)
)
"""States in which a delivery may still be told, or told again."""
_TOLD_AGAIN = (DeliveryState.PENDING.value, DeliveryState.SENT.value)
"""States of what is sent when its time comes."""
_OVER = (DeliveryState.SENT.value, DeliveryState.FAILED.value)
"""States that end when a person takes note; of what could not be told that is the only end."""
_WAITING = (DeliveryState.HELD.value, DeliveryState.PENDING.value)
_WELL = (FindingKind.INTACT.value, SETTLED)
"""What a finding's event says where nothing is left to tell of the citation."""
_OF_A_PERSON = frozenset({"acknowledged_at", "acknowledged_by"})
"""Fields that an acknowledgement alone writes, whoever sends just then."""


due_since = func.coalesce(deliveries.c.tried_since, deliveries.c.next_try_at)
"""Since when a delivery waits: a try that failed puts the next one ahead, not this."""
is_planned = deliveries.c.next_try_at > datetime.fromtimestamp(0, UTC)
"""A range, so that what was told long ago is not read: SQLite uses no index for IS NOT NULL."""


class _ChangedMeanwhileError(Exception):
    """A delivery is no longer as it was read; the transaction is undone."""


class SqlDeliveries:
    """The port :class:`archiver.ports.Deliveries` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self, limit: int) -> list[Event]:
        """Return events whose outbox row waits, oldest first."""
        query = (
            select(events)
            .join(outbox, outbox.c.event_id == events.c.id)
            .order_by(outbox.c.seq)
            .limit(limit)
        )
        return await self._events(query)

    async def waiting(self) -> int:
        """Return how many outbox rows wait."""
        query = select(func.count()).select_from(outbox)
        return await self._database.read(lambda c: c.execute(query).scalar_one())

    async def backlog(self, at: datetime) -> Backlog:
        """Return what waits at a time: events not planned yet, deliveries due or tried in vain."""
        due = select(func.count(), func.min(due_since)).where(
            is_planned, due_since <= at, deliveries.c.state == DeliveryState.PENDING
        )
        count, oldest = await self._database.read(lambda c: c.execute(due).one())
        return Backlog(
            count + await self.waiting(), at - oldest if oldest is not None else timedelta()
        )

    async def plan(self, plan: Plan) -> bool:
        """Clear an event's outbox row, add its deliveries and change earlier ones."""
        try:
            return await self._database.write(partial(_plan, plan=plan))
        except _ChangedMeanwhileError:
            return False

    async def earlier(self, event: Event) -> list[tuple[Delivery, Event]]:
        """Return the deliveries of older events about the same thing, oldest event first.

        Not of those before it was settled last: that is another matter.
        """
        settled = (
            select(func.max(events.c.seq))
            .where(_about_the_same(event), events.c.after == SETTLED, events.c.seq < _number(event))
            .scalar_subquery()
        )
        query = (
            select(deliveries, events.c.seq.label("number"))
            .join(events, events.c.id == deliveries.c.event_id)
            .where(_about_the_same(event), events.c.id != event.id)
            .where(events.c.seq > func.coalesce(settled, 0))
            .order_by(events.c.seq, deliveries.c.id)
        )
        return await self._database.read(partial(_with_events, query=query))

    async def hits(self, source_id: str) -> bool:
        """Whether there is a citation of which news of this source was not settled or restored."""
        later = events.alias()
        is_last = ~exists().where(
            later.c.citation_id == events.c.citation_id,
            later.c.kind == EventKind.FINDING.value,
            later.c.seq > events.c.seq,
        )
        query = select(
            exists().where(
                events.c.source_id == source_id,
                events.c.kind == EventKind.FINDING.value,
                events.c.after.not_in(_WELL),
                is_last,
            )
        )
        return await self._database.read(lambda c: bool(c.execute(query).scalar_one()))

    async def due(self, notifier: str, at: datetime, limit: int) -> list[Delivery]:
        """Return deliveries to a notifier whose time has come and nobody is sending, oldest first.

        The index of times is read for it: what is due is little beside what was told.
        """
        query = _due(deliveries.c.notifier == notifier, at, limit)
        return await self._database.read(partial(_with_whole_messages, query=query))

    async def due_to_others(
        self, notifiers: Collection[str], at: datetime, limit: int
    ) -> list[Delivery]:
        """Return what is due to none of some notifiers, oldest first."""
        return await self._deliveries(_due(deliveries.c.notifier.not_in(notifiers), at, limit))

    async def waiting_for_others(self, notifiers: Collection[str]) -> dict[str, int]:
        """Count what waits to be told for the first time, by notifier, without some notifiers."""
        return await self._database.read(partial(waiting_for_others, notifiers=notifiers))

    async def put_off(self, notifier: str, at: datetime, until: datetime, note: str) -> int:
        """Let what is due to a notifier wait until another time; return how many there were."""
        waiting = _unlocked(deliveries.c.notifier == notifier, _is_due(at, _TOLD_AGAIN))
        changed = (
            update(deliveries)
            .where(deliveries.c.id.in_(waiting))
            .values(
                next_try_at=until,
                tried_since=func.coalesce(deliveries.c.tried_since, literal(at, Moment)),
                note=note,
            )
        )
        return await self._database.write(lambda c: c.execute(changed).rowcount)

    async def make_due(self, notifier: str, at: datetime) -> int:
        """Make due what was tried in vain, or put off, to a notifier; return how many there were.

        What is held is due to be looked at, too: it waited with the rest.
        """
        waiting = _unlocked(
            deliveries.c.notifier == notifier,
            deliveries.c.next_try_at > at,
            deliveries.c.tried_since.is_not(None),
            deliveries.c.state.in_(_LIVING),
            _is_unclaimed(),
        )
        changed = (
            update(deliveries).where(deliveries.c.id.in_(waiting)).values(next_try_at=at, note=None)
        )
        return await self._database.write(lambda c: c.execute(changed).rowcount)

    async def reschedule(self, notifier: str, after: datetime, to: datetime) -> int:
        """Let what waits for a time after another wait for a new one; return how many do."""
        waiting = _unlocked(
            deliveries.c.notifier == notifier,
            deliveries.c.next_try_at > after,
            deliveries.c.next_try_at != to,
            deliveries.c.state == DeliveryState.PENDING.value,
            deliveries.c.sent_at.is_(None),
            deliveries.c.tried_since.is_(None),
            func.coalesce(deliveries.c.message_id, "") == "",  # as IS NULL its index would be read
            _is_unclaimed(),
        )
        changed = update(deliveries).where(deliveries.c.id.in_(waiting)).values(next_try_at=to)
        return await self._database.write(lambda c: c.execute(changed).rowcount)

    async def claim(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        lease: timedelta,
        message_id: str | None = None,
    ) -> list[Delivery]:
        """Take deliveries to send as one message, all or none; return those that are ours now."""
        try:
            return await self._database.write(
                partial(
                    _claim, wanted=deliveries, worker=worker, lease=lease, message_id=message_id
                )
            )
        except _ChangedMeanwhileError:
            return []

    async def keep(self, deliveries: Sequence[Delivery], worker: str) -> int:
        """Bring the rows of claimed deliveries up to date, at once; the claims end."""
        return await self._database.write(partial(_keep, noted=deliveries, worker=worker))

    async def newest(self, limit: int) -> list[Delivery]:
        """Return the newest deliveries, newest first."""
        return await self._deliveries(
            select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
        )

    async def acknowledge(self, event_id: str, by: str, at: datetime) -> int:
        """Acknowledge an event: nobody is told it again; return how many deliveries there were."""
        noted = {"acknowledged_at": at, "acknowledged_by": by}
        return await self._database.write(partial(_acknowledge, event_id=event_id, noted=noted))

    async def event(self, event_id: str) -> Event:
        """Return one event."""
        found = await self._events(select(events).where(events.c.id == event_id))
        if not found:
            raise NotFoundError(f"no event goes by {event_id!r}")
        return found[0]

    async def looks_since(self, source_id: str, at: datetime, kinds: Collection[str]) -> int:
        """Count the looks at a source from a time on whose verdict is one of some kinds."""
        query = select(func.count(verdicts.c.observation_id.distinct())).where(
            verdicts.c.source_id == source_id, verdicts.c.at >= at, verdicts.c.kind.in_(kinds)
        )
        return await self._database.read(lambda c: c.execute(query).scalar_one())

    async def latest(
        self,
        limit: int,
        *,
        sources: Collection[str] | None = None,
        citations: Collection[str] = (),
    ) -> list[Event]:
        """Return the newest events, newest first: all, or those of some sources and citations."""
        query = select(events).order_by(events.c.seq.desc()).limit(limit)
        if sources is not None:
            # Two look-ups by index: with OR a planner may read all events backwards instead.
            of_source = select(events.c.seq).where(
                events.c.source_id.in_(sources), events.c.kind != EventKind.FINDING.value
            )
            of_citation = select(events.c.seq).where(events.c.citation_id.in_(citations))
            query = query.where(events.c.seq.in_(union(of_source, of_citation)))
        return await self._events(query)

    async def last_number(self) -> int:
        """Return the number of the event written last; 0 without one."""
        query = select(func.coalesce(func.max(events.c.seq), 0))
        return await self._database.read(lambda c: c.execute(query).scalar_one())

    async def events_after(self, number: int, limit: int) -> list[tuple[int, Event]]:
        """Return events in the order they were written, those after a number, with their own."""
        query = select(events).where(events.c.seq > number).order_by(events.c.seq).limit(limit)
        return await self._database.read(
            lambda c: [(row.seq, to_event(row)) for row in c.execute(query)]
        )

    async def _events(self, query: Select[Any]) -> list[Event]:
        return await self._database.read(lambda c: [to_event(row) for row in c.execute(query)])

    async def _deliveries(self, query: Select[Any]) -> list[Delivery]:
        return await self._database.read(lambda c: [_to_delivery(row) for row in c.execute(query)])


def waiting_for_others(connection: Connection, notifiers: Collection[str]) -> dict[str, int]:
    """Count what waits to be told for the first time, by notifier, without some notifiers."""
    query = (
        select(deliveries.c.notifier, func.count().label("waiting"))
        .where(
            is_planned,
            deliveries.c.state.in_(_LIVING),
            deliveries.c.sent_at.is_(None),
            deliveries.c.notifier.not_in(notifiers),
        )
        .group_by(deliveries.c.notifier)
        .order_by(deliveries.c.notifier)
    )
    return {row.notifier: row.waiting for row in connection.execute(query)}


def pull_back_news(
    connection: Connection, at: datetime, ahead: timedelta, longest: timedelta
) -> None:
    """Let no news wait for a time that only a wrong clock showed.

    What was tried, or is held, for longer than ``longest`` is due at once, as is what was tried
    further ``ahead`` than clocks may be; a repetition is due as long after ``at`` as it was after
    it was told ahead. What waits for the hour of a digest waits for it:
    :meth:`SqlDeliveries.reschedule` tells the hour.
    """
    waits = and_(deliveries.c.next_try_at > at, deliveries.c.state.in_(_LIVING), _is_unclaimed())
    is_tried = or_(
        deliveries.c.tried_since.is_not(None), deliveries.c.state == DeliveryState.HELD.value
    )
    is_late = or_(
        deliveries.c.tried_since > at + ahead,
        and_(is_tried, deliveries.c.next_try_at > at + longest),
    )
    since = case((deliveries.c.tried_since > at, at), else_=deliveries.c.tried_since)
    late = update(deliveries).where(deliveries.c.id.in_(_unlocked(waits, is_late)))
    connection.execute(late.values(next_try_at=at, tried_since=since))
    told_ahead = _unlocked(
        waits, deliveries.c.sent_at > at + ahead, deliveries.c.next_try_at > deliveries.c.sent_at
    ).add_columns(deliveries.c.sent_at, deliveries.c.next_try_at)
    for one in connection.execute(told_ahead).all():
        again = update(deliveries).where(deliveries.c.id == one.id)
        connection.execute(again.values(next_try_at=at + (one.next_try_at - one.sent_at)))


def _due(whose: ColumnElement[bool], at: datetime, limit: int) -> Select[Any]:
    return (
        select(deliveries)
        .where(whose, _is_due(at, _LIVING))
        .order_by(deliveries.c.next_try_at, deliveries.c.id)
        .limit(limit)
    )


def _unlocked(*which: ColumnElement[bool]) -> Select[tuple[str]]:
    """Find the IDs of deliveries to be changed, each locked; nobody waits for anybody here.

    What others are at just now is theirs.
    """
    return select(deliveries.c.id).where(*which).with_for_update(skip_locked=True)


def _with_whole_messages(connection: Connection, query: Select[Any]) -> list[Delivery]:
    """Return what is found, and all else of the messages that were begun with some of it."""
    found = [_to_delivery(row) for row in connection.execute(query)]
    begun = {one.message_id for one in found if one.is_begun}
    if not begun:
        return found
    whole = select(deliveries, _is_unclaimed().label("is_free")).where(
        deliveries.c.message_id.in_(begun), deliveries.c.state == DeliveryState.PENDING.value
    )
    rows = connection.execute(whole).all()
    in_hand = {row.message_id for row in rows if not row.is_free}
    others = [one for one in found if not one.is_begun]
    again = [_to_delivery(row) for row in rows if row.message_id not in in_hand]
    return sorted(others + again, key=_when)


def _when(delivery: Delivery) -> tuple[datetime, str]:
    assert delivery.next_try_at is not None  # noqa: S101 - of what is pending
    return delivery.next_try_at, delivery.id


def _is_due(at: datetime, states: Collection[str]) -> ColumnElement[bool]:
    return and_(deliveries.c.next_try_at <= at, deliveries.c.state.in_(states), _is_unclaimed())


def _is_unclaimed() -> ColumnElement[bool]:
    return or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= database_time())


def _is_as_read(delivery: Delivery) -> ColumnElement[bool]:
    """Whether a row was not told, put off, bound to a message or acknowledged since it was read."""
    return and_(
        deliveries.c.id == delivery.id,
        deliveries.c.state == delivery.state.value,
        deliveries.c.key == delivery.key,
        deliveries.c.tries == delivery.tries,
        deliveries.c.next_try_at.is_not_distinct_from(delivery.next_try_at),
        deliveries.c.message_id.is_not_distinct_from(delivery.message_id),
        _is_unclaimed(),
    )


def _number(event: Event) -> ScalarSelect[int]:
    same = events.alias()
    return select(same.c.seq).where(same.c.id == event.id).scalar_subquery()


def _about_the_same(event: Event) -> ColumnElement[bool]:
    if event.kind is EventKind.FINDING:
        return and_(events.c.kind == event.kind.value, events.c.citation_id == event.citation_id)
    return and_(events.c.kind == event.kind.value, events.c.source_id == event.source_id)


def _plan(connection: Connection, plan: Plan) -> bool:
    cleared = delete(outbox).where(outbox.c.event_id == plan.event_id)
    if connection.execute(cleared).rowcount == 0:
        return False
    for read, wanted in plan.changed:
        changed = update(deliveries).where(_is_as_read(read)).values(_row(wanted))
        if connection.execute(changed).rowcount == 0:
            raise _ChangedMeanwhileError
    if plan.added:
        connection.execute(insert(deliveries), [_row(one) for one in plan.added])
    return True


def _claim(
    connection: Connection,
    wanted: Sequence[Delivery],
    worker: str,
    lease: timedelta,
    message_id: str | None,
) -> list[Delivery]:
    bound = {"state": DeliveryState.PENDING.value, "message_id": message_id}
    taken: list[Delivery] = []
    for one in sorted(wanted, key=lambda each: each.id):  # one order: nobody waits in a circle
        claimed = (
            update(deliveries)
            .where(_is_as_read(one))
            .values(
                worker=worker,
                lease_until=database_time(lease),
                **(bound if message_id is not None else {}),
            )
            .returning(deliveries)
        )
        taken += [_to_delivery(row) for row in connection.execute(claimed)]
    if message_id is not None and len(taken) < len(wanted):
        raise _ChangedMeanwhileError
    return taken


def _keep(connection: Connection, noted: Sequence[Delivery], worker: str) -> int:
    kept = 0
    for one in sorted(noted, key=lambda each: each.id):
        values = {name: value for name, value in _row(one).items() if name not in _OF_A_PERSON}
        changed = (
            update(deliveries)
            .where(deliveries.c.id == one.id, deliveries.c.worker == worker)
            .values({**values, "worker": None, "lease_until": None})
        )
        kept += connection.execute(changed).rowcount
    # What a person took note of before it was told is told this once.
    ended = _ended().where(
        deliveries.c.id.in_([one.id for one in noted]),
        deliveries.c.state.in_(_OVER),
        deliveries.c.acknowledged_at.is_not(None),
    )
    connection.execute(ended)
    return kept


def _acknowledge(connection: Connection, event_id: str, noted: dict[str, Any]) -> int:
    """End what was told, or could not be; what still waits is marked, to be told once.

    A claim to tell it again ends: what is being sent just now is not noted as sent over it.
    """
    of_event = and_(deliveries.c.event_id == event_id, deliveries.c.acknowledged_at.is_(None))
    waits = and_(of_event, deliveries.c.state.in_(_WAITING))
    again = and_(waits, deliveries.c.sent_at.is_not(None))
    over = or_(again, and_(of_event, deliveries.c.state.in_(_OVER)))
    ended = connection.execute(_ended().where(over).values(noted)).rowcount
    return ended + connection.execute(update(deliveries).where(waits).values(noted)).rowcount


def _ended() -> Update:
    """Change deliveries to what a person took note of: nobody is told them any more."""
    return update(deliveries).values(
        state=DeliveryState.ACKNOWLEDGED.value, next_try_at=None, worker=None, lease_until=None
    )


def _with_events(connection: Connection, query: Select[Any]) -> list[tuple[Delivery, Event]]:
    rows = connection.execute(query).all()
    numbers = {row.number for row in rows}
    found = select(events).where(events.c.seq.in_(numbers))
    known = {row.id: to_event(row) for row in connection.execute(found)} if numbers else {}
    return [(_to_delivery(row), known[row.event_id]) for row in rows]


def _row(delivery: Delivery) -> dict[str, Any]:
    values = {name: getattr(delivery, name) for name in _FIELDS}
    return {**values, "state": delivery.state.value}


def _to_delivery(row: Row[Any]) -> Delivery:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Delivery(**{**values, "state": DeliveryState(row.state)})
