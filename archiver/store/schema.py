"""The schema's revision: what a database has, what this program needs, and the way there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text

from archiver.errors import SchemaError, StoreError
from archiver.store import triggers
from archiver.store.engine import (
    is_missing,
    is_read_only,
    parse_url,
    read_engine,
    refuse_read_only,
    write_engine,
)
from archiver.store.refusal import refusals

REVISION = "0005"
"""The newest migration. Here as well as in ``migrations/``, because reading those takes the time
of importing Alembic and every command opens the database; a test holds the two together."""

_UPGRADE_LOCK = 4_726_349_105_331
"""Key of PostgreSQL's advisory lock around an upgrade; any number that is ours alone."""


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
    engine = read_engine(address) if is_read_only(address) else write_engine(address)
    try:
        with refusals(_name(engine.url)), engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def upgrade(url: str | URL, scripts: Path | None = None, told: Told | None = None) -> None:
    """Bring a database to the newest revision, in one transaction; make its triggers anew.

    Safe to run from several processes at once. ``scripts`` is the directory of the migrations, by
    default this program's own. ``told`` hears which table is gone through, and how many of its
    rows were.

    Raises:
        SchemaError: a newer version wrote it, or it holds tables of something else.
        StoreError: the database refused; nothing was changed.
    """
    address = parse_url(url) if isinstance(url, str) else url
    refuse_read_only(address)
    engine = write_engine(address)
    try:
        with refusals(_name(engine.url)), _alone(engine.url):
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
    found: str | None = connection.execute(
        text("SELECT max(version_num) FROM alembic_version")
    ).scalar()
    return found


def _name(url: URL) -> str:
    return f"the database {url.render_as_string(hide_password=True)}"


def _upgrade(engine: Engine, scripts: Path, told: Told | None) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                _prepare_postgresql(connection)
            refuse_newer(revision_of(connection))
            _migrate(connection, scripts, told)
            triggers.install(connection)
            triggers.assert_triggers(connection)
            _check_foreign_keys(connection)


def _prepare_sqlite(connection: Connection) -> None:
    # Both can only be set outside a transaction. Foreign keys are off because a batch migration
    # drops a table and puts its copy in place; they are checked before the commit.
    driver = connection.connection.driver_connection
    if driver is None:
        raise StoreError("the database connection was closed")
    driver.execute("PRAGMA journal_mode = WAL")
    driver.execute("PRAGMA foreign_keys = OFF")


def _prepare_postgresql(connection: Connection) -> None:
    # A migration of a large table takes its time; it must still not wait for locks for ever.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})


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
    lock = os.open(f"{url.database}.upgrade-lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
