"""Services: how outside archives and log-ins stand."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from archiver.model.service import ServiceState
from archiver.store.database import Database
from archiver.store.statements import insert_unless_there
from archiver.store.tables import services

_FIELDS = tuple(field.name for field in fields(ServiceState))


class SqlServices:
    """The port :class:`archiver.ports.Services` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self, name: str) -> ServiceState | None:
        """Return the state of one, or None while nothing was ever noted of it."""
        query = select(services).where(services.c.name == name)
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        return None if row is None else _to_state(row)

    async def keep(self, state: ServiceState) -> None:
        """Set the state of one."""
        row = {name: getattr(state, name) for name in _FIELDS}
        await self._database.write(partial(_keep, row=row))

    async def keep_first(self, state: ServiceState) -> ServiceState:
        """Set the state of one that has none; return the state that it has then."""
        row = {name: getattr(state, name) for name in _FIELDS}
        return await self._database.write(partial(_keep_first, row=row))

    async def all(self) -> list[ServiceState]:
        """Return the state of all that have one, by name."""
        query = select(services).order_by(services.c.name)
        found = await self._database.read(lambda c: [_to_state(row) for row in c.execute(query)])
        return sorted(found, key=lambda state: state.name)  # not by the database's collation


def _keep(connection: Connection, row: dict[str, Any]) -> None:
    if not insert_unless_there(connection, services, "name", row):
        connection.execute(update(services).where(services.c.name == row["name"]).values(row))


def _keep_first(connection: Connection, row: dict[str, Any]) -> ServiceState:
    insert_unless_there(connection, services, "name", row)
    query = select(services).where(services.c.name == row["name"])
    return _to_state(connection.execute(query).one())


def _to_state(row: Row[Any]) -> ServiceState:
    return ServiceState(**{name: getattr(row, name) for name in _FIELDS})
