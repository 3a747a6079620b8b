"""A caller of the miniature web: raw HTTP/1.1 over a real socket, with the web's own CA."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import h11

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.script import Part

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@dataclass(frozen=True)
class Got:
    """A reply, header names in lower case, content as it travelled."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


async def connect(web: MiniWeb, url: str):
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    address = web.host_map[f"{parts.hostname}:{443 if is_secure else 80}"]
    host, _, port = address.partition(":")
    context = ssl.create_default_context(cafile=web.ca_path) if is_secure else None
    name = parts.hostname if is_secure else None
    return await asyncio.open_connection(host, int(port), ssl=context, server_hostname=name)


async def get(
    web: MiniWeb,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Got:
    """Ask once on a connection of its own; redirects are not followed."""
    reader, writer = await connect(web, url)
    try:
        return await exchange(reader, writer, url, method, headers or {}, body)
    finally:
        writer.close()
        await writer.wait_closed()


async def exchange(reader, writer, url, method="GET", headers=None, body=b"") -> Got:
    """Ask on an open connection."""
    parts = urlsplit(url)
    wire = h11.Connection(h11.CLIENT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    length = {"Content-Length": str(len(body))} if body else {}
    fields = {"Host": parts.hostname, "User-Agent": "plain-caller/1.0", **length, **(headers or {})}
    request = h11.Request(method=method, target=target, headers=list(fields.items()))
    writer.write(wire.send(request))
    writer.write((wire.send(h11.Data(data=body)) if body else b"") + wire.send(h11.EndOfMessage()))
    return await _read(reader, wire)


async def _read(reader, wire) -> Got:
    head, body = h11.Response(status_code=500, headers=[]), bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            fields = {name.decode(): value.decode() for name, value in head.headers}
            return Got(head.status_code, fields, bytes(body))


def visit(story, *, seed: int = 1, parts: Mapping[str, Part] | None = None, after=timedelta()):
    """Run ``story(web, clock)`` on a miniature web, that much time after its start."""

    async def run():
        clock = MovableClock()
        async with MiniWeb(seed, clock, parts=parts) as web:
            clock.advance(after)
            return await story(web, clock)

    return asyncio.run(run())


def ask(url, *, seed: int = 1, parts=None, after=timedelta(), **how) -> Got:
    """Ask a miniature web one thing; ``url`` may be a function of the web."""

    async def story(web, _):
        return await get(web, url(web) if callable(url) else url, **how)

    got: Got = visit(story, seed=seed, parts=parts, after=after)
    return got
