"""Other processes on the same database, by what they told of themselves."""

from __future__ import annotations

from archiver.errors import StoreError
from archiver.flow.outside import Outside
from archiver.model.worker import SILENT_FOR
from archiver.ports import Store
from archiver.settings import Settings
from archiver.wiring.worker import is_dead, is_elsewhere, is_of_other_kernel


async def refuse_other_hosts(settings: Settings, outside: Outside) -> None:
    """Refuse an SQLite file that a process on another machine uses.

    Its locks hold between processes of one kernel; over a network file system they do not, and the
    file would be damaged. Source: https://www.sqlite.org/wal.html, read 2026-11-29.

    This machine under its former host name looks the same, until that was silent for long enough:
    so it is no mistake for good, and a service that is restarted gets in.

    Raises:
        StoreError: another machine uses it.
    """
    if settings.store.is_server:
        return
    now = await outside.store.workers.now()
    for one in await outside.store.workers.all():
        if one.was_heard_lately(now) and is_elsewhere(one.name):
            host = one.name.partition("/")[0]
            message = (
                f"{settings.home} is used by a {one.kind} on {host}: an SQLite file is for one"
                " machine; use PostgreSQL (store.database) for more, or wait"
                f" {SILENT_FOR.total_seconds():.0f} s if this machine was called so"
            )
            raise StoreError(message)


async def forget_dead(store: Store) -> None:
    """Take away the rows of processes of this machine that ended without a word.

    Who ran under another kernel may live on a machine that bears this one's name: it must have
    been silent for a while.
    """
    at = await store.workers.now()
    for one in await store.workers.all():
        is_silent = is_of_other_kernel(one.name) and not one.was_heard_lately(at)
        if is_silent or is_dead(one.name):
            await store.workers.gone(one.name)
