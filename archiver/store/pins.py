"""Pins: what stands for a source as an article relied on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from archiver.model.selector import TextQuote
from archiver.model.verdict import AsCited, AsCitedKind
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.tables import pins


class SqlPins:
    """The port :class:`archiver.ports.Pins` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pin(self, citation_id: str, as_cited: AsCited, by: str, at: datetime) -> None:
        """Add a pin; the newest one counts, the older ones are history."""
        added = insert(pins).values(
            citation_id=citation_id,
            by=by,
            at=at,
            kind=as_cited.kind.value,
            seen_at=as_cited.at,
            lag=as_cited.lag,
            capture_id=as_cited.capture_id,
            observation_id=as_cited.observation_id,
            note=as_cited.note,
            memento_id=as_cited.memento_id,
            selectors=to_json(as_cited.selectors),
        )
        await self._database.write(lambda connection: connection.execute(added).rowcount)

    async def newest(self, citation_id: str) -> AsCited | None:
        """Return the pin that counts, or None."""
        history = await self.history(citation_id)
        return history[-1][2] if history else None

    async def history(self, citation_id: str) -> list[tuple[datetime, str, AsCited]]:
        """Return (when, by whom, pin), in the order they were made."""
        query = select(pins).where(pins.c.citation_id == citation_id).order_by(pins.c.seq)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [(row.at, row.by, _to_as_cited(row)) for row in rows]


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
