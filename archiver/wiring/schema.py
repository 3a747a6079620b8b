"""The database's version, and bringing it to this program's."""

from __future__ import annotations

from archiver.flow.progress import Progress, silent
from archiver.settings import Settings
from archiver.store import schema
from archiver.store.engine import TCP_TIMEOUT_MS, parse_url
from archiver.store.home import prepare


def conninfo(settings: Settings) -> str:
    """Return the database's address as libpq takes it."""
    url = parse_url(settings.database_url)
    url = url.set(drivername="postgresql").update_query_dict(
        {"tcp_user_timeout": str(TCP_TIMEOUT_MS)}
    )
    return url.render_as_string(hide_password=False)


def schema_version(settings: Settings) -> tuple[str | None, str]:
    """Return the database's version (None when it is empty or not there) and this program's."""
    return schema.current(settings.database_url), schema.head()


def upgrade_schema(settings: Settings, progress: Progress = silent) -> tuple[str | None, str]:
    """Bring the database to this program's version; return the version before and after.

    Raises:
        SchemaError: a newer version wrote it.
        StoreError: it cannot be opened, or refused.
    """
    prepare(settings.home, parse_url(settings.database_url), begins=True)
    before, after = schema_version(settings)
    schema.upgrade(settings.database_url, told=lambda name, rows: progress(name, rows, rows))
    if settings.store.queue == "procrastinate":
        from archiver.queue.install import install  # noqa: PLC0415 - its library is slow to load

        install(conninfo(settings))
    return before, after
