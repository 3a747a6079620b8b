"""Moving bytes between a client of the guard and the other side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from archiver.net.dial import Link
from archiver.net.streams import abort

CHUNK = 64 * 1024

Moved = Callable[[int], None]


class Connection:
    """One client of a passage and, once dialled, its link. Times are of the event loop."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, now: Callable[[], float]
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.link: Link | None = None
        self._now = now
        self.opened_at = self.active_at = now()

    def touch(self) -> None:
        """Note that a byte has moved."""
        self.active_at = self._now()

    def abort(self) -> None:
        """Drop both sides at once."""
        abort(self.writer)
        if self.link is not None:
            abort(self.link.writer)

    async def close(self) -> None:
        """Send what is buffered and close both sides; an abort ends the wait."""
        writers = [self.writer] + ([self.link.writer] if self.link else [])
        for writer in writers:
            writer.close()
        await asyncio.gather(*(w.wait_closed() for w in writers), return_exceptions=True)


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, moved: Moved) -> None:
    """Move bytes until the source ends, then end the sink's half of the connection.

    Raises:
        OSError: a side broke off.
    """
    while chunk := await source.read(CHUNK):
        moved(len(chunk))
        sink.write(chunk)
        await sink.drain()
    sink.write_eof()


async def tunnel(connection: Connection, link: Link, moved_in: Moved, moved_out: Moved) -> None:
    """Move bytes both ways until both sides have ended, or one broke off."""
    await asyncio.gather(
        _or_abort(connection, pump(connection.reader, link.writer, moved_out)),
        _or_abort(connection, pump(link.reader, connection.writer, moved_in)),
    )


async def forward(
    connection: Connection, link: Link, length: int, moved_in: Moved, moved_out: Moved
) -> None:
    """Move one request body of ``length`` bytes out and everything that comes back in.

    The answer goes through untouched, so its client may think that the connection can be used
    again: a second request ends the connection, and HTTP clients then repeat it on a new one.
    """
    sender = asyncio.create_task(
        _or_abort(connection, _send_body(connection, link, length, moved_out))
    )
    try:
        await _or_abort(connection, pump(link.reader, connection.writer, moved_in))
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def _send_body(connection: Connection, link: Link, length: int, moved_out: Moved) -> None:
    while length:
        chunk = await connection.reader.read(min(CHUNK, length))
        if not chunk:
            raise ConnectionError("the client left in the middle of its request")
        moved_out(len(chunk))
        length -= len(chunk)
        link.writer.write(chunk)
        await link.writer.drain()
    if await connection.reader.read(1):
        raise ConnectionError("a second request on one connection")


async def _or_abort(connection: Connection, work: Coroutine[object, object, None]) -> None:
    """Do the work; when a side breaks off, drop both, which ends whatever else moves bytes."""
    try:
        await work
    except OSError:
        connection.abort()
