"""Trying out whether the database takes a write, and reading which revision it is of."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, text

from archiver.store.database import Database
from archiver.store.ids import new_id
from archiver.store.tables import turns


async def probe(database: Database) -> None:
    """Write a row, take it back, and commit both durably.

    The row is of no domain that there is, and nobody sees it: a full or read-only disk, a lock that
    is never let go of and a server that is gone all refuse it as they would refuse evidence.

    Raises:
        StoreError: the database refused.
    """
    await database.write(_touch)


def _touch(connection: Connection) -> None:
    name = f".probe-{new_id()}"
    connection.execute(insert(turns).values(domain=name))
    connection.execute(delete(turns).where(turns.c.domain == name))


async def revision(database: Database) -> str:
    """Return the schema's revision as it is now: another process may have upgraded it.

    Raises:
        StoreError: the database refused.
    """
    return await database.read(_revision)


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT max(version_num) FROM alembic_version")))
