"""How the database means to answer what is asked of it while something runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_FORBIDDEN = ("enable_seqscan", "enable_bitmapscan")
"""What PostgreSQL prefers on a small table, whatever indexes there are."""


@contextmanager
def explained() -> Iterator[list[str]]:
    """Collect the plan of every statement that reads or changes rows, in the order they run."""
    plans: list[str] = []

    def explain(
        connection: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        _context: object,
        many: bool,
    ) -> None:
        if not statement.lstrip().startswith(("SELECT", "UPDATE", "WITH")) or many:
            return
        if connection.dialect.name == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("\n".join(row[3] for row in cursor.fetchall()))
            return
        for name in _FORBIDDEN:
            cursor.execute(f"SET LOCAL {name} = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        plans.append("\n".join(row[0] for row in cursor.fetchall()))
        for name in _FORBIDDEN:
            cursor.execute(f"SET LOCAL {name} = on")

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
