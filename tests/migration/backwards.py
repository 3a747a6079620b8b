"""A database as the revision before its bodies were listed left it."""

from __future__ import annotations

from sqlalchemy import Connection, text

LATER = ("rule", "severity", "pins")
"""Columns of events that came after."""


def take_back_to_0004(connection: Connection) -> None:
    """Undo what came after revision 0004; what guards the events is made anew by an upgrade."""
    connection.execute(text("DROP TABLE bodies"))
    if connection.dialect.name == "sqlite":  # a trigger that names a column keeps it
        named = text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        )
        for trigger in connection.execute(named).scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
    for column in LATER:
        connection.execute(text(f"ALTER TABLE events DROP COLUMN {column}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
