"""One connection of the server: requests are read, a site is asked, replies are written."""

from __future__ import annotations

import asyncio
import gzip
import logging
from datetime import datetime
from email.utils import format_datetime

import h11

from archiver.demo.calls import Call, Headers, Reply, Site, plain
from archiver.ports import Clock

MOST_HEAD_BYTES = 32 * 1024  # request line and headers; beyond it 431
MOST_BODY_BYTES = 64 * 1024  # no site here takes more; beyond it 413
READ_BYTES = 16 * 1024
IDLE_S = 20.0  # of real time, without a byte from the caller
WORTH_PACKING_BYTES = 256

Event = h11.Event | type[h11.PAUSED] | type[h11.NEED_DATA]

log = logging.getLogger(__name__)


class Conversation:
    """Request after request on one connection, until one side has had enough.

    ``certified`` is the host whose certificate was shown, None on a plain connection.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        site: Site,
        clock: Clock,
        certified: str | None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._site = site
        self._clock = clock
        self._certified = certified
        self._wire = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD_BYTES)

    async def run(self) -> None:
        """Serve until the end.

        Raises:
            OSError: the caller broke the connection.
            TimeoutError: the caller said nothing for too long.
        """
        while await self._serve_one():
            self._wire.start_next_cycle()

    async def _serve_one(self) -> bool:
        """Serve one request; false when the connection is to be closed."""
        try:
            request = await self._next_event()
            if not isinstance(request, h11.Request):
                return False
            call = self._understand(request, await self._read_body())
        except h11.RemoteProtocolError as error:
            call = plain("that is not HTTP", error.error_status_hint)
        if isinstance(call, Reply):
            await self._write(call, None)
            return False
        await self._write(self._ask(call), call)
        return self._wire.our_state is h11.DONE and self._wire.their_state is h11.DONE

    async def _next_event(self) -> Event:
        while (event := self._wire.next_event()) is h11.NEED_DATA:
            if self._wire.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            async with asyncio.timeout(IDLE_S):
                self._wire.receive_data(await self._reader.read(READ_BYTES))
        return event

    async def _read_body(self) -> bytes | None:
        """Return the body, or None when it is longer than we take."""
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > MOST_BODY_BYTES:
                return None
        return bytes(body)

    def _understand(self, request: h11.Request, body: bytes | None) -> Call | Reply:
        """Return what a site can be asked, or the reply to what cannot be served."""
        headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        target = request.target.decode("ascii")
        host = (headers.get("host") or self._certified or "").partition(":")[0].lower()
        if body is None:
            return plain("too much", 413)
        if not host or not target.startswith("/"):
            return plain("a host and a path are needed", 400)
        if self._certified not in (None, host):
            return plain("not the host this connection is for", 421)
        path, _, query = target.partition("?")
        return Call(
            method=request.method.decode("ascii"),
            host=host,
            path=path,
            query=query,
            headers=headers,
            body=body,
            is_secure=self._certified is not None,
            at=self._clock.now(),
        )

    def _ask(self, call: Call) -> Reply:
        try:
            return self._site(call)
        except Exception:
            log.exception("a site failed", extra={"host": call.host, "path": call.path})
            return plain("the site failed", 500)

    async def _write(self, reply: Reply, call: Call | None) -> None:
        """Write a reply. ``call`` is None when the request was not understood."""
        body, headers = _framed(reply, call, self._clock.now())
        await self._send(h11.Response(status_code=reply.status, headers=headers))
        if body and call is not None and call.method == "HEAD":
            body = b""
        if body:
            await self._send(h11.Data(data=body))
        await self._send(h11.EndOfMessage())

    async def _send(self, event: h11.Event) -> None:
        piece = self._wire.send(event)
        if piece:
            self._writer.write(piece)
            await self._writer.drain()


def _framed(reply: Reply, call: Call | None, at: datetime) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the body as it travels, and all headers in the order in which they travel."""
    body = reply.body
    framing: Headers = (("content-length", str(len(body))),)
    if call is not None and _is_packed(reply, call):
        body = gzip.compress(reply.body, 6, mtime=0)
        framing = (("content-encoding", "gzip"), ("vary", "accept-encoding"))
    ending: Headers = (("connection", "close"),) if call is None else ()
    date = ("date", format_datetime(at, usegmt=True))
    kind = ("content-type", reply.media_type)
    return body, [date, kind, *framing, *reply.headers, *ending]


def _is_packed(reply: Reply, call: Call) -> bool:
    """Packed replies travel in chunks, so both ways of framing are met on every page."""
    return (
        "gzip" in call.headers.get("accept-encoding", "")
        and not reply.media_type.startswith("image/")
        and len(reply.body) > WORTH_PACKING_BYTES
    )
