"""Evidence that is withdrawn row by row, for what the other parts of the store make of it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, Table

from archiver.store.database import Database
from archiver.store.tables import (
    artifacts,
    attempts,
    captures,
    features,
    mementos,
    observations,
    records,
    verdicts,
)
from archiver.store.withdraw import empty

Emptied = tuple[Table, ColumnElement[bool]]


async def withdraw_observation(database: Database, observation_id: str, at: datetime) -> None:
    """Empty an observation, its features and the verdict drawn from it."""
    of_look = (verdicts, features)
    rows: list[Emptied] = [(observations, observations.c.id == observation_id)]
    rows += [(table, table.c.observation_id == observation_id) for table in of_look]
    await database.write(partial(_empty, rows=rows, at=at))


async def withdraw_capture(database: Database, capture_id: str, at: datetime) -> None:
    """Empty a capture, its artifacts' and its records' rows."""
    rows: list[Emptied] = [(captures, captures.c.id == capture_id)]
    rows += [(table, table.c.capture_id == capture_id) for table in (artifacts, records)]
    await database.write(partial(_empty, rows=rows, at=at))


async def withdraw_memento(database: Database, memento_id: str, at: datetime) -> None:
    """Empty a memento."""
    rows = [(mementos, mementos.c.id == memento_id)]
    await database.write(partial(_empty, rows=rows, at=at))


async def withdraw_attempts(database: Database, citation_id: str, at: datetime) -> None:
    """Empty every attempt to find out what a citation means."""
    rows = [(attempts, attempts.c.citation_id == citation_id)]
    await database.write(partial(_empty, rows=rows, at=at))


def _empty(connection: Connection, rows: list[Emptied], at: datetime) -> None:
    for table, which in rows:
        empty(connection, table, which, at)
