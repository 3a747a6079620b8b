"""Statements that the two databases spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_unless_there(
    connection: Connection, table: Table, unique: str, values: dict[str, Any]
) -> bool:
    """Insert a row unless one with the same ``unique`` column is there; tell which it was."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(values).on_conflict_do_nothing(index_elements=[unique])
    return connection.execute(statement).rowcount == 1
