"""Custody: the append-only record of who did what to evidence, and why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.store.codec import to_json
from archiver.store.database import Database
from archiver.store.looks import WITHDRAWN
from archiver.store.tables import custody

_HOLDING = (CustodyAct.HOLD.value, CustodyAct.RELEASE.value)


class SqlCustody:
    """The port :class:`archiver.ports.Custody` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, entry: CustodyEntry) -> None:
        """Append an entry."""
        row = {
            "id": entry.id,
            "act": entry.act.value,
            "at": entry.at,
            "by": entry.by,
            "reason": entry.reason,
            "source_id": entry.source_id,
            "detail": to_json(entry.detail),
        }
        await self._database.write(lambda c: c.execute(insert(custody), row).rowcount)

    async def all(self) -> list[CustodyEntry]:
        """Return every entry, oldest first."""
        return await self._entries(select(custody))

    async def of(self, source_id: str) -> list[CustodyEntry]:
        """Return the entries of a source, oldest first."""
        return await self._entries(select(custody).where(custody.c.source_id == source_id))

    async def held(self) -> list[str]:
        """Return the IDs of sources under a hold that was not released."""
        newest = (
            select(func.max(custody.c.seq))
            .where(custody.c.act.in_(_HOLDING), custody.c.source_id.is_not(None))
            .group_by(custody.c.source_id)
        )
        query = select(custody.c.source_id).where(
            custody.c.seq.in_(newest), custody.c.act == CustodyAct.HOLD.value
        )
        return await self._database.read(
            lambda connection: sorted(row.source_id for row in connection.execute(query))
        )

    async def _entries(self, query: Select[Any]) -> list[CustodyEntry]:
        ordered = query.order_by(custody.c.seq)
        return await self._database.read(
            lambda connection: [_to_entry(row) for row in connection.execute(ordered)]
        )


def _to_entry(row: Row[Any]) -> CustodyEntry:
    return CustodyEntry(
        id=row.id,
        act=CustodyAct(row.act),
        at=row.at,
        by=row.by,
        reason=WITHDRAWN if row.reason is None else row.reason,
        source_id=row.source_id,
        detail=row.detail,
    )
