"""From httpx to the guard: one request, one connection, one tape."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

import httpcore
import httpx
from typing_extensions import override

from archiver.model.inquiry import Headers
from archiver.net.tape import PassageBackend, Tape
from archiver.net.urls import Address


class Door(httpx.AsyncBaseTransport):
    """Carries each request over a connection of its own, through one passage, onto a tape.

    A request's extensions hold the ``tape``, the TLS ``context`` and the exact ``target``.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError: as they come, NoPassageError among them.
        """
        extensions = request.extensions
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=extensions["target"],
        )
        # Without httpcore's pool, which is of no use to one request and takes longer than it does.
        stream = await self._connect(url.origin, extensions["tape"], extensions["context"])
        connection = httpcore.AsyncHTTP11Connection(origin=url.origin, stream=stream)
        response = await connection.handle_async_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.content
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response, connection)
        )

    async def _connect(
        self, origin: httpcore.Origin, tape: Tape, context: ssl.SSLContext | None
    ) -> httpcore.AsyncNetworkStream:
        host = origin.host.decode("ascii")
        stream = await PassageBackend(self._port, tape).connect_tcp(host, origin.port)
        if origin.scheme != b"https":
            return stream
        assert context is not None  # noqa: S101 - whoever asks for TLS says whom it trusts
        context.set_alpn_protocols(["http/1.1"])
        return await stream.start_tls(context, server_hostname=host)


class _Body(httpx.AsyncByteStream):
    """A response's body; closing it closes the connection."""

    def __init__(
        self, response: httpcore.Response, connection: httpcore.AsyncHTTP11Connection
    ) -> None:
        self._response = response
        self._connection = connection

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    @override
    async def aclose(self) -> None:
        await self._response.aclose()
        await self._connection.aclose()


class Transfer:
    """One request and its response, as far as it came.

    ``status`` is None until a response's head was read. ``truncated`` is "length" when the body
    was cut at the cap.
    """

    def __init__(self, address: Address, context: ssl.SSLContext | None) -> None:
        self.address = address
        self.tape = Tape()
        self.status: int | None = None
        self.headers: Headers = ()
        self.body = bytearray()
        self.truncated: str | None = None
        self._context = context

    async def run(
        self,
        door: Door,
        headers: Headers,
        cookies: httpx.Cookies,
        max_bytes: int,
        *,
        method: str = "GET",
        content: bytes = b"",
    ) -> None:
        """Send the request and read the response, at most ``max_bytes`` of its body.

        ``cookies`` are sent where they belong, and take up those that are set.

        Raises:
            httpx.InvalidURL: httpx reads the address differently; nothing was sent.
            httpcore.NetworkError, httpcore.ProtocolError: it broke; what came so far is kept.
        """
        fields = [(n.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for n, v in headers]
        extensions = {
            "tape": self.tape,
            "context": self._context,
            "target": self.address.target,
        }
        request = httpx.Request(
            method,
            self.address.url,
            headers=fields,
            cookies=cookies,
            content=content or None,
            extensions=extensions,
        )
        response = await door.handle_async_request(request)
        response.request = request
        cookies.extract_cookies(response)
        self.status = response.status_code
        self.headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        try:
            raw = cast(AsyncGenerator[bytes, None], response.aiter_raw())
            async with aclosing(raw) as chunks:
                async for chunk in chunks:
                    self._add(chunk, max_bytes)
                    if self.truncated:
                        return
        finally:
            await response.aclose()

    def _add(self, chunk: bytes, max_bytes: int) -> None:
        room = max_bytes - len(self.body)
        self.body += chunk[:room]
        if len(chunk) > room:
            self.truncated = "length"

    def field(self, name: str) -> str | None:
        """Return the values of a header field, joined by commas, or None."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else None
