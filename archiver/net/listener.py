"""Listening on loopback, and leaving nothing open when it ends.

``asyncio.Server`` loses a connection that is being accepted while it is closed (Python 3.11-3.13),
so connections are accepted here, in one step of the loop each.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from archiver.net.streams import abort

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_BACKLOG = 128
_RETRY_S = 0.5  # when the process has no file descriptor left for one more connection


class Listener:
    """Serves each connection to a free port of 127.0.0.1 in a task of its own.

    ``limit`` is how many bytes a stream's reader may look ahead for a separator.
    """

    def __init__(self, serve: Serve, limit: int) -> None:
        self._serve = serve
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._socket = socket.socket()
        self._socket.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(_BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self._resume()

    async def close(self) -> None:
        """Stop listening, cancel every task and wait until all have ended."""
        if self._socket.fileno() == -1:
            return
        self._loop.remove_reader(self._socket)
        if self._retry is not None:
            self._retry.cancel()
        self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _resume(self) -> None:
        self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, ConnectionError):  # the client has gone again
            return
        except OSError:  # too many open files: the socket stays readable, so wait
            self._loop.remove_reader(self._socket)
            self._retry = self._loop.call_later(_RETRY_S, self._resume)
            return
        task = self._loop.create_task(self._welcome(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step closes nothing itself.
        task.add_done_callback(lambda _: connection.close())

    async def _welcome(self, connection: socket.socket) -> None:
        connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
        reader, writer = await asyncio.open_connection(sock=connection, limit=self._limit)
        try:
            await self._serve(reader, writer)
        finally:
            abort(writer)
