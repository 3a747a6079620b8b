"""The database's version, and bringing it to this program's."""

from __future__ import annotations

from archiver.settings import Settings
from archiver.store import schema


def schema_version(settings: Settings) -> tuple[str | None, str]:
    """Return the database's version (None when it is empty) and this program's."""
    settings.home.mkdir(parents=True, exist_ok=True)
    return schema.current(settings.database_url), schema.head()


def upgrade_schema(settings: Settings) -> tuple[str | None, str]:
    """Bring the database to this program's version; return the version before and after.

    Raises:
        SchemaError: a newer version wrote it.
        StoreError: it cannot be opened, or refused.
    """
    before, after = schema_version(settings)
    schema.upgrade(settings.database_url)
    return before, after
