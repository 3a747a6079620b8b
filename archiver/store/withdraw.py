"""Withdrawing evidence: a person or a court wants content gone.

The row stays, with who, when and every digest, so that it can still be said that something was
there; the content columns are emptied. The files and blobs are the caller's to remove.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, update

from archiver.store.tables import APPEND_ONLY


def empty(connection: Connection, table: Table, which: ColumnElement[bool], at: datetime) -> int:
    """Empty the content of some rows in the caller's transaction; return how many there were."""
    values: dict[str, Any] = dict.fromkeys(APPEND_ONLY[table.name])
    statement = update(table).where(which, table.c.withdrawn_at.is_(None))
    return connection.execute(statement.values(withdrawn_at=at, **values)).rowcount
