"""Mementos: what outside archives hold of our sources."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from archiver.errors import NotFoundError
from archiver.model.custody import WITHDRAWN
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.observation import KeptAnswer
from archiver.model.signals import Signal
from archiver.store.bodies import list_bodies
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.statements import insert_missing
from archiver.store.tables import mementos, sources


class SqlMementos:
    """The port :class:`archiver.ports.Mementos` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, memento: Memento) -> None:
        """Append one; the same archive, address and time of a source twice is kept once."""
        await self._database.write(partial(_keep, row=_memento_row(memento)))

    async def of(self, source_id: str) -> list[Memento]:
        """Return all mementos of a source, oldest capture first."""
        query = (
            select(mementos)
            .where(mementos.c.source_id == source_id)
            .order_by(mementos.c.at, mementos.c.seq)
        )
        return await self._database.read(
            lambda connection: [_to_memento(row) for row in connection.execute(query)]
        )

    async def memento(self, memento_id: str) -> Memento:
        """Return one memento."""
        query = select(mementos).where(mementos.c.id == memento_id)
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        if row is None:
            raise NotFoundError(f"no memento goes by {memento_id!r}")
        return _to_memento(row)


def _keep(connection: Connection, row: dict[str, Any]) -> None:
    # Asked first because SQLite's trigger refuses a twin before the statement can pass it over;
    # the statement passes over one that another PostgreSQL transaction wrote meanwhile.
    twin = select(mementos.c.seq).where(mementos.c.identity_sha256 == row["identity_sha256"])
    down = select(sources.c.id).where(
        sources.c.id == row["source_id"], sources.c.taken_down_at.is_not(None)
    )
    if connection.execute(down).first() is not None:
        return  # taken down while the archive was asked
    if connection.execute(twin).first() is None:
        insert_missing(connection, mementos, ["identity_sha256"], [row])
        list_bodies(connection, [(row["source_id"], row["answers"])])


def _identity(memento: Memento) -> str:
    parts = (memento.source_id, memento.archive, memento.at.isoformat(), memento.url)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _memento_row(memento: Memento) -> dict[str, Any]:
    return {
        "id": memento.id,
        "identity_sha256": _identity(memento),
        "source_id": memento.source_id,
        "archive": memento.archive,
        "url": memento.url,
        "original": memento.original,
        "at": memento.at,
        "fetched_at": memento.fetched_at,
        "signal": memento.reading.signal.value,
        "confirmed": memento.reading.confirmed,
        "fingerprint": memento.reading.fingerprint,
        "reading": to_json(memento.reading),
        "answers": to_json(memento.answers),
        "note": memento.note,
    }


def _to_memento(row: Row[Any]) -> Memento:
    withdrawn = row.withdrawn_at is not None
    return Memento(
        id=row.id,
        source_id=row.source_id,
        archive=row.archive,
        url="(withdrawn)" if withdrawn else row.url,
        original="(withdrawn)" if withdrawn else row.original,
        at=row.at,
        fetched_at=row.fetched_at,
        reading=Reading(Signal(row.signal), WITHDRAWN, confirmed=row.confirmed)
        if withdrawn
        else from_json(Reading, row.reading),
        answers=tuple(from_json(KeptAnswer, answer) for answer in row.answers or ()),
        note=WITHDRAWN if withdrawn else row.note,
    )
