"""Siblings: what a site answered, in a directory, where there is nothing."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from archiver.model.observation import KeptAnswer
from archiver.store.bodies import list_bodies
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.statements import insert_unless_there
from archiver.store.tables import siblings


class SqlSiblings:
    """The port :class:`archiver.ports.Siblings` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, host: str, directory: str, answer: KeptAnswer) -> None:
        """Set what a directory answered last."""
        row = {
            "place_sha256": _place(host, directory),
            "host": host,
            "directory": directory,
            "asked_at": answer.at,
            "answer": to_json(answer),
        }
        await self._database.write(partial(_keep, row=row))

    async def newest(self, host: str, directory: str) -> KeptAnswer | None:
        """Return what a directory answered last, or None when it was never asked."""
        query = select(siblings).where(siblings.c.place_sha256 == _place(host, directory))
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        return None if row is None else from_json(KeptAnswer, row.answer)


def _place(host: str, directory: str) -> str:
    return hashlib.sha256(f"{host}\n{directory}".encode("utf-8", "surrogatepass")).hexdigest()


def _keep(connection: Connection, row: dict[str, Any]) -> None:
    if not insert_unless_there(connection, siblings, "place_sha256", row):
        place = siblings.c.place_sha256 == row["place_sha256"]
        connection.execute(update(siblings).where(place).values(row))
    list_bodies(connection, [(row["place_sha256"], [row["answer"]])])
