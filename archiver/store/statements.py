"""Statements that the two databases spell differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

AT_ONCE = 500
"""Values in one statement: far below SQLite's limit on parameters."""


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give values in parts that one statement takes."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def insert_for(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that knows what to do on a conflict."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_missing(
    connection: Connection, table: Table, unique: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert the rows whose ``unique`` columns no other row has."""
    if rows:
        statement = insert_for(connection, table).on_conflict_do_nothing(index_elements=unique)
        connection.execute(statement, rows)


def insert_unless_there(
    connection: Connection, table: Table, unique: str, values: dict[str, Any]
) -> bool:
    """Insert a row unless one with the same ``unique`` column is there; tell which it was."""
    inserted = insert_for(connection, table).values(values)
    statement = inserted.on_conflict_do_nothing(index_elements=[unique])
    return connection.execute(statement).rowcount == 1
