"""Origins for tests: real sockets on loopback that say exactly the bytes they are told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Talk = Callable[[bytes, Reader, Writer], Awaitable[None]]


@dataclass
class Site:
    """A listening origin. ``heads`` are the request heads it saw, in order."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    opened: int = 0
    arrived: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    """The same heads, to wait for."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has closed a connection on us."""

    def url(self, path: str = "/", scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def allow(self) -> str:
        return f"127.0.0.0/8:{self.port}"


def saying(*pieces: bytes) -> Talk:
    """Answer every request with these bytes, each sent by itself, then close."""

    async def talk(_head: bytes, _reader: Reader, writer: Writer) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return talk


def by_path(**answers: bytes) -> Talk:
    """Answer by the path's first word; what is not listed is not found."""

    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        path = head.split(b" ")[1].decode().split("?")[0].strip("/") or "index"
        writer.write(answers.get(path, response(b"none", status=404)))

    return talk


def response(body: bytes = b"", *fields: bytes, status: int = 200) -> bytes:
    lines = [f"HTTP/1.1 {status} Said".encode(), f"Content-Length: {len(body)}".encode(), *fields]
    return b"\r\n".join([*lines, b"", body])


def redirect(location: str, *fields: bytes, status: int = 302) -> bytes:
    return response(b"", b"Location: " + location.encode("latin-1"), *fields, status=status)


@asynccontextmanager
async def serve(
    talk: Talk, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Site]:
    """Serve until the end of the block; nothing is left open after it."""
    site = Site()
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: Reader, writer: Writer) -> None:
        site.opened += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            site.heads.append(head)
            site.arrived.put_nowait(head)
            await talk(head, reader, writer)
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError, asyncio.CancelledError):
            site.closed.set()
        finally:
            writer.transport.abort()

    def accept(reader: Reader, writer: Writer) -> None:
        task = asyncio.get_running_loop().create_task(answer(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, host, 0, ssl=tls, limit=2**20)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def until_closed(reader: Reader) -> None:
    """Wait for the other side to go."""
    while await reader.read(65536):
        pass
