"""Keeping a database in order that runs for years."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, text

from archiver.errors import StoreError
from archiver.store.engine import BUSY_TIMEOUT_MS, existing_uri

LAST_WAIT_S = 1.0  # for others who read or write; an end does not wait long for a tidy file
FASTEST = ("jobs", "turns", "sources")
"""Tables whose rows change all day: statistics of yesterday mislead the planner."""


def tidy_sqlite(url: URL, *, cut_log: bool, wait_s: float = LAST_WAIT_S) -> None:
    """Bring an SQLite file's write-ahead log into it, beside readers and the writer.

    ``cut_log`` leaves the log empty and waits so long for them. Both need a connection without
    transaction.
    Source: https://www.sqlite.org/pragma.html, wal_checkpoint and optimize, read 2026-11-29.

    Raises:
        StoreError: the file refused.
    """
    try:
        uri = existing_uri(Path(url.database or ""))
        timeout_s = wait_s if cut_log else BUSY_TIMEOUT_MS / 1000
        with closing(sqlite3.connect(uri, timeout=timeout_s, uri=True)) as connection:
            connection.isolation_level = None
            if not cut_log:
                connection.execute("PRAGMA analysis_limit = 1000")
                connection.execute("PRAGMA optimize")
            mode = "TRUNCATE" if cut_log else "PASSIVE"
            connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
    except sqlite3.Error as error:
        raise StoreError(f"the database refused: {error}") from error


def analyze(connection: Connection) -> None:
    """Refresh the planner's statistics of the tables that change fastest."""
    for table in FASTEST:
        connection.execute(text(f"ANALYZE {table}"))
