"""Workers: what processes tell of themselves, and what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from archiver.model.worker import Incident, IncidentKind, WorkerState
from archiver.store.clock import time_of
from archiver.store.database import Database
from archiver.store.statements import insert_for
from archiver.store.tables import incidents, workers


class SqlWorkers:
    """The port :class:`archiver.ports.Workers` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, state: WorkerState) -> None:
        """Set a worker's row; ``seen_at`` becomes the database's time."""

        def change(connection: Connection) -> None:
            row = _row(state) | {"seen_at": time_of(connection)}
            told = insert_for(connection, workers).values(row)
            connection.execute(told.on_conflict_do_update(index_elements=["name"], set_=row))

        await self._database.write(change)

    async def gone(self, name: str) -> None:
        """Remove a worker's row: it ended as it should."""
        ended = delete(workers).where(workers.c.name == name)
        await self._database.write(lambda connection: connection.execute(ended).rowcount)

    async def all(self) -> list[WorkerState]:
        """Return every worker that told of itself, the one seen last first."""
        query = select(workers).order_by(workers.c.seen_at.desc(), workers.c.name)
        return await self._database.read(lambda c: [_to_state(row) for row in c.execute(query)])

    async def now(self) -> datetime:
        """Return the database's time, by which they were seen."""
        return await self._database.read(time_of)

    async def note(self, *noted: Incident) -> None:
        """Append incidents, all or none."""
        rows = [
            {"at": one.at, "worker": one.worker, "kind": one.kind.value, "note": one.note}
            for one in noted
        ]
        if rows:
            await self._database.write(partial(_append, rows=rows))

    async def incidents(self, limit: int) -> Sequence[Incident]:
        """Return the newest incidents, newest first."""
        query = select(incidents).order_by(incidents.c.seq.desc()).limit(limit)
        return await self._database.read(lambda c: [_to_incident(row) for row in c.execute(query)])

    async def notes(self, kind: IncidentKind) -> Sequence[str]:
        """Return what incidents of a kind say, each text once, the newest first."""
        query = (
            select(incidents.c.note)
            .where(incidents.c.kind == kind.value)
            .group_by(incidents.c.note)
            .order_by(func.max(incidents.c.seq).desc())
        )
        return await self._database.read(lambda c: c.scalars(query).all())


def _append(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(insert(incidents), rows)


def _row(state: WorkerState) -> dict[str, Any]:
    return {
        "name": state.name,
        "kind": state.kind,
        "version": state.version,
        "started_at": state.started_at,
        "in_hand": state.in_hand,
        "conditions": dict(state.conditions),
    }


def _to_state(row: Row[Any]) -> WorkerState:
    return WorkerState(
        name=row.name,
        kind=row.kind,
        version=row.version,
        started_at=row.started_at,
        seen_at=row.seen_at,
        in_hand=row.in_hand,
        conditions=row.conditions,
    )


def _to_incident(row: Row[Any]) -> Incident:
    return Incident(row.at, row.worker, IncidentKind(row.kind), row.note)
