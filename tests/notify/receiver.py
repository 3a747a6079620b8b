"""Who is told: an HTTP server and a mail server on loopback that keep what they are sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from tests.net.site import Reader, Site, Writer, response, serve


@dataclass(frozen=True)
class Posted:
    """One request: its head and its body."""

    head: bytes
    body: bytes

    def field(self, name: str) -> str:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines)
        return next(value.strip() for key, _, value in pairs if key.lower() == name)

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers with the statuses given, in turn, the last for good."""

    site: Site
    posted: list[Posted] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.field("webhook-id") for one in self.posted]

    def url(self, path: str = "/hook") -> str:
        return self.site.url(path)


@asynccontextmanager
async def receiver(*answers: bytes | int) -> AsyncIterator[Receiver]:
    """Serve until the end of the block."""
    waiting = [one if isinstance(one, bytes) else response(status=one) for one in answers or (204,)]

    async def talk(head: bytes, reader: Reader, writer: Writer) -> None:
        has_body = b"content-length:" in head.lower()
        length = int(Posted(head, b"").field("content-length")) if has_body else 0
        there.posted.append(Posted(head, await reader.readexactly(length)))
        writer.write(waiting.pop(0) if len(waiting) > 1 else waiting[0])
        await writer.drain()

    async with serve(talk) as site:
        there = Receiver(site)
        yield there


@dataclass
class MailServer:
    """``mails`` are what it took; with ``refusal`` it takes none and says that."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusal: bytes | None = None


@asynccontextmanager
async def mail_server(refusal: bytes | None = None) -> AsyncIterator[MailServer]:
    """Serve SMTP, as much of it as a client without a log-in uses."""
    there = MailServer(refusal=refusal)

    async def converse(reader: Reader, writer: Writer) -> None:
        writer.write(b"220 loopback\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n" if there.refusal is None else there.refusal)
                if there.refusal is None:
                    body = await reader.readuntil(b"\r\n.\r\n")
                    there.mails.append(message_from_bytes(body[:-5], policy=default))
                    writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    async with server:
        yield there
