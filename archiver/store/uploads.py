"""Captures whose files are on their way to an object store: in hand, committed or given up.

A store of objects has no locks that end with a process, and no rename. So the row that says a
capture is in hand is written before its first file is sent, and it goes in the transaction that
commits the capture. A sweep that gives a capture up marks the same row first. Both want that row,
so one of them is first, on either database: what was given up is never committed, however late its
owner wakes, and what was committed is never set aside.

The row says what the capture shows, too: of one that was broken off the manifest may never arrive,
and a takedown has to find it in quarantine all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, exists, insert, or_, select, update

from archiver.errors import GivenUpError, StoreError
from archiver.store.clock import database_time
from archiver.store.database import Database
from archiver.store.tables import captures, uploads

AT_ONCE = 500
"""Captures given up in one sweep at most; the next one goes on."""


class Uploads:
    """The rows of captures in hand. Times are the database's: machines disagree about theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def are_known(self, capture_id: str) -> bool:
        """Tell whether files were ever sent for a capture, or its row is there."""
        query = select(
            or_(
                exists().where(uploads.c.capture_id == capture_id),
                exists().where(captures.c.id == capture_id),
            )
        )
        return bool(await self._database.read(lambda connection: connection.scalar(query)))

    async def begin(
        self,
        capture_id: str,
        owner: str,
        url: str | None = None,
        started_at: datetime | None = None,
    ) -> None:
        """Say, durably, that files are about to be sent, and what the capture shows.

        Raises:
            StoreError: it was said before, or the capture has a row.
        """
        row = {
            "capture_id": capture_id,
            "owner": owner,
            "begun_at": database_time(),
            "url": url,
            "started_at": started_at,
        }

        def change(connection: Connection) -> None:
            known = exists().where(captures.c.id == capture_id)
            sent = exists().where(uploads.c.capture_id == capture_id)
            if connection.scalar(select(or_(known, sent))):
                raise StoreError(f"capture {capture_id} was begun before; take a new ID")
            connection.execute(insert(uploads).values(row))

        await self._database.write(change)

    async def show_life(self, capture_id: str) -> None:
        """Say that files are still being sent, so that the capture is not taken for left."""
        mine = and_(uploads.c.capture_id == capture_id, uploads.c.given_up_at.is_(None))
        sign = update(uploads).where(mine).values(alive_at=database_time())
        await self._database.write(lambda connection: connection.execute(sign).rowcount)

    async def assert_in_hand(self, capture_id: str) -> None:
        """Go on only with a capture that can still be committed.

        Raises:
            GivenUpError: it was given up; its files may be set aside already.
        """
        mine = and_(uploads.c.capture_id == capture_id, uploads.c.given_up_at.is_(None))
        query = select(exists().where(mine))
        if not await self._database.read(lambda connection: connection.scalar(query)):
            raise _given_up(capture_id)

    async def overdue(self, after: timedelta, most: int = AT_ONCE) -> Sequence[str]:
        """Return captures not committed, without a sign of life for so long, or given up half-way.

        Being begun is such a sign.
        """
        since = database_time(-after)
        is_silent = and_(
            uploads.c.begun_at <= since,
            or_(uploads.c.alive_at.is_(None), uploads.c.alive_at <= since),
        )
        query = (
            select(uploads.c.capture_id)
            .where(
                uploads.c.set_aside_at.is_(None), or_(is_silent, uploads.c.given_up_at.is_not(None))
            )
            .order_by(uploads.c.begun_at)
            .limit(most)
        )
        return await self._database.read(lambda connection: connection.scalars(query).all())

    async def to_look_again(self, after: timedelta, most: int = AT_ONCE) -> Sequence[str]:
        """Return captures set aside and given up so long ago, and not looked for once more."""
        query = (
            select(uploads.c.capture_id)
            .where(
                uploads.c.set_aside_at.is_not(None),
                uploads.c.looked_again_at.is_(None),
                uploads.c.given_up_at <= database_time(-after),
            )
            .order_by(uploads.c.given_up_at)
            .limit(most)
        )
        return await self._database.read(lambda connection: connection.scalars(query).all())

    async def shown_by(self, capture_ids: Sequence[str]) -> dict[str, tuple[str, datetime]]:
        """Return what captures show and when they were begun to be made, of those that told it."""
        told: dict[str, tuple[str, datetime]] = {}
        for start in range(0, len(capture_ids), AT_ONCE):
            query = select(uploads.c.capture_id, uploads.c.url, uploads.c.started_at).where(
                uploads.c.capture_id.in_(capture_ids[start : start + AT_ONCE]),
                uploads.c.url.is_not(None),
                uploads.c.started_at.is_not(None),
            )
            rows = await self._database.read(partial(_rows, query=query))
            told |= {row.capture_id: (row.url, row.started_at) for row in rows}
        return told

    async def give_up(self, capture_id: str) -> bool:
        """Make sure that a capture is not committed any more; false when it was, or is unknown."""
        mine = uploads.c.capture_id == capture_id
        mark = (
            update(uploads)
            .where(and_(mine, uploads.c.given_up_at.is_(None)))
            .values(given_up_at=database_time())
        )

        def change(connection: Connection) -> bool:
            connection.execute(mark)
            return bool(connection.scalar(select(exists().where(mine))))

        return await self._database.write(change)

    async def set_aside(self, capture_id: str) -> None:
        """Note that the files of a capture that was given up are out of the way."""
        mark = (
            update(uploads)
            .where(uploads.c.capture_id == capture_id)
            .values(set_aside_at=database_time())
        )
        await self._database.write(lambda connection: connection.execute(mark).rowcount)

    async def looked_again(self, capture_id: str) -> None:
        """Note that a capture was looked for once more after its files were set aside."""
        mark = (
            update(uploads)
            .where(uploads.c.capture_id == capture_id)
            .values(looked_again_at=database_time())
        )
        await self._database.write(lambda connection: connection.execute(mark).rowcount)


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()


def close_upload(connection: Connection, capture_id: str) -> None:
    """Take a capture out of hand, in the transaction that commits it.

    Raises:
        GivenUpError: it was given up; its files may be set aside already.
    """
    mine = uploads.c.capture_id == capture_id
    closed = connection.execute(delete(uploads).where(and_(mine, uploads.c.given_up_at.is_(None))))
    if not closed.rowcount and connection.scalar(select(exists().where(mine))):
        raise _given_up(capture_id)


def _given_up(capture_id: str) -> GivenUpError:
    return GivenUpError(f"capture {capture_id} took too long and was given up; take another")
