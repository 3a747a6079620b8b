"""Running reads and writes off the event loop, and acknowledging only what is on disk.

On SQLite all writes of this process go through one thread, which takes every change that waits,
runs each in a savepoint of one transaction and commits once: many callers share one fsync. On
PostgreSQL each change is a transaction of its own in a pool of connections.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from archiver.errors import StoreError
from archiver.ports import Meter, Silent
from archiver.store import schema
from archiver.store.clock import Ahead, move_clock
from archiver.store.engine import (
    BUSY_TIMEOUT_MS,
    READERS,
    is_read_only,
    read_engine,
    refuse_read_only,
    write_engine,
)
from archiver.store.opened import OpenedFile
from archiver.store.refusal import refusals
from archiver.store.tidy import analyze, tidy_sqlite
from archiver.store.writer import GroupedWriter

T = TypeVar("T")
Change = Callable[[Connection], T]

ATTEMPTS = 5
"""How often a transaction that lost against another one is run anew."""
_LOST_AGAINST_ANOTHER = {"40001", "40P01"}
"""Serialization failure and deadlock: the transaction is undone, running it again is right.

Source: PostgreSQL 15 manual, appendix A and section 13.5, read 2026-11-22.
"""
_UNKNOWN = (
    "the connection to the database was lost during a commit: whether the change was kept is not"
    " known; look before it is made again"
)


def _undone_by(error: DBAPIError) -> str | None:
    """Say what undid a transaction that may be run again; None when it may not.

    The server takes back what was not committed when it loses its client. That a new connection is
    refused, as by a server that is down, is no reason to try at once.
    """
    if getattr(error.orig, "sqlstate", None) in _LOST_AGAINST_ANOTHER:
        return "conflict"
    return "connection" if error.connection_invalidated else None


def _in_snapshot(engine: Engine, query: Change[T]) -> T:
    with engine.begin() as connection:
        return query(connection)


class Database(Protocol):
    """Where queries run. What is given must not keep the connection."""

    @property
    def is_embedded(self) -> bool:
        """Tell whether it is a file of this machine, and goes by its clock."""

    @property
    def is_read_only(self) -> bool:
        """Tell whether it can only be read; a write is refused."""

    async def read(self, query: Change[T]) -> T:
        """Run a query on one consistent state of the database.

        Raises:
            StoreError: the database refused.
        """

    async def write(self, change: Change[T]) -> T:
        """Run a change in a transaction; return once it is committed durably.

        An error of the change itself undoes it alone and comes through.

        Raises:
            StoreError: the database refused; the change was not acknowledged.
        """

    async def tidy(self, *, is_last: bool = False) -> None:
        """Put the database in order beside its use; ``is_last`` when it is about to be closed.

        Raises:
            StoreError: the database refused.
        """

    async def purge(self) -> None:
        """Leave what was just emptied in no log of ours, as far as the database lets us."""

    async def close(self) -> None:
        """Finish the writes that wait and let go of every connection."""


async def open_database(
    url: URL, clock_ahead: Ahead | None = None, meter: Meter | None = None
) -> Database:
    """Open a database; an SQLite file is made or upgraded when need be.

    ``clock_ahead`` moves its clock, for tests.

    Raises:
        SchemaError: it is of another revision, of another program, or unprotected.
        StoreError: it cannot be opened.
    """
    kind = SqliteDatabase if url.get_backend_name() == "sqlite" else PostgresqlDatabase
    return await asyncio.to_thread(kind, url, clock_ahead, meter)


class SqliteDatabase:
    """One file, one writer at a time, many readers."""

    def __init__(
        self, url: URL, clock_ahead: Ahead | None = None, meter: Meter | None = None
    ) -> None:
        self._url = url
        self._is_read_only = is_read_only(url)
        if schema.current(url) != schema.head():
            schema.upgrade(url)
        with refusals():
            self._file = OpenedFile(Path(url.database or ""))
        self._reader, writer = read_engine(url), write_engine(url)
        if clock_ahead is not None:
            move_clock(self._reader, clock_ahead)
            move_clock(writer, clock_ahead)
        try:
            with refusals(), self._reader.begin() as connection:
                schema.check(connection)
            if not self._is_read_only:
                schema.keep_log(writer)
            self._file.assert_there()  # what was opened is what was looked at
        except BaseException:
            self._reader.dispose()
            writer.dispose()
            raise
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="archiver-read")
        self._writer = GroupedWriter(writer, meter, assert_there=self._file.assert_there)

    @property
    def is_embedded(self) -> bool:
        """It is a file of this machine."""
        return True

    @property
    def is_read_only(self) -> bool:
        """Tell whether nothing could be written beside it when it was opened."""
        return self._is_read_only

    async def read(self, query: Change[T]) -> T:
        """Run a query in a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, query)

    def _read(self, query: Change[T]) -> T:
        self._file.assert_there()
        with refusals(), self._reader.begin() as connection:
            return query(connection)

    async def write(self, change: Change[T]) -> T:
        """Hand a change to the writer and wait for the commit it is part of."""
        if self._is_read_only:
            refuse_read_only(self._url)
        return await asyncio.wrap_future(self._writer.submit(change))

    async def tidy(self, *, is_last: bool = False) -> None:
        """Bring the write-ahead log into the file, and let the planner see what grew."""
        await asyncio.to_thread(tidy_sqlite, self._url, cut_log=is_last)

    async def purge(self) -> None:
        """Write the log into the file and cut it: it holds pages as they were before.

        Readers that are at it keep it from being cut; then the next time does it.
        """
        await asyncio.to_thread(tidy_sqlite, self._url, cut_log=True, wait_s=BUSY_TIMEOUT_MS / 1000)

    async def close(self) -> None:
        """Finish the writes that wait and close the file."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._threads.shutdown)
        self._reader.dispose()


class PostgresqlDatabase:
    """A server that many processes share."""

    def __init__(
        self, url: URL, clock_ahead: Ahead | None = None, meter: Meter | None = None
    ) -> None:
        self._meter = meter or Silent()
        self._engine = write_engine(url)
        if clock_ahead is not None:
            move_clock(self._engine, clock_ahead)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="archiver-database")
        try:
            with refusals(), self._engine.begin() as connection:
                schema.check(connection)
            schema.hold_to_revision(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def is_embedded(self) -> bool:
        """It is a server with a clock of its own."""
        return False

    @property
    def is_read_only(self) -> bool:
        """It is not: what a server refuses to write it says by itself."""
        return False

    async def read(self, query: Change[T]) -> T:
        """Run a query in a thread of its own connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, query)

    def _read(self, query: Change[T]) -> T:
        # Repeatable read: one consistent state for all statements of the query.
        snapshot = self._engine.execution_options(isolation_level="REPEATABLE READ")
        with refusals():
            return self._again(lambda: _in_snapshot(snapshot, query))

    async def write(self, change: Change[T]) -> T:
        """Run a change as a transaction of its own."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._write, change)

    def _write(self, change: Change[T]) -> T:
        begun = time.monotonic()
        with refusals():
            value = self._again(lambda: self._commit(change))
        self._meter.took("database_write_seconds", time.monotonic() - begun)
        return value

    def _again(self, run: Callable[[], T]) -> T:
        """Run a transaction, and anew while it is certain that nothing of it was kept."""
        for attempt in range(1, ATTEMPTS):
            try:
                return run()
            except DBAPIError as error:
                cause = _undone_by(error)
                if cause is None:
                    raise
                self._meter.count("database_retries_total", cause=cause)
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - only spreads
        return run()

    def _commit(self, change: Change[T]) -> T:
        """Run a change and commit it.

        Raises:
            StoreError: the connection was lost while the commit was under way.
        """
        with self._engine.connect() as connection, connection.begin() as transaction:
            value = change(connection)
            try:
                transaction.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise StoreError(_UNKNOWN) from error
                raise
            return value

    async def tidy(self, *, is_last: bool = False) -> None:
        """Let the planner see what changes fastest; the server does all else by itself."""
        if not is_last:
            await self.write(analyze)

    async def purge(self) -> None:
        """Leave it to the server's vacuum, which frees rows as they were before."""

    async def close(self) -> None:
        """Let go of every connection."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()
