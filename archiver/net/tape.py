"""The bytes of one exchange as they were on the wire, taken between HTTP and TLS.

HTTP libraries normalise header blocks. Evidence is what was sent, so a stream between the parser
and the encryption keeps it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
from typing_extensions import override

from archiver.net.heads import ESTABLISHED

_HEAD_END = re.compile(rb"\n\r?\n")  # bare line feeds are read by the HTTP parser too
_STATUS = re.compile(rb"HTTP/(1\.[01]) ([0-9]{3})")
_CHUNKED = re.compile(rb"^transfer-encoding:[^\n]*chunked", re.IGNORECASE | re.MULTILINE)
_REFUSAL = re.compile(rb"^HTTP/1\.1 [^\r]*\r\nX-Archiver-Guard: (\w+); ([^\r]*)")
_REFUSAL_BYTES = 4096

SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


class NoPassageError(httpcore.ConnectError):
    """The guard did not open the connection; ``verdict`` and ``reason`` are its own words."""

    def __init__(self, verdict: str, reason: str) -> None:
        super().__init__(f"{verdict}; {reason}")
        self.verdict = verdict
        self.reason = reason


class Tape:
    """What went over one connection: the request whole, of the answer its final head.

    ``head`` is None until that head is complete; informational heads (1xx) are left out.
    ``tls`` is the version negotiated, such as ``TLSv1.3``.
    """

    def __init__(self) -> None:
        self.request = b""
        self.head: bytes | None = None
        self.tls: str | None = None
        self._pending = bytearray()

    def sent(self, data: bytes) -> None:
        """Keep what was sent."""
        self.request += data

    def received(self, data: bytes) -> None:
        """Keep what was received, up to the end of the final head."""
        if self.head is not None:
            return
        look_from = max(0, len(self._pending) - 2)
        self._pending += data
        while self.head is None and (end := _HEAD_END.search(self._pending, look_from)):
            head = bytes(self._pending[: end.end()])
            del self._pending[: end.end()]
            look_from = 0
            if not _is_informational(head):
                self.head = head
                self._pending.clear()

    @property
    def chunked(self) -> bool:
        """Whether the body came in chunks."""
        return self.head is not None and _CHUNKED.search(self.head) is not None

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols spoken, as WARC-Protocol words: ``http/1.1``, ``tls/1.3``."""
        status = _STATUS.match(self.head or b"")
        version = status[1].decode("ascii") if status else "1.1"
        words = [f"http/{version}"]
        if self.tls is not None:
            words.append("tls/" + self.tls.removeprefix("TLSv"))
        return tuple(words)


def _is_informational(head: bytes) -> bool:
    status = _STATUS.match(head)
    return status is not None and status[2].startswith(b"1") and status[2] != b"101"


class TapedStream(httpcore.AsyncNetworkStream):
    """A stream that copies everything to a tape."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(max_bytes, timeout)
        self._tape.received(data)
        return data

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._tape.sent(buffer)
        await self._inner.write(buffer, timeout)

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()

    @override
    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # a cancelled handshake must not leave its socket behind
            await self._inner.aclose()
            raise
        session = inner.get_extra_info("ssl_object")
        self._tape.tls = session.version() if session else None
        return TapedStream(inner, self._tape)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class PassageBackend(httpcore.AsyncNetworkBackend):
    """Opens connections through the guard: always by CONNECT, so that requests keep their form."""

    def __init__(self, port: int, tape: Tape) -> None:
        self._port = port
        self._tape = tape

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Ask the guard for a tunnel.

        Raises:
            NoPassageError: it refused, or could not connect.
        """
        stream = await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self._port, timeout)
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"
        try:
            await stream.write(head.encode("ascii"), timeout)
            _expect_yes(await _read_reply(stream, timeout))
        except BaseException:  # a cancelled wait must not leave its socket behind
            await stream.aclose()
            raise
        return TapedStream(stream, self._tape)


async def _read_reply(stream: httpcore.AsyncNetworkStream, timeout: float | None) -> bytes:
    """Read exactly the guard's yes, whose length is known, or all of its no.

    Not a byte more: what follows the yes is the origin's.
    """
    reply = b""
    while len(reply) < len(ESTABLISHED):
        data = await stream.read(len(ESTABLISHED) - len(reply), timeout)
        if not data:
            return reply
        reply += data
    while reply != ESTABLISHED and len(reply) < _REFUSAL_BYTES:
        data = await stream.read(_REFUSAL_BYTES, timeout)
        if not data:
            break
        reply += data
    return reply


def _expect_yes(reply: bytes) -> None:
    if reply == ESTABLISHED:
        return
    match = _REFUSAL.match(reply)
    if match is None:
        raise NoPassageError("failed", "guard: it closed the connection")
    raise NoPassageError(match[1].decode("ascii"), match[2].decode("ascii"))
