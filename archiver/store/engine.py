"""Opening connections: SQLite and PostgreSQL with the settings that evidence needs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from archiver.errors import SettingsError, StoreError

BUSY_TIMEOUT_MS = 5000
"""How long SQLite waits for another process's write transaction; each is a few milliseconds."""
WAL_SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes the write-ahead log is cut back to after a checkpoint."""
LONGEST_LOG = 16_000
"""Pages of the write-ahead log from which on a commit brings it into the file by itself (64 MB)."""
WRITER_CACHE_KIB = 32 * 1024
"""Pages the writer keeps at hand: the inner pages of every index of a million sources."""
READERS = 4
"""Connections that read at the same time."""
STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 5_000
TCP_TIMEOUT_MS = 30_000
"""After how long a server that answers nothing at all is given up; the kernel takes 15 minutes."""
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
APPLICATION_NAME = "citation-archiver"
"""What a PostgreSQL server calls our sessions."""

_PRAGMAS = (
    # FULL: what was acknowledged survives a power cut; costs one fsync a commit.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    f"PRAGMA wal_autocheckpoint = {LONGEST_LOG}",
    f"PRAGMA journal_size_limit = {WAL_SIZE_LIMIT}",
)


def parse_url(url: str) -> URL:
    """Return the address of a database.

    Raises:
        SettingsError: it is no address of an SQLite file or a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: its port is no number
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError(
            "the database address must be sqlite:////path/archiver.db or"
            " postgresql+psycopg://user@host:port/name, without a port or with a number as one"
        )
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    # A relative path names another file in each working directory, and so another archive.
    if not Path(parsed.database or "").is_absolute():
        raise SettingsError(
            "an SQLite address must name a file by its whole path: sqlite:////path/archiver.db"
            f" (given: {parsed.database or 'none'})"
        )
    return parsed


def sqlite_url(path: Path) -> URL:
    """Return the address of an SQLite file."""
    return URL.create("sqlite", database=str(path))


def is_missing(url: URL) -> bool:
    """Tell whether it is the address of an SQLite file that is not there: opening would make it."""
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def is_read_only(url: URL) -> bool:
    """Tell whether it is an SQLite file in a directory where nothing can be written, no log either.

    A disk is remounted so after errors, which is when somebody wants to read and to back up.
    """
    place = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not place.exists():
        return False
    return not os.access(place.parent, os.W_OK, effective_ids=True)


def refuse_read_only(url: URL) -> None:
    """Refuse to write where nothing can be written.

    Raises:
        StoreError: nothing can be.
    """
    if is_read_only(url):
        raise StoreError(
            f"{Path(url.database or '').parent} is read-only: reading and backup work, nothing else"
            " does until it can be written"
        )


def existing_uri(place: Path) -> str:
    """Return the URI to open an SQLite file by that is there: by its path one would be made."""
    return f"{place.absolute().as_uri()}?mode=rw"


def reading_uri(place: Path) -> str:
    """Return the URI to read an SQLite file by, without making anything beside it.

    A file whose log is gone, in a directory where none can be made, has to be declared immutable.
    With a log that holds something that would be a lie: what was committed last stands in it.
    Source: https://www.sqlite.org/wal.html, section 5, read 2026-11-29.

    Raises:
        StoreError: its log cannot be read where it lies.
    """
    uri = f"{place.absolute().as_uri()}?mode=ro"
    log, memory = Path(f"{place}-wal"), Path(f"{place}-shm")
    if memory.exists() or not is_read_only(sqlite_url(place)):
        return uri
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"{log} cannot be read in a read-only directory; copy it with {place.name} to one that"
            " can be written, and read it there"
        )
    return f"{uri}&immutable=1"


def make_private(place: Path) -> None:
    """Make an SQLite file, still empty, that nobody else may read; its log will be as it is.

    One that is there is left alone: closing it here would end the locks that SQLite has on it.
    What cannot be made SQLite says itself.
    Source: https://www.sqlite.org/howtocorrupt.html, section 2.2, read 2026-11-29.
    """
    with suppress(OSError):
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def write_engine(url: URL) -> Engine:
    """Return an engine whose transactions may write."""
    if url.get_backend_name() == "sqlite":
        engine = _sqlite_engine(url, "BEGIN IMMEDIATE", connections=1)

        @event.listens_for(engine, "do_connect")
        def _make_private(*_: object) -> None:
            make_private(Path(url.database or ""))

        @event.listens_for(engine, "connect")
        def _give_room(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")

        return engine
    return _postgresql_engine(url)


def read_engine(url: URL) -> Engine:
    """Return an engine for reading an SQLite file; a write through it is refused, and none made."""
    place = Path(url.database or "")
    uri = reading_uri(place) if is_read_only(url) else existing_uri(place)
    # Made of its parts: from a text SQLAlchemy would undo the URI's own escapes.
    by_uri = URL.create("sqlite", database=uri, query={"uri": "true"})
    engine = _sqlite_engine(by_uri, "BEGIN", connections=READERS)

    @event.listens_for(engine, "connect")
    def _only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _sqlite_engine(url: URL, begin: str, connections: int) -> Engine:
    # isolation_level None keeps the driver from opening transactions of its own; ours say how
    # they begin. A deferred one that turns into a write fails at once instead of waiting.
    engine = create_engine(
        url,
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_TIMEOUT_MS / 1000,
            "check_same_thread": False,
        },
        pool_size=connections,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql_engine(url: URL) -> Engine:
    settings = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
        "synchronous_commit": "on",
        "timezone": "UTC",
    }
    engine = create_engine(
        url,
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "application_name": APPLICATION_NAME,
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            # Keepalives do not run while something sent is not acknowledged.
            "tcp_user_timeout": TCP_TIMEOUT_MS,
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )

    @event.listens_for(engine, "connect", insert=True)
    def _refuse(connection: psycopg.Connection[object], _record: object) -> None:
        """Before SQLAlchemy asks: of another encoding the driver gives bytes, or loses letters."""
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            name = connection.info.dbname
            raise SettingsError(
                f"the database {name} is in {encoding}, and pages are in every script; make it"
                f" anew: createdb --encoding UTF8 --template template0 {name}"
            )

    return engine
