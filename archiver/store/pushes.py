"""Pushes: addresses to be saved by outside archives."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from archiver.errors import NotFoundError
from archiver.model.memento import Push, PushState
from archiver.store.database import Database
from archiver.store.tables import captures, pushes

_FIELDS = tuple(field.name for field in fields(Push))
_OPEN = (PushState.WAITING.value, PushState.SENT.value)


class SqlPushes:
    """The port :class:`archiver.ports.Pushes` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, push: Push) -> None:
        """Add one, unless the capture waits for, or was taken by, the archive already."""
        await self._database.write(partial(_add, push=push))

    async def due(self, at: datetime, limit: int) -> list[Push]:
        """Return pushes that wait or were sent and whose time has come, longest due first."""
        query = (
            select(pushes)
            .where(pushes.c.state.in_(_OPEN), pushes.c.next_try_at <= at)
            .order_by(pushes.c.next_try_at, pushes.c.id)
            .limit(limit)
        )
        return await self._database.read(lambda c: [_to_push(row) for row in c.execute(query)])

    async def keep(self, push: Push) -> None:
        """Bring a push's row up to date."""
        changed = update(pushes).where(pushes.c.id == push.id).values(_row(push))
        if not await self._database.write(lambda connection: connection.execute(changed).rowcount):
            raise NotFoundError(f"no push goes by {push.id!r}")

    async def of(self, source_id: str) -> list[Push]:
        """Return the pushes of a source, oldest first."""
        query = (
            select(pushes)
            .where(pushes.c.source_id == source_id)
            .order_by(pushes.c.added_at, pushes.c.id)
        )
        return await self._database.read(lambda c: [_to_push(row) for row in c.execute(query)])


def _add(connection: Connection, push: Push) -> None:
    # The capture's row is held meanwhile, so that two transactions do not both find none.
    held = select(captures.c.seq).where(captures.c.id == push.capture_id).with_for_update()
    connection.execute(held).all()
    twin = select(pushes.c.id).where(
        pushes.c.capture_id == push.capture_id,
        pushes.c.archive == push.archive,
        pushes.c.state != PushState.REFUSED.value,
    )
    if connection.execute(twin).first() is None:
        connection.execute(insert(pushes).values(_row(push)))


def _row(push: Push) -> dict[str, Any]:
    return {name: getattr(push, name) for name in _FIELDS} | {"state": push.state.value}


def _to_push(row: Row[Any]) -> Push:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Push(**{**values, "state": PushState(row.state)})
