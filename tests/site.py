"""A loopback site that misbehaves on purpose, for tests that drive the real browser.

It speaks raw HTTP/1.1, so that every byte of an answer is known. It runs in a thread of its own and
keeps every request it was sent.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import ssl
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ("site.test", "other.test", "third.test")


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    head: bytes
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.decode("latin-1").lower() == name.lower():
                return value.strip().decode("latin-1")
        return None


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """Pages by path. Plain HTTP at ``port``, TLS at ``tls_port`` with a CA nobody knows."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    tls_port: int = 0
    tls: ssl.SSLContext | None = None
    _expected: dict[str, threading.Event] = field(default_factory=dict)

    def page(self, path: str, html: str, *headers: str) -> None:
        """Serve a page."""
        fields = ("Content-Type: text/html; charset=utf-8", *headers)
        self.reply(path, html.encode(), *fields)

    def reply(self, path: str, body: bytes, *headers: str | bytes, status: str = "200 OK") -> None:
        """Serve fixed bytes with a Content-Length."""
        self.raw(path, message(status, (*headers, f"Content-Length: {len(body)}"), body))

    def raw(self, path: str, *parts: bytes) -> None:
        """Serve exactly these bytes, then close."""

        async def send(_: Asked, writer: asyncio.StreamWriter) -> None:
            for part in parts:
                writer.write(part)
                await writer.drain()

        self.handlers[path] = send

    def on(self, path: str, handler: Handler) -> None:
        """Serve by a function."""
        self.handlers[path] = handler

    def expect(self, path: str) -> threading.Event:
        """Return an event that is set when a path is next asked for."""
        return self._expected.setdefault(path, threading.Event())

    def asked_for(self, path: str) -> list[Asked]:
        """Return the requests for a path, oldest first."""
        return [one for one in self.asked if one.path == path]

    @property
    def host_map(self) -> dict[str, str]:
        """What the guard needs to lead the site's names here."""
        plain = {f"{host}:80": f"127.0.0.1:{self.port}" for host in HOSTS}
        return plain | {f"{host}:443": f"127.0.0.1:{self.tls_port}" for host in HOSTS}

    def __enter__(self) -> Site:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        servers = [await asyncio.start_server(self._meet, "127.0.0.1", 0)]
        if self.tls is not None:
            servers.append(await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self.tls))
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        self.port, self.tls_port = ports[0], ports[-1]
        started.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await read_request(reader)
            self.asked.append(asked)
            self._expected.get(asked.path, threading.Event()).set()
            missing = message(
                "404 Not Found", ("Content-Length: 4", "Content-Type: text/plain"), b"none"
            )
            handler = self.handlers.get(asked.path)
            if handler is None:
                writer.write(missing)
            else:
                await handler(asked, writer)
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b" ", 2)
    asked = Asked(method.decode(), target.decode(), head, b"")
    length = int(asked.header("content-length") or 0)
    return Asked(asked.method, asked.target, head, await reader.readexactly(length))


def message(status: str, headers: Iterable[str | bytes], body: bytes = b"") -> bytes:
    lines = [h if isinstance(h, bytes) else h.encode() for h in headers]
    first = f"HTTP/1.1 {status}".encode()
    return b"\r\n".join([first, *lines, b"Connection: close", b"", body])


def chunked(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def noise(seed: str, length: int) -> bytes:
    """Return bytes that do not compress and are the same every time."""
    return hashlib.shake_256(seed.encode()).digest(length)


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return a picture of one colour."""

    def part(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    row = b"\x00" + bytes(colour) * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + part(b"IDAT", zlib.compress(row * height))
        + part(b"IEND", b"")
    )


async def events(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send a server-sent event and then nothing, for ever."""
    writer.write(message("200 OK", ("Content-Type: text/event-stream",), b"data: one\n\n"))
    await writer.drain()
    await asyncio.Event().wait()


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send a body that never ends, a kilobyte every 50 ms."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    while True:
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def web_socket(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Accept a WebSocket, send one message and keep it open."""
    guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
    digest = hashlib.sha1(((asked.header("sec-websocket-key") or "") + guid).encode()).digest()
    accept = base64.b64encode(digest).decode()
    head = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    writer.write(head.encode() + b"\x81\x05hello")
    await writer.drain()
    await asyncio.Event().wait()


def certificates(folder: Path, hosts: Iterable[str] = HOSTS) -> tuple[Path, ssl.SSLContext]:
    """Make a CA of our own and a server context for the hosts; return the CA's PEM file."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A CA nobody knows")])
    now = datetime.now(UTC)

    def build(name: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(ca_name)
        return (
            builder.public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
        )

    authority = build(ca_name, ca_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    leaf_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, next(iter(hosts)))])
    leaf = build(leaf_name, key.public_key()).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
    )
    ca_path, chain = folder / "ca.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    ca_path.write_bytes(authority.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + leaf.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return ca_path, context


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
