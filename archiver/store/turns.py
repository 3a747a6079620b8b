"""Turns at registrable domains, and how long each is to be left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Connection, case, literal, or_, update

from archiver.store.clock import time_of
from archiver.store.columns import Moment
from archiver.store.database import Database
from archiver.store.statements import insert_for
from archiver.store.tables import turns

NONE = timedelta(0)


class SqlTurns:
    """The port :class:`archiver.ports.Turns` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, domain: str, worker: str, lease: timedelta) -> timedelta | None:
        """Take or prolong a worker's turn; return how long the domain wants to be left alone."""
        return await self._database.write(partial(_take, domain=domain, worker=worker, lease=lease))

    async def release(self, domain: str, worker: str, pause: timedelta) -> None:
        """Give a turn back; nothing happens when another worker has it by now."""
        await self._database.write(partial(_release, domain=domain, worker=worker, pause=pause))

    async def hold(self, domain: str, pause: timedelta) -> None:
        """Let nobody ask a domain for a time, whoever has the turn."""
        await self._database.write(partial(_hold, domain=domain, pause=pause))


def _take(connection: Connection, domain: str, worker: str, lease: timedelta) -> timedelta | None:
    now = time_of(connection)
    mine = {"worker": worker, "lease_until": now + lease}
    is_free = or_(turns.c.worker.is_(None), turns.c.worker == worker, turns.c.lease_until <= now)
    taken = (
        insert_for(connection, turns)
        .values(domain=domain, **mine)
        .on_conflict_do_update(index_elements=["domain"], set_=mine, where=is_free)
        .returning(turns.c.next_at)
    )
    row = connection.execute(taken).one_or_none()
    if row is None:
        return None
    return NONE if row.next_at is None else max(NONE, row.next_at - now)


def _release(connection: Connection, domain: str, worker: str, pause: timedelta) -> None:
    until = time_of(connection) + pause
    own = update(turns).where(turns.c.domain == domain, turns.c.worker == worker)
    values = {"worker": None, "lease_until": None, "next_at": _later(until)}
    connection.execute(own.values(values))


def _hold(connection: Connection, domain: str, pause: timedelta) -> None:
    until = time_of(connection) + pause
    held = insert_for(connection, turns).values(domain=domain, next_at=until)
    connection.execute(
        held.on_conflict_do_update(index_elements=["domain"], set_={"next_at": _later(until)})
    )


def _later(until: datetime) -> ColumnElement[datetime]:
    """Return the later of a time and the one that stands: a pause never gets shorter."""
    wanted = literal(until, Moment)  # a bare one would be text of another form on SQLite
    return case((turns.c.next_at > wanted, turns.c.next_at), else_=wanted)
