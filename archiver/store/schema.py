"""The schema's revision: what a database has, what this program needs, and the way there."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, event, inspect, text

from archiver.errors import RevisionError, SchemaError, StoreError
from archiver.store import triggers
from archiver.store.engine import (
    APPLICATION_NAME,
    LOCK_TIMEOUT_MS,
    is_missing,
    is_read_only,
    parse_url,
    read_engine,
    refuse_read_only,
    write_engine,
)
from archiver.store.refusal import refusals

REVISION = "0007"
"""The newest migration. Here as well as in ``migrations/``, because reading those takes the time
of importing Alembic and every command opens the database; a test holds the two together."""

OF_DATABASE = "SELECT max(version_num) FROM alembic_version"

_UPGRADE_LOCK = 4_726_349_105_331
"""Key of PostgreSQL's advisory lock around an upgrade; any number that is ours alone."""

_STOP = "stop daemon and workers, then run `archiver db upgrade`"
_BETWEEN_COUNTS_S = 0.05

Told = Callable[[str, int], None]


def head() -> str:
    """Return the revision that this program reads and writes."""
    return REVISION


def current(url: str | URL) -> str | None:
    """Return a database's revision, or None when it is empty or not there; none is made.

    Raises:
        SchemaError: it holds tables of something else.
        StoreError: it cannot be opened.
    """
    address = parse_url(url) if isinstance(url, str) else url
    with refusals(_name(address)):
        if is_missing(address):
            return None
        with _between_upgrades(address):
            return _current(address)


def _current(address: URL) -> str | None:
    engine = read_engine(address) if is_read_only(address) else write_engine(address)
    try:
        with engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def upgrade(url: str | URL, scripts: Path | None = None, told: Told | None = None) -> None:
    """Bring a database to the newest revision, in one transaction; make its triggers anew.

    Safe to run from several processes at once. ``scripts`` is the directory of the migrations, by
    default this program's own. ``told`` hears which table is gone through, and how many of its
    rows were.

    Nobody else may have a database of an older revision open: a process of the older version would
    go on writing as that one did, and nothing would hold what it writes to the new schema.

    Raises:
        SchemaError: a newer version wrote it, it holds tables of something else, or another process
            has it open; nothing was changed.
        StoreError: the database refused; nothing was changed.
    """
    address = parse_url(url) if isinstance(url, str) else url
    refuse_read_only(address)
    with refusals(_name(address)), _alone(address):
        engine = write_engine(address)
        if address.get_backend_name() == "sqlite" and _is_older(_current(address)):
            event.listen(engine, "connect", _lock_file, insert=True)
        try:
            _upgrade(engine, scripts or migrations(), told)
        finally:
            engine.dispose()


def check(connection: Connection) -> None:
    """Refuse a database that is not of this program's revision, or whose triggers are gone.

    Raises:
        SchemaError: with what to do.
    """
    found = revision_of(connection)
    if found != REVISION:
        refuse_newer(found)
        raise SchemaError(
            f"the database is at revision {found or 'none'}, this version needs {REVISION};"
            " run `archiver db upgrade`"
        )
    triggers.assert_triggers(connection)


def hold_to_revision(engine: Engine) -> None:
    """Refuse each new session of a PostgreSQL database that was upgraded since it was opened.

    A process that had no session at the moment of an upgrade kept nobody from it, and would write
    as the older version did. What it asks is then refused with a :class:`RevisionError`.
    """

    @event.listens_for(engine, "connect")
    def _compare(connection: psycopg.Connection[tuple[str | None]], _record: object) -> None:
        row = connection.execute(OF_DATABASE).fetchone()
        connection.rollback()
        refuse_another(row[0] if row else None)


def refuse_another(found: str | None) -> None:
    """Refuse a database in use that is of another revision now.

    Raises:
        RevisionError: it is.
    """
    if found != REVISION:
        raise RevisionError(
            f"the database is at revision {found or 'none'} now, this process works"
            f" with {REVISION}; stop it and start the version that the database was upgraded by"
        )


def keep_log(engine: Engine) -> None:
    """Let an SQLite file have a write-ahead log, if it lost it, as one does that is copied.

    Without one nobody could see who has the file open, and an upgrade must.

    Raises:
        StoreError: the database refused.
    """
    with refusals(), engine.connect() as connection:
        _outside_transactions(connection, "PRAGMA journal_mode = WAL")


def refuse_newer(found: str | None) -> None:
    """Refuse a revision this program does not know.

    Raises:
        SchemaError: a newer version wrote the database.
    """
    if found is not None and found > REVISION:
        raise SchemaError(
            f"the database was written by a newer version (revision {found}, this one knows"
            f" {REVISION}); install that version to open it"
        )


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the connected database, or None when it is empty.

    Raises:
        SchemaError: it holds tables of something else.
    """
    names = inspect(connection).get_table_names()
    if "alembic_version" not in names:
        if names:
            raise SchemaError(
                "the database holds tables of another program; give the archiver one of its own"
            )
        return None
    found: str | None = connection.execute(text(OF_DATABASE)).scalar()
    return found


def _is_older(found: str | None) -> bool:
    return found is not None and found < REVISION


def _name(url: URL) -> str:
    return f"the database {url.render_as_string(hide_password=True)}"


def _upgrade(engine: Engine, scripts: Path, told: Told | None) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                _prepare_postgresql(connection)
            found = revision_of(connection)
            refuse_newer(found)
            if engine.dialect.name == "postgresql" and _is_older(found):
                _lock_out(connection)
            _migrate(connection, scripts, told)
            triggers.install(connection)
            triggers.assert_triggers(connection)
            _check_foreign_keys(connection)


def _prepare_sqlite(connection: Connection) -> None:
    # Both can only be set outside a transaction. Foreign keys are off because a batch migration
    # drops a table and puts its copy in place; they are checked before the commit.
    _outside_transactions(connection, "PRAGMA journal_mode = WAL")
    _outside_transactions(connection, "PRAGMA foreign_keys = OFF")


def _outside_transactions(connection: Connection, pragma: str) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise StoreError("the database connection was closed")
    try:
        driver.execute(pragma)
    except sqlite3.Error as error:
        raise StoreError(f"the database refused: {error}") from error


def _prepare_postgresql(connection: Connection) -> None:
    # A migration of a large table takes its time; it must still not wait for locks for ever.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})


def _lock_file(connection: sqlite3.Connection, _record: object) -> None:
    """Keep everybody else out of an SQLite file while this connection is open.

    It must come before the connection reads anything. In WAL mode whoever has the file open holds
    a shared lock on it, idle or not; only when nobody does is the exclusive one given. A process
    that dies leaves nothing behind: the mode is the connection's, not the file's.
    Source: https://www.sqlite.org/wal.html, section 8, and tried with 3.40.1, 2026-11-29.

    Raises:
        SchemaError: somebody has it open, for longer than SQLite waits for a lock.
    """
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        _, _, file = connection.execute("PRAGMA database_list").fetchone()
        raise SchemaError(f"another process has {file} open; {_STOP}") from error


def _lock_out(connection: Connection) -> None:
    """Keep every other process out of a PostgreSQL database until the transaction ends.

    Who opens it meanwhile waits where it reads the revision, and then finds another one. Before
    that lock is asked for, only who waits to upgrade may be there: a process that is at work reads
    the revision, too, and could be taken for one that begins.

    Raises:
        SchemaError: another process has it open.
    """
    _wait_for_others(connection, but_beginners=False)
    connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
    _wait_for_others(connection, but_beginners=True)


# Names of other roles' sessions are shown to everybody, and those that a pool keeps idle are there.
# Source: PostgreSQL 15 manual, 28.2.3 and 54.12, read 2026-11-29.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND starts_with(application_name, :name) AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() AND pid NOT IN (SELECT pid FROM pg_locks WHERE NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (:but_beginners AND relation = 'alembic_version'::regclass OR locktype = 'advisory'"
    " AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = :key))"
)


def _wait_for_others(connection: Connection, *, but_beginners: bool) -> None:
    """Wait until no other process is there, but for those that wait to upgrade, or to begin.

    Those that only ask for the revision are gone at once; a daemon's sessions stay.
    """
    asked = {"name": APPLICATION_NAME, "key": _UPGRADE_LOCK, "but_beginners": but_beginners}
    end = time.monotonic() + LOCK_TIMEOUT_MS / 1000
    while count := connection.scalar(_OTHERS, asked):
        if time.monotonic() > end:
            raise SchemaError(
                f"other processes have the database open (sessions of theirs: {count}); {_STOP}"
            )
        time.sleep(_BETWEEN_COUNTS_S)
        # Within a transaction the view shows what it showed first.
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))


def _migrate(connection: Connection, scripts: Path, told: Told | None) -> None:
    from alembic import command  # noqa: PLC0415 - takes half a second that most runs need not spend
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["told"] = told
    command.upgrade(config, "head")


def migrations() -> Path:
    """Return the directory of the migrations: beside the installed package, or the repository's."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if dangling:
        names = ", ".join(sorted({row[0] for row in dangling}))
        raise StoreError(f"the upgrade was taken back: rows of {names} point at nothing")


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """Hold the file lock beside an SQLite file, so that two processes do not both upgrade it."""
    if url.get_backend_name() != "sqlite":
        yield
        return
    lock = os.open(_lock_beside(url), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def _between_upgrades(url: URL) -> Iterator[None]:
    """Wait until nobody upgrades an SQLite file: it cannot be read meanwhile, however long."""
    try:
        is_file = url.get_backend_name() == "sqlite"
        lock = os.open(_lock_beside(url), os.O_RDONLY) if is_file else None
    except (FileNotFoundError, PermissionError):  # it was never upgraded here, or cannot be by us
        lock = None
    if lock is None:
        yield
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def _lock_beside(url: URL) -> str:
    return f"{url.database}.upgrade-lock"
