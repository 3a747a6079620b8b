"""Doing at once what waits, one batch after the other.

While one batch is written, what comes meanwhile makes the next. Nobody waits for others to come:
alone, a thing is a batch of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 500
"""In one batch, so that the first of them does not wait long."""


class Together(Generic[T, R]):
    """Writes things in batches; each caller learns what came of its own.

    ``write`` returns, for each of a batch, what came of it, or the error that kept it from being
    written. An error that it raises has undone the whole batch: then each is tried alone, so that
    it meets only the one that caused it.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, one: T) -> R:
        """Have one thing written; return what came of it. Cancelled while it waits, it never is.

        Raises:
            Exception: what kept it from being written.
        """
        told: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, told))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await told

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            wanted = [(one, told) for one, told in batch if not told.cancelled()]
            if wanted:
                await self._write_batch(wanted)

    async def _write_batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._write([one for one, _ in batch])
        except Exception as error:  # noqa: BLE001 - every caller is told of its own
            if len(batch) == 1:
                _tell(batch[0][1], error)
                return
            for each in batch:
                await self._write_batch([each])
            return
        for (_, told), result in zip(batch, results, strict=True):
            _tell(told, result)


def _tell(told: asyncio.Future[R], result: R | Exception) -> None:
    if told.cancelled():
        return  # nobody waits any more; what was written stays
    if isinstance(result, Exception):
        told.set_exception(result)
    else:
        told.set_result(result)
