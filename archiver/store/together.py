"""Doing at once what waits, one batch after the other.

While one batch is written, what comes meanwhile makes the next. Nobody waits for others to come:
alone, a thing is a batch of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 500
"""In one batch, so that the first of them does not wait long."""


class Together(Generic[T]):
    """Writes things in batches; each caller learns what came of its own.

    ``write`` returns, for each of a batch, the error that kept it from being written. An error
    that it raises has undone the whole batch: then each is tried alone, so that it meets only the
    one that caused it.
    """

    def __init__(
        self, write: Callable[[Sequence[T]], Awaitable[Sequence[Exception | None]]]
    ) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, one: T) -> None:
        """Have one thing written; return when it is. Cancelled while it waits, it never is.

        Raises:
            Exception: what kept it from being written.
        """
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, told))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await told

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            wanted = [(one, told) for one, told in batch if not told.cancelled()]
            if wanted:
                await self._write_batch(wanted)

    async def _write_batch(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        try:
            errors = await self._write([one for one, _ in batch])
        except Exception as error:  # noqa: BLE001 - every caller is told of its own
            if len(batch) == 1:
                _tell(batch[0][1], error)
                return
            for each in batch:
                await self._write_batch([each])
            return
        for (_, told), error_of in zip(batch, errors, strict=True):
            _tell(told, error_of)


def _tell(told: asyncio.Future[None], error: Exception | None) -> None:
    if told.cancelled():
        return  # nobody waits any more; what was written stays
    if error is None:
        told.set_result(None)
    else:
        told.set_exception(error)
