"""Withdrawing evidence: a person or a court wants content gone.

The row stays, with who, when and every digest, so that it can still be said that something was
there; the content columns are emptied. The files and blobs are the caller's to remove.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, update

from archiver.errors import NotFoundError
from archiver.store.database import Database
from archiver.store.tables import (
    APPEND_ONLY,
    artifacts,
    attempts,
    captures,
    features,
    mementos,
    observations,
    records,
    verdicts,
)


async def withdraw_observation(database: Database, observation_id: str, at: datetime) -> None:
    """Empty an observation, its features and the verdict drawn from it.

    Raises:
        NotFoundError: there is none, or it was withdrawn before.
    """
    await database.write(partial(_withdraw_observation, observation_id=observation_id, at=at))


async def withdraw_capture(database: Database, capture_id: str, at: datetime) -> None:
    """Empty a capture, its artifacts' and its records' rows.

    Its payloads are held for nothing any more, and a sweep no longer misses its files.

    Raises:
        NotFoundError: there is none, or it was withdrawn before.
    """
    await database.write(partial(_withdraw_capture, capture_id=capture_id, at=at))


async def withdraw_memento(database: Database, memento_id: str, at: datetime) -> None:
    """Empty a memento; the same one is not imported again.

    Raises:
        NotFoundError: there is none, or it was withdrawn before.
    """
    await database.write(partial(_withdraw_memento, memento_id=memento_id, at=at))


async def withdraw_attempts(database: Database, citation_id: str, at: datetime) -> None:
    """Empty every attempt to find out what a citation means; what it came to stays.

    Raises:
        NotFoundError: there is none, or all were withdrawn before.
    """
    await database.write(partial(_withdraw_attempts, citation_id=citation_id, at=at))


def _withdraw_memento(connection: Connection, memento_id: str, at: datetime) -> None:
    if not empty(connection, mementos, mementos.c.id == memento_id, at):
        raise NotFoundError(f"no memento goes by {memento_id!r}")


def _withdraw_attempts(connection: Connection, citation_id: str, at: datetime) -> None:
    if not empty(connection, attempts, attempts.c.citation_id == citation_id, at):
        raise NotFoundError(f"nothing was attempted for a citation {citation_id!r}")


def _withdraw_observation(connection: Connection, observation_id: str, at: datetime) -> None:
    if not empty(connection, observations, observations.c.id == observation_id, at):
        raise NotFoundError(f"no observation goes by {observation_id!r}")
    empty(connection, verdicts, verdicts.c.observation_id == observation_id, at)
    empty(connection, features, features.c.observation_id == observation_id, at)


def _withdraw_capture(connection: Connection, capture_id: str, at: datetime) -> None:
    if not empty(connection, captures, captures.c.id == capture_id, at):
        raise NotFoundError(f"no capture goes by {capture_id!r}")
    empty(connection, artifacts, artifacts.c.capture_id == capture_id, at)
    empty(connection, records, records.c.capture_id == capture_id, at)


def empty(connection: Connection, table: Table, which: ColumnElement[bool], at: datetime) -> int:
    """Empty the content of some rows in the caller's transaction; return how many there were."""
    values: dict[str, Any] = dict.fromkeys(APPEND_ONLY[table.name])
    statement = update(table).where(which, table.c.withdrawn_at.is_(None))
    return connection.execute(statement.values(withdrawn_at=at, **values)).rowcount
