"""Pins: what stands for a source as an article relied on it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from archiver.model.selector import TextQuote
from archiver.model.verdict import AsCited, AsCitedKind
from archiver.store.citing import hold_citation
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.tables import pins


class SqlPins:
    """The port :class:`archiver.ports.Pins` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pin(self, citation_id: str, as_cited: AsCited, by: str, at: datetime) -> None:
        """Add a pin; the newest one counts, the older ones are history."""
        row = _row(citation_id, as_cited, by, at)
        await self._database.write(lambda c: c.execute(insert(pins).values(row)).rowcount)

    async def move(
        self, citation_id: str, as_cited: AsCited, by: str, at: datetime, *, read: AsCited | None
    ) -> bool:
        """Add a pin while the newest one is the one that was ``read``; false when it is not."""
        row = _row(citation_id, as_cited, by, at)
        return await self._database.write(partial(_move, row=row, read=read))

    async def newest(self, citation_id: str) -> AsCited | None:
        """Return the pin that counts, or None."""
        history = await self.history(citation_id)
        return history[-1][2] if history else None

    async def history(self, citation_id: str) -> list[tuple[datetime, str, AsCited]]:
        """Return (when, by whom, pin), in the order they were made."""
        query = select(pins).where(pins.c.citation_id == citation_id).order_by(pins.c.seq)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [(row.at, row.by, _to_as_cited(row)) for row in rows]


def _move(connection: Connection, row: dict[str, Any], read: AsCited | None) -> bool:
    hold_citation(connection, row["citation_id"])
    of_citation = select(pins).where(pins.c.citation_id == row["citation_id"])
    newest = connection.execute(of_citation.order_by(pins.c.seq.desc()).limit(1)).one_or_none()
    if (_to_as_cited(newest) if newest is not None else None) != read:
        return False
    connection.execute(insert(pins).values(row))
    return True


def _row(citation_id: str, as_cited: AsCited, by: str, at: datetime) -> dict[str, Any]:
    return {
        "citation_id": citation_id,
        "by": by,
        "at": at,
        "kind": as_cited.kind.value,
        "seen_at": as_cited.at,
        "lag": as_cited.lag,
        "capture_id": as_cited.capture_id,
        "observation_id": as_cited.observation_id,
        "note": as_cited.note,
        "memento_id": as_cited.memento_id,
        "selectors": to_json(as_cited.selectors),
    }


def _to_as_cited(row: Row[Any]) -> AsCited:
    return AsCited(
        kind=AsCitedKind(row.kind),
        at=row.seen_at,
        lag=row.lag,
        capture_id=row.capture_id,
        observation_id=row.observation_id,
        note=row.note,
        memento_id=row.memento_id,
        selectors=tuple(from_json(TextQuote, one) for one in row.selectors or ()),
    )
