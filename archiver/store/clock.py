"""The database's own clock: the only one that leases are measured with.

Workers on several machines disagree about the time; they do share the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from archiver.store.columns import Moment


class _ClockPlus(GenericFunction[datetime]):
    type = Moment()
    inherit_cache = True
    name = "clock_plus"


def database_time(ahead: timedelta = timedelta(0)) -> _ClockPlus:
    """Return the time by the database's clock, so much ahead, as an SQL expression."""
    return _ClockPlus(literal(ahead.total_seconds(), Float))


@compiles(_ClockPlus, "sqlite")
def _on_sqlite(element: _ClockPlus, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    # Milliseconds are the finest it has; three zeros make it as wide as the other times.
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', printf('%+.3f seconds', {seconds}))"


@compiles(_ClockPlus, "postgresql")
def _on_postgresql(element: _ClockPlus, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    # Not now(): that is when the transaction began.
    seconds = compiler.process(element.clauses, **options)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"
