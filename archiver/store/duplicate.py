"""Copying a whole database, row by row or page by page, beside those that go on using it.

The copy is always one SQLite file of the same schema, whatever engine the rows live on, so that a
backup moves between engines.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, RowMapping, Table, func, insert, select, text, update
from sqlalchemy.engine import URL

from archiver.errors import InputError, SchemaError, StoreError
from archiver.model.job import JobState
from archiver.store import schema, triggers
from archiver.store.bodies import add_entries
from archiver.store.engine import (
    make_private,
    parse_url,
    read_engine,
    reading_uri,
    sqlite_url,
    write_engine,
)
from archiver.store.inventory import entry_pages
from archiver.store.jobs import IDLE_JOB
from archiver.store.refusal import refusals
from archiver.store.tables import METADATA, deliveries, jobs, sources, turns, uploads, workers

AT_ONCE = 1000
"""Rows read and written at a time; an observation is some tens of kilobytes."""

Counted = Callable[[str, int], None]
"""Is told the table and how many of its rows are copied."""


def uncounted(table: str, rows: int) -> None:
    """Take no notice."""


# Out of the archive


def copy_out(url: URL | str, target: Path, counted: Counted = uncounted) -> None:
    """Make a consistent copy of a database in a new SQLite file; nobody is kept from writing.

    Raises:
        SchemaError: the database is of another revision than this program.
        StoreError: a database refused, or the copy is not whole.
    """
    source = parse_url(url) if isinstance(url, str) else url
    with refusals("copying the database"):
        if source.get_backend_name() == "sqlite":
            _copy_file(Path(source.database or ""), target)
        else:
            schema.upgrade(sqlite_url(target))
            _copy_rows_out(source, target, counted)
        settle(target)


def _copy_file(source: Path, target: Path) -> None:
    make_private(target)
    try:
        with closing(_only_reading(source)) as old, closing(sqlite3.connect(target)) as new:
            new.execute(
                "PRAGMA synchronous = OFF"
            )  # who wants it to last syncs it when it is whole
            # In one step: a copy in several begins anew whenever somebody writes in between.
            old.backup(new, pages=-1)
    except sqlite3.Error as error:
        raise StoreError(f"copying the database {source} failed: {error}") from error


def _copy_rows_out(source: URL, target: Path, counted: Counted) -> None:
    reading, writing = write_engine(source), write_engine(sqlite_url(target))
    try:
        snapshot = reading.execution_options(isolation_level="REPEATABLE READ")
        with snapshot.begin() as old, writing.begin() as new:
            old.execute(text("SET TRANSACTION READ ONLY"))
            _take_your_time(old)
            schema.check(old)
            copy_rows(old, new, counted)
    finally:
        reading.dispose()
        writing.dispose()


def settle(path: Path) -> None:
    """Make a copy one file without a log beside it, and make sure that it is whole.

    Raises:
        StoreError: what is in its log does not fit on the disk, or it is not whole.
    """
    try:
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA synchronous = OFF")
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"the copy of the database cannot be finished: {error}") from error
    check_file(path)


def check_file(path: Path) -> None:
    """Refuse an SQLite file that is damaged; it is not written to.

    Raises:
        StoreError: it is damaged, or no database at all.
    """
    try:
        with closing(_only_reading(path)) as copy:
            copy.execute("PRAGMA trusted_schema = OFF")
            copy.execute("PRAGMA cell_size_check = ON")
            told = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is no whole database: {error}") from error
    if told != ("ok",):
        raise StoreError(f"{path} is damaged: {told[0] if told else 'unreadable'}")


def _only_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(reading_uri(path), uri=True)


# Row by row


def copy_rows(old: Connection, new: Connection, counted: Counted = uncounted) -> None:
    """Copy every row of every table of ours, those that others point at first."""
    for table in METADATA.sorted_tables:
        done = 0
        for rows in _rows(old, table):
            new.execute(insert(table), [dict(row) for row in rows])
            done += len(rows)
            counted(table.name, done)


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    streamed = connection.execution_options(yield_per=AT_ONCE)
    yield from streamed.execute(select(table)).mappings().partitions()


def _take_your_time(connection: Connection) -> None:
    # Reading a table of millions takes longer than any statement of daily work may.
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = 0"))


# Into a new archive


def copy_in(
    copy: Path, url: URL | str, counted: Counted = uncounted, giving_way: Collection[str] = ()
) -> None:
    """Fill an empty database of this revision from a copy, all of it or nothing.

    What is in the tables ``giving_way`` is removed: they do not make it one that is filled.

    Only rows are taken over, never the copy's own schema: whoever made the copy may have put
    triggers or views into it. What workers had in hand when it was made is in nobody's hand here.
    What the copy's list of bodies lacks is added to it: a takedown would remove it.

    Raises:
        InputError: the database holds something already.
        SchemaError: it, or the copy, is not of this revision.
        StoreError: a database refused; nothing was stored.
    """
    target = parse_url(url) if isinstance(url, str) else url
    reading, writing = read_engine(sqlite_url(copy)), write_engine(target)
    try:
        with (
            refusals("restoring the database"),
            unreadable_values(),
            reading.begin() as old,
            writing.begin() as new,
        ):
            assert_tables(old)
            if target.get_backend_name() == "postgresql":
                _take_your_time(new)
            schema.check(new)
            refuse_filled(new, giving_way)
            for name in giving_way:
                new.execute(METADATA.tables[name].delete())
            copy_rows(old, new, counted)
            _list_bodies(new)
            _let_go(new)
            if target.get_backend_name() == "postgresql":
                _continue_sequences(new)
            triggers.assert_triggers(new)
    finally:
        reading.dispose()
        writing.dispose()


@contextmanager
def unreadable_values() -> Iterator[None]:
    """Say of a value that no version of ours ever wrote that the copy cannot be read."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StoreError(f"the copy of the database holds what cannot be read: {error}") from error


def refuse_filled(connection: Connection, passing: Collection[str] = ()) -> None:
    """Refuse a database that holds anything but in the tables that are named.

    Raises:
        InputError: it does.
    """
    for table in METADATA.sorted_tables:
        if table.name in passing:
            continue
        if connection.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise InputError(
                f"the database holds {table.name} already; restore into an empty one of its own"
            )


def assert_tables(connection: Connection) -> None:
    """Refuse a copy in which a table of ours is missing, or something else under its name.

    Raises:
        SchemaError: with what is wrong.
    """
    rows = connection.exec_driver_sql("SELECT name, type FROM sqlite_master").fetchall()
    found: dict[str, str] = {row.name: row.type for row in rows}
    wrong = [name for name in METADATA.tables if found.get(name) != "table"]
    if wrong:
        raise SchemaError(f"the copy of the database has no table {', '.join(wrong)}")


def _list_bodies(connection: Connection) -> None:
    """List the bodies of all answers.

    Most are: the copy's list came along in the order of its index, which is faster than to make
    one in the order of the answers.
    """
    for entries in entry_pages(connection):
        add_entries(connection, entries)


def _let_go(connection: Connection) -> None:
    """Free what was in hand: claims, jobs, turns, deliveries; workers are told of anew."""
    free = {"worker": None, "lease_until": None}
    for table in (sources, turns, deliveries):
        connection.execute(update(table).values(**free))
    running = update(jobs).where(jobs.c.state == JobState.RUNNING.value)
    connection.execute(running.values(state=JobState.QUEUED.value, **IDLE_JOB))
    connection.execute(workers.delete())
    # What was on its way to a store then is committed by nobody here; a sweep leaves it alone. Of
    # what was given up the rows alone may say what it shows.
    connection.execute(uploads.delete().where(uploads.c.given_up_at.is_(None)))


def _continue_sequences(connection: Connection) -> None:
    """Let the next row of each table get a number after the last one that was copied."""
    for table in METADATA.sorted_tables:
        if "seq" not in table.c:
            continue
        last = connection.scalar(select(func.max(table.c.seq)))
        if last is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'seq'), :last)"),
                {"name": table.name, "last": last},
            )


@contextmanager
def working_copy(copy: Path, place: Path) -> Iterator[Path]:
    """Give a copy of a copy at ``place``, brought to this revision; it is removed afterwards.

    Raises:
        SchemaError: a newer version wrote it, or another program.
        StoreError: it cannot be read.
    """
    remove_copy(place)
    try:
        with refusals("reading the copy of the database"):
            _copy_file(copy, place)
        found = schema.current(sqlite_url(place))
        schema.refuse_newer(found)
        if found is None:
            raise SchemaError(f"{copy} holds no archive")
        if found != schema.head():
            schema.upgrade(sqlite_url(place))
        yield place
    finally:
        remove_copy(place)


def remove_copy(place: Path) -> None:
    """Remove a copy, if it is there, with what SQLite and upgrades put beside it."""
    for suffix in ("", "-wal", "-shm", "-journal", ".upgrade-lock"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
