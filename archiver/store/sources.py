"""Sources: the cited things, and when each is to be looked at next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, false, select, text, update

from archiver.errors import NotFoundError
from archiver.model.source import Source, SourceRef
from archiver.net.limits import registrable_domain
from archiver.store.claims import is_free
from archiver.store.database import Database
from archiver.store.ids import new_id
from archiver.store.jobs import close_waiting, hold_jobs
from archiver.store.statements import in_parts, insert_missing, insert_unless_there
from archiver.store.tables import IDLE, sources

MOST_PLANNED = 10_000  # due times of a host read at a time; more looks a day nobody allows


class SqlSources:
    """The port :class:`archiver.ports.Sources` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, ref: SourceRef, posted_at: datetime | None, at: datetime) -> Source:
        """Return the source of that identity, stored and due at once if it was not known.

        One that was removed is followed again, unless its content was taken down. ``posted_at``
        fills a gap, it replaces nothing.
        """
        return await self._database.write(
            partial(register_source, ref=ref, posted_at=posted_at, at=at)
        )

    async def date(self, posted: Mapping[str, datetime]) -> None:
        """Say when sources were published, where that is not known yet."""
        dates = {name_sha256(name): at for name, at in posted.items()}
        if dates:
            await self._database.write(partial(_date, dates=dates))

    async def several(self, source_ids: Sequence[str]) -> list[Source]:
        """Return sources by ID, in the order given."""
        return await self._database.read(partial(_several, source_ids=source_ids))

    async def source(self, name: str) -> Source:
        """Return a source by ID or name."""
        return await self._database.read(partial(_source, name=name))

    async def all(self) -> list[Source]:
        """Return all sources that were not removed, oldest first."""
        query = select(sources).where(sources.c.removed_at.is_(None)).order_by(sources.c.id)
        return await self._database.read(lambda c: [to_source(row) for row in c.execute(query)])

    async def due(self, at: datetime, limit: int) -> list[Source]:
        """Return sources to look at, longest due first."""
        query = (
            select(sources)
            .where(text(IDLE), sources.c.next_due_at <= at, is_free())
            .order_by(sources.c.next_due_at, sources.c.id)
            .limit(limit)
        )
        return await self._database.read(lambda c: [to_source(row) for row in c.execute(query)])

    async def schedule(self, source_id: str, due_at: datetime | None) -> None:
        """Set when the source is looked at next."""
        await self._set(source_id, {"next_due_at": due_at})

    async def author(self, source_id: str) -> str | None:
        """Return the account behind a source, as far as any look told it."""
        query = select(sources.c.author).where(sources.c.id == source_id)
        found: str | None = await self._database.read(lambda c: c.execute(query).scalar())
        return found

    async def of_author(self, author: str) -> list[Source]:
        """Return the sources of an account that are followed and not paused."""
        query = (
            select(sources)
            .where(
                sources.c.author == author,
                sources.c.paused == false(),
                sources.c.removed_at.is_(None),
            )
            .order_by(sources.c.id)
        )
        return await self._database.read(lambda c: [to_source(row) for row in c.execute(query)])

    async def hold_host(self, host: str, at: datetime, wait: timedelta) -> None:
        """Put off what is to be done at a host within a time until that is over."""
        held = update(sources).where(
            sources.c.host == host,
            sources.c.next_due_at < at + wait,
            sources.c.removed_at.is_(None),
            is_free(),
        )

        def change(connection: Connection) -> None:
            connection.execute(held.values(next_due_at=at + wait))
            hold_jobs(connection, host, registrable_domain(host), wait)

        await self._database.write(change)

    async def busy(self, host: str, since: datetime, until: datetime) -> list[datetime]:
        """Return when sources of a host are due within a time, soonest first."""
        within = {"host": host, "since": since, "until": until}
        return await self._database.read(lambda c: list(c.scalars(_PLANNED, within)))

    async def pause(self, source_id: str, *, paused: bool) -> None:
        """Stop looking by itself, or go on; a job that nobody asked for is closed."""

        def change(connection: Connection) -> None:
            _set(connection, source_id, {"paused": paused})
            if paused:
                close_waiting(connection, source_id, "its source is paused", but_asked=True)

        await self._database.write(change)

    async def remove(self, source_id: str, at: datetime) -> None:
        """Stop following a source: a tombstone, evidence stays; a job that waits is closed."""

        def change(connection: Connection) -> None:
            _set(connection, source_id, {"removed_at": at})
            close_waiting(connection, source_id, "its source is not followed any more")

        await self._database.write(change)

    async def _set(self, source_id: str, values: dict[str, Any]) -> None:
        await self._database.write(partial(_set, source_id=source_id, values=values))


def name_sha256(name: str) -> str:
    """Return the digest that a source is found by."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def register_source(
    connection: Connection, ref: SourceRef, posted_at: datetime | None, at: datetime
) -> Source:
    """Return the source of that identity, stored, or followed again, if need be."""
    digest = name_sha256(ref.name)
    insert_unless_there(connection, sources, "name_sha256", _row(ref, posted_at, at))
    known = sources.c.name_sha256 == digest
    revived = update(sources).where(known, _may_return())
    connection.execute(revived.values(removed_at=None, next_due_at=at))
    if posted_at is not None:
        dated = update(sources).where(known, sources.c.posted_at.is_(None))
        connection.execute(dated.values(posted_at=posted_at))
    return to_source(connection.execute(select(sources).where(known)).one())


def register_sources(
    connection: Connection, refs: Iterable[SourceRef | None], at: datetime
) -> dict[str, str]:
    """Register several in a few statements; return their IDs by name."""
    by_digest = {name_sha256(ref.name): ref for ref in refs if ref is not None}
    rows = {digest: _row(ref, None, at) for digest, ref in by_digest.items()}
    ids: dict[str, str] = {}
    # In one order everywhere, so that two transactions on PostgreSQL never wait for each other.
    for part in in_parts(sorted(by_digest)):
        among = sources.c.name_sha256.in_(part)
        known = set(connection.scalars(select(sources.c.name_sha256).where(among)))
        missing = [rows[digest] for digest in part if digest not in known]
        insert_missing(connection, sources, ["name_sha256"], missing)
        revived = update(sources).where(among, _may_return())
        connection.execute(revived.values(removed_at=None, next_due_at=at))
        found = connection.execute(select(sources.c.name_sha256, sources.c.id).where(among))
        ids.update({by_digest[row.name_sha256].name: row.id for row in found})
    return ids


def _may_return() -> ColumnElement[bool]:
    return sources.c.removed_at.is_not(None) & sources.c.taken_down_at.is_(None)


def _row(ref: SourceRef, posted_at: datetime | None, at: datetime) -> dict[str, Any]:
    """Return the row of a new source, due at once."""
    return {
        "id": new_id(),
        "name_sha256": name_sha256(ref.name),
        "platform": ref.platform,
        "key": ref.key,
        "url": ref.url,
        "host": ref.host,
        "domain": registrable_domain(ref.host) if ref.host is not None else None,
        "added_at": at,
        "posted_at": posted_at,
        "next_due_at": at,
        "paused": False,
        "fence": 0,
    }


_PLANNED = (
    select(sources.c.next_due_at)
    .where(
        sources.c.host == bindparam("host"),
        sources.c.next_due_at >= bindparam("since"),
        sources.c.next_due_at <= bindparam("until"),
        sources.c.paused == false(),
        sources.c.removed_at.is_(None),
    )
    .order_by(sources.c.next_due_at)
    .limit(MOST_PLANNED)
)


def to_source(row: Row[Any]) -> Source:
    """Read a row of ``sources``."""
    return Source(
        id=row.id,
        ref=SourceRef(row.platform, row.key, row.url),
        added_at=row.added_at,
        posted_at=row.posted_at,
        next_due_at=row.next_due_at,
        paused=row.paused,
        removed_at=row.removed_at,
        taken_down_at=row.taken_down_at,
    )


def _source(connection: Connection, name: str) -> Source:
    known = sources.c.name_sha256 == name_sha256(name) if ":" in name else sources.c.id == name
    row = connection.execute(select(sources).where(known)).one_or_none()
    if row is None:
        raise NotFoundError(f"no source goes by {name!r}")
    return to_source(row)


def _date(connection: Connection, dates: Mapping[str, datetime]) -> None:
    undated = update(sources).where(
        sources.c.name_sha256 == bindparam("digest"), sources.c.posted_at.is_(None)
    )
    rows = [{"digest": digest, "posted": dates[digest]} for digest in sorted(dates)]
    connection.execute(undated.values(posted_at=bindparam("posted")), rows)


def _several(connection: Connection, source_ids: Sequence[str]) -> list[Source]:
    found: dict[str, Source] = {}
    for part in in_parts(source_ids):
        query = select(sources).where(sources.c.id.in_(part))
        found.update({row.id: to_source(row) for row in connection.execute(query)})
    return [found[source_id] for source_id in source_ids if source_id in found]


def _set(connection: Connection, source_id: str, values: dict[str, Any]) -> None:
    changed = connection.execute(update(sources).where(sources.c.id == source_id).values(**values))
    if not changed.rowcount:
        raise NotFoundError(f"no source goes by {source_id!r}")
