"""A database as the revision before its bodies were listed left it."""

from __future__ import annotations

from sqlalchemy import Connection, text

LATER = {
    "events": ("rule", "severity", "pins"),
    "uploads": ("url", "started_at", "alive_at", "looked_again_at"),
}
"""Columns that came after, by their tables."""


def take_back_to_0004(connection: Connection) -> None:
    """Undo what came after revision 0004; what guards the events is made anew by an upgrade."""
    connection.execute(text("DROP TABLE bodies"))
    if connection.dialect.name == "sqlite":  # a trigger that names a column keeps it
        named = text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        )
        for trigger in connection.execute(named).scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
    connection.execute(text("DROP INDEX ix_uploads_given_up_at"))
    for table, columns in LATER.items():
        for column in columns:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
