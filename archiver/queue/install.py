"""procrastinate's tables, beside ours in the same database: made, and brought to its version."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql

from archiver.errors import SchemaError, StoreError

_LOCK = 4_726_349_105_332
"""Key of the advisory lock around an upgrade, next to the one of our own tables."""
_MARK = re.compile(r"procrastinate (\d+)\.(\d+)\.(\d+)")


def install(conninfo: str) -> None:
    """Make the tables, or carry out the migrations between the version they are of and this one.

    The version stands in the comment of ``procrastinate_jobs``. Safe from several processes at
    once; a failure changes nothing.

    Raises:
        SchemaError: they are of a newer version, or of one that nobody noted.
        StoreError: the server refused.
    """
    wanted = _numbers(version("procrastinate"))
    try:
        with psycopg.connect(conninfo) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            for statements in _steps(_installed(connection), wanted):
                connection.execute(statements.encode())
            mark = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}")
            connection.execute(mark.format(f"procrastinate {'.'.join(map(str, wanted))}"))
    except psycopg.Error as error:
        message = f"the queue's tables could not be made: {f'{error}'.splitlines()[0]}"
        raise StoreError(message) from error


def _installed(connection: psycopg.Connection) -> tuple[int, ...] | None:
    """Return the version of the tables, or None when there are none."""
    row = connection.execute(
        "SELECT obj_description(oid, 'pg_class') FROM pg_class"
        " WHERE oid = to_regclass('procrastinate_jobs')"
    ).fetchone()
    if row is None:
        return None
    found = _MARK.fullmatch(row[0] or "")
    if found is None:
        message = (
            "the database has procrastinate's tables of another program; give the archiver a"
            " database of its own"
        )
        raise SchemaError(message)
    return tuple(int(number) for number in found.groups())


def _steps(installed: tuple[int, ...] | None, wanted: tuple[int, ...]) -> list[str]:
    if installed is None:
        return [SchemaManager.get_schema()]
    if installed > wanted:
        message = (
            f"the queue's tables are of procrastinate {'.'.join(map(str, installed))}, newer than"
            f" this program's {'.'.join(map(str, wanted))}; install that version"
        )
        raise SchemaError(message)
    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    newer = (path for path in scripts if installed < _numbers(path.name) <= wanted)
    return [path.read_text(encoding="utf-8") for path in newer]


def _numbers(text: str) -> tuple[int, ...]:
    """Return the three numbers a version, or a migration's name, begins with."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    if found is None:
        message = f"{text!r} begins with no version"
        raise SchemaError(message)
    return tuple(int(number) for number in found.groups())
