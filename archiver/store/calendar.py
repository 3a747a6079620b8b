"""Times that were written while a clock was wrong, and putting them right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from archiver.judge.budget import lean
from archiver.model.worker import IncidentKind
from archiver.ports import Longest
from archiver.store.clock import time_of
from archiver.store.database import Database
from archiver.store.deliveries import is_planned, pull_back_news
from archiver.store.statements import in_parts
from archiver.store.tables import (
    IDLE,
    QUEUED,
    RUNNING,
    articles,
    deliveries,
    feeds,
    incidents,
    jobs,
    observations,
    pushes,
    services,
    sources,
    turns,
)

AHEAD = timedelta(hours=1)
"""A look so far ahead was made by a wrong clock; two machines may differ by minutes."""
LONGEST_WAIT = timedelta(days=8)
"""What waits longer to be tried again waits by a wrong clock: no ``Retry-After`` is obeyed for more
than a week."""
LONGEST_LEASE = timedelta(minutes=10)
"""Leases are not cut shorter than this, nor than those that are given here: whoever lives prolongs
its own long before."""
NEWEST = 1000
"""Looks among which the latest is looked for: one by a right clock does not hide those of a wrong
one that were made just before it."""
PART = 500  # rows held in memory at a time
BEGUN, DONE = "times are brought back", "times were brought back"
"""How the word of it begins: sources come after jobs and turns, in transactions of their own. Not
on a server: when sources are due its clock does not say."""
_LOCK = 4_726_349_105_334
"""Key of PostgreSQL's advisory lock around it, next to those of upgrades and of messages."""


class SqlCalendar:
    """The port :class:`archiver.ports.Calendar` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._planned: dict[str, int] = {}

    @property
    def goes_by_our_clock(self) -> bool:
        """Tell whether the database is a file, which goes by this machine's clock."""
        return self._database.is_embedded

    async def ahead(self) -> timedelta:
        """Return how far the newest open job lies ahead of the database's clock."""
        return await self._database.read(_jobs_ahead)

    async def newest_time(self, lease: timedelta) -> datetime | None:
        """Return the latest time that newest looks, open jobs and claims were written with."""
        longest = max(lease, LONGEST_LEASE)
        is_ours = self._database.is_embedded
        return await self._database.read(partial(_newest_time, lease=longest, is_ours=is_ours))

    async def set_back(
        self, by: timedelta, since: datetime | None, worker: str, lease: timedelta
    ) -> int:
        """Bring times of the database's own clock back; return how many."""
        longest = max(lease, LONGEST_LEASE)
        is_ours = self._database.is_embedded
        change = partial(
            _set_all_back, by=by, since=since, worker=worker, lease=longest, is_ours=is_ours
        )
        return await self._database.write(change)

    async def is_half_done(self) -> bool:
        """Tell whether the word of the last time says that sources were not all gone through."""
        return await self._database.read(_is_half_done)

    async def pull_back(
        self, at: datetime, spread: timedelta, after: str, limit: int, longest: Longest
    ) -> tuple[str | None, int]:
        """Make sources due soon whose last look lies ahead, or that wait for too long."""
        if not after:
            self._planned.clear()  # each host is counted once while all sources are gone through
        latest = _Latest(at, longest, self._planned)
        return await self._database.write(
            partial(_pull_back, spread=spread, after=after, limit=limit, latest=latest)
        )

    async def latest_due(self) -> datetime | None:
        """Return when the last source is due that may come due."""
        query = select(func.max(sources.c.next_due_at)).where(text(IDLE))
        latest: datetime | None = await self._database.read(lambda c: c.scalar(query))
        return latest


_OF_DATABASE: tuple[tuple[Column[Any], Column[Any]], ...] = (
    (sources.c.id, sources.c.lease_until),
    (jobs.c.id, jobs.c.not_before),
    (turns.c.domain, turns.c.next_at),
    (turns.c.domain, turns.c.lease_until),
    (deliveries.c.id, deliveries.c.lease_until),
)
"""Sources before jobs, as everybody holds them: else two could wait for each other."""
_SEQ = observations.c.seq
_LEASES = (turns.c.lease_until, sources.c.lease_until, deliveries.c.lease_until)


def _set_all_back(
    connection: Connection,
    by: timedelta,
    since: datetime | None,
    worker: str,
    lease: timedelta,
    *,
    is_ours: bool,
) -> int:
    """Bring all times back that lie ahead, unless it was done for this jump of the clock.

    In one transaction with the word of it, and with the times by which a start would see the same
    jump again: done by halves or twice, a pause that a site asked for, or a quarantine, would end
    too early.
    """
    if connection.dialect.name == "postgresql":  # who comes second finds the word of it
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = time_of(connection)
    if since is None:
        ahead = _still_ahead(connection, now, lease) if is_ours else _jobs_ahead(connection)
        by = min(by, ahead)
    elif _is_done(connection, now, since):
        return 0
    if by <= timedelta(0):
        return 0
    changed = 0
    for key, column in _OF_DATABASE:
        soonest = now + lease if any(column is one for one in _LEASES) else now
        after: str | None = ""
        while after is not None:
            after, moved = _set_back(connection, key, column, by, soonest, after)
            changed += moved
    for column in (jobs.c.added_at, jobs.c.started_at):
        written = update(jobs).where(column > now, jobs.c.finished_at.is_(None))
        connection.execute(written.values({column: now}))
    newest = connection.scalar(select(observations.c.id).order_by(_SEQ.desc()).limit(1))
    note = f"{BEGUN if is_ours else DONE} by {by}; the newest look was {newest}"
    told = {"at": now, "worker": worker, "kind": IncidentKind.PUT_RIGHT.value, "note": note}
    connection.execute(insert(incidents).values(told))
    return changed


def _still_ahead(connection: Connection, now: datetime, lease: timedelta) -> timedelta:
    """Return how far the newest time lies ahead of which nothing was brought back yet."""
    newest = _newest_time(connection, lease=lease, is_ours=True)
    return (newest or now) - now


def _is_done(connection: Connection, now: datetime, since: datetime) -> bool:
    """Tell whether times were brought back already since the clock was the wrong one."""
    done = _newest_put_right(connection)
    return done is not None and since <= done.at <= now


def _newest_put_right(connection: Connection) -> Any:  # noqa: ANN401 - SQLAlchemy's name for it is long
    query = select(incidents.c.at, incidents.c.note).where(
        incidents.c.kind == IncidentKind.PUT_RIGHT.value
    )
    return connection.execute(query.order_by(incidents.c.seq.desc()).limit(1)).one_or_none()


def _is_half_done(connection: Connection) -> bool:
    begun = _newest_put_right(connection)
    return begun is not None and begun.note.startswith(BEGUN)


def _note_done(connection: Connection) -> None:
    if _is_half_done(connection):
        is_begun = incidents.c.note.startswith(BEGUN)
        done = update(incidents).where(incidents.c.kind == IncidentKind.PUT_RIGHT.value, is_begun)
        connection.execute(done.values(note=func.replace(incidents.c.note, BEGUN, DONE)))


def _latest_look(connection: Connection, *, is_ours: bool) -> datetime | None:
    """Return the latest time of the newest looks for which nothing was brought back yet.

    Jobs and claims do not lie ahead once it was done. A look does, for it is evidence: the word of
    what was done names the newest one of then. On a server that is not word of looks.
    """
    done = _newest_put_right(connection) if is_ours else None
    newest = select(observations.c.at).order_by(_SEQ.desc()).limit(NEWEST)
    if done is not None:
        named = select(_SEQ).where(observations.c.id == done.note.rpartition(" ")[2])
        newest = newest.where((connection.scalar(named) or 0) < _SEQ)
    latest: datetime | None = connection.scalar(select(func.max(newest.subquery().c.at)))
    return latest


def _newest_time(connection: Connection, *, lease: timedelta, is_ours: bool) -> datetime | None:
    """Return the latest time on record; ``is_ours``: the database's clock is this machine's."""
    look = _latest_look(connection, is_ours=is_ours)
    times = [look] if look is not None else []
    if is_ours:
        times += _written(connection, lease)
    return max(times, default=None)


_WRITTEN = (
    select(func.max(jobs.c.added_at)).where(text(QUEUED)),
    select(func.max(jobs.c.started_at)).where(text(RUNNING)),
)
_LEASED = select(func.max(sources.c.lease_until)).where(sources.c.worker.is_not(None))


def _written(connection: Connection, lease: timedelta) -> list[datetime]:
    """Return when, by the database's clock, open jobs and claims were written last.

    A claim does not say it; no lease is longer than ``lease``.
    """
    until = connection.scalar(_LEASED)
    return [*_of_jobs(connection), *([until - lease] if until is not None else [])]


def _of_jobs(connection: Connection) -> list[datetime]:
    times = [connection.scalar(query) for query in _WRITTEN]
    return [one for one in times if one is not None]


def _jobs_ahead(connection: Connection) -> timedelta:
    """Return how far the newest open job lies ahead.

    Of a server's clock nothing else tells: looks are made by other clocks, and other machines may
    hold claims for longer than this one does.
    """
    now = time_of(connection)
    return max([now, *_of_jobs(connection)]) - now


def _set_back(
    connection: Connection,
    key: Column[Any],
    column: Column[Any],
    by: timedelta,
    soonest: datetime,
    after: str,
) -> tuple[str | None, int]:
    query = select(key, column).where(column > soonest, key > after, *_among(key)).order_by(key)
    rows = connection.execute(query.limit(PART).with_for_update()).all()
    if not rows:
        return None, 0
    moved = [{"row": name, "moved": max(soonest, at - by)} for name, at in rows]
    change = update(key.table).where(key == bindparam("row")).values({column: bindparam("moved")})
    connection.execute(change, moved)
    return rows[-1][0], len(rows)


def _among(key: Column[Any]) -> list[ColumnElement[bool]]:
    """Return what an index knows of the rows that wait: they are few among many."""
    if key is jobs.c.id:
        return [jobs.c.finished_at.is_(None)]
    if key is deliveries.c.id:
        return [is_planned]
    return [sources.c.worker.is_not(None)] if key is sources.c.id else []


@dataclass(frozen=True, slots=True)
class _Latest:
    """When something is due at the latest. ``planned`` is how many looks each host has to come."""

    at: datetime
    longest: Longest
    planned: dict[str, int]

    def of_host(self, connection: Connection, host: str | None) -> datetime:
        latest = self.at + self.longest.look
        if host is None:
            return latest
        if host not in self.planned:
            coming = select(func.count()).where(
                sources.c.host == host, sources.c.next_due_at > self.at
            )
            self.planned[host] = connection.execute(coming).scalar_one()
        planned = self.planned[host]
        return latest + timedelta(planned / self.longest.per_day) + planned * self.longest.spacing


def _pull_back(
    connection: Connection, spread: timedelta, after: str, limit: int, latest: _Latest
) -> tuple[str | None, int]:
    at = latest.at
    if not after:
        _pull_back_others(connection, at, latest.longest)
    ids = list(
        connection.scalars(
            select(sources.c.id).where(sources.c.id > after).order_by(sources.c.id).limit(limit)
        )
    )
    if not ids:
        _note_done(connection)
        return None, 0
    late = _late(connection, ids, spread, latest)
    if late:
        due = update(sources).where(sources.c.id == bindparam("row"))
        times = [{"row": one, "due": at + spread * ((1 + lean(one)) / 2)} for one in sorted(late)]
        connection.execute(due.values(next_due_at=bindparam("due")), times)
    return ids[-1], len(late)


def _late(
    connection: Connection, ids: Sequence[str], spread: timedelta, latest: _Latest
) -> set[str]:
    """Return which of some sources wait by a wrong clock, and what would be left alone by that.

    One that was put off with others is known by them: of those that come later in the order of
    their IDs none goes now, unless it is the last.
    """
    at, longest = latest.at, latest.longest
    is_dated_ahead = _is_dated_ahead(at + AHEAD)
    is_held = _is_held_beyond(at + longest.pause + AHEAD)
    waiting = select(
        sources.c.id,
        sources.c.host,
        sources.c.next_due_at,
        is_dated_ahead.label("is_dated_ahead"),
        is_held.label("is_held"),
    ).where(
        sources.c.id.in_(ids),
        sources.c.next_due_at > at + spread,
        sources.c.removed_at.is_(None),
        or_(is_dated_ahead, is_held, sources.c.next_due_at > at + longest.look),
    )
    rows = connection.execute(waiting).all()
    late = {
        one.id
        for one in rows
        if one.is_dated_ahead
        or one.is_held
        or one.next_due_at > latest.of_host(connection, one.host)
    }
    for host, moment in {(one.host, one.next_due_at) for one in rows if one.is_held}:
        later = select(sources.c.id).where(
            sources.c.host == host,
            sources.c.next_due_at == moment,
            sources.c.removed_at.is_(None),
            sources.c.id > ids[-1],
        )
        left = connection.scalars(later.limit(2)).all()
        if len(left) == 1:
            late.update(left)
    return late


def _is_dated_ahead(of: datetime) -> ColumnElement[bool]:
    """Whether a source's last look lies ahead of a time, or without any it was added ahead of it.

    What a right clock looked at since is due when that look says.
    """
    later = observations.alias()
    is_seen_since = exists().where(
        later.c.source_id == observations.c.source_id, later.c.seq > _SEQ, later.c.at <= of
    )
    is_of_source = observations.c.source_id == sources.c.id
    return or_(
        exists().where(is_of_source, observations.c.at > of, ~is_seen_since),
        and_(sources.c.added_at > of, ~exists().where(is_of_source)),
    )


def _is_held_beyond(latest: datetime) -> ColumnElement[bool]:
    """Whether a source was put off with others of its host, beyond the latest that may be.

    No two looks at a host are planned for the same moment.
    """
    other = sources.alias()
    is_with_it = exists().where(
        other.c.host == sources.c.host,
        other.c.next_due_at == sources.c.next_due_at,
        other.c.id != sources.c.id,
    )
    return and_(sources.c.next_due_at > latest, is_with_it)


_TRIED_AGAIN = (articles.c.read_due_at, pushes.c.next_try_at)
"""When something is tried that nobody puts off for longer than servers may ask for."""


def _pull_back_others(connection: Connection, at: datetime, longest: Longest) -> None:
    """Let what is no source wait no longer than a clock that is right would say."""
    for column in _TRIED_AGAIN:
        waiting = update(column.table).where(column > at + LONGEST_WAIT)
        connection.execute(waiting.values({column: at}))
    _pull_back_feeds(connection, at, longest.feed)
    _pull_back_pauses(connection, at)
    pull_back_news(connection, at, AHEAD, LONGEST_WAIT)


def _pull_back_feeds(connection: Connection, at: datetime, usual: timedelta) -> None:
    waiting = select(feeds.c.id, feeds.c.next_due_at, feeds.c.every, feeds.c.looked_at).where(
        feeds.c.next_due_at > at
    )
    late = [
        one.id
        for one in connection.execute(waiting).all()
        if one.next_due_at > at + max(one.every or usual, LONGEST_WAIT)
        or (one.looked_at is not None and one.looked_at > at + AHEAD)
    ]
    for part in in_parts(late):
        connection.execute(update(feeds).where(feeds.c.id.in_(part)).values(next_due_at=at))


def _pull_back_pauses(connection: Connection, at: datetime) -> None:
    """Let a pause that began ahead begin now; one that waits for a person has no end to move."""
    ahead = select(services.c.name, services.c.changed_at, services.c.paused_until).where(
        services.c.changed_at > at + AHEAD, services.c.paused_until.is_not(None)
    )
    for one in connection.execute(ahead.with_for_update()).all():
        moved = {"changed_at": at, "paused_until": at + (one.paused_until - one.changed_at)}
        connection.execute(update(services).where(services.c.name == one.name).values(moved))
