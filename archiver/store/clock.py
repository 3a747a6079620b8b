"""The database's own clock: the only one that leases are measured with.

Workers on several machines disagree about the time; they do share the database. A test may move it:
an engine that was given an offset asks for it in every expression, others know nothing of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Float, event, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from archiver.store.columns import Moment

Ahead = Callable[[], timedelta]
"""Returns how far the database's clock is to be ahead of its machine's."""


class _ClockPlus(GenericFunction[datetime]):
    type = Moment()
    inherit_cache = True
    name = "clock_plus"


def database_time(ahead: timedelta = timedelta(0)) -> _ClockPlus:
    """Return the time by the database's clock, so much ahead, as an SQL expression."""
    return _ClockPlus(literal(ahead.total_seconds(), Float))


def time_of(connection: Connection) -> datetime:
    """Return the time by the database's clock.

    As a value it lets a query use an index; the same moment then counts in several statements.
    """
    now: datetime = connection.execute(select(database_time())).scalar_one()
    return now


def move_clock(engine: Engine, ahead: Ahead) -> None:
    """Let the clock of an engine's connections be ahead; workers on one database must agree."""
    engine.dialect.clock_is_moved = True  # type: ignore[attr-defined]  # read where it is compiled
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _tell(connection: sqlite3.Connection, _record: object) -> None:
            connection.create_function("clock_ahead", 0, lambda: ahead().total_seconds())

        return

    @event.listens_for(engine, "begin")
    def _set(connection: Connection) -> None:
        seconds = str(ahead().total_seconds())
        connection.exec_driver_sql(
            "SELECT set_config('archiver.clock_ahead', %s, true)", (seconds,)
        )


def _is_moved(compiler: SQLCompiler) -> bool:
    return getattr(compiler.dialect, "clock_is_moved", False)


@compiles(_ClockPlus, "sqlite")
def _on_sqlite(element: _ClockPlus, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    # Milliseconds are the finest it has; three zeros make it as wide as the other times.
    seconds = compiler.process(element.clauses, **options)
    if _is_moved(compiler):
        seconds = f"{seconds} + clock_ahead()"
    return f"strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', printf('%+.3f seconds', {seconds}))"


@compiles(_ClockPlus, "postgresql")
def _on_postgresql(element: _ClockPlus, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    # Not now(): that is when the transaction began.
    seconds = compiler.process(element.clauses, **options)
    if _is_moved(compiler):
        seconds = f"{seconds} + current_setting('archiver.clock_ahead')::float8"
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"
