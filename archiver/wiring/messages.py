"""Messages of jobs, where the settings want them: sent with what is queued, heard by who works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from archiver.errors import RevisionError, StoreError
from archiver.model.job import Lane
from archiver.ports import Attend
from archiver.settings import Settings
from archiver.store.jobs import Send
from archiver.wiring.schema import conninfo

TIDY_S = 60.0
"""Between two searches for messages that dead workers were at, and for jobs without one."""


def sender(settings: Settings) -> Send | None:
    """Return what sends word of a job, or None when workers ask by themselves."""
    if settings.store.queue != "procrastinate":
        return None
    from archiver.queue.messages import send  # noqa: PLC0415 - its library is slow to load

    return send


async def refuse_without_tables(settings: Settings) -> None:
    """Find out that messages can be had, before anything waits for them.

    Raises:
        SchemaError: their tables are missing.
        StoreError: the server cannot be reached.
    """
    if settings.store.queue == "procrastinate":
        from archiver.queue.messages import Messages  # noqa: PLC0415 - as above

        async with Messages(conninfo(settings)):
            pass


def listener(settings: Settings) -> Callable[[Attend], Awaitable[None]] | None:
    """Return what listens for messages until cancelled, or None when workers ask by themselves."""
    if settings.store.queue != "procrastinate":
        return None

    async def listen(attend: Attend) -> None:
        from archiver.queue.messages import Messages  # noqa: PLC0415 - as above

        hands = {
            Lane.LIGHT: settings.daemon.looks_at_once,
            Lane.BROWSER: settings.capture.at_once,
        }
        grace = timedelta(seconds=settings.daemon.grace_s)
        async with Messages(conninfo(settings), grace) as messages, asyncio.TaskGroup() as group:
            group.create_task(messages.listen(hands, attend))
            while True:
                try:
                    await messages.tidy()
                except RevisionError:
                    raise
                except StoreError as error:  # to end would wait for all in hand, and hear nothing
                    structlog.get_logger("archiver").warning("not_tidied", reason=str(error))
                await asyncio.sleep(TIDY_S)

    return listen
