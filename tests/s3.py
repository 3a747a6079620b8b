"""A real S3 server for a test session: a process of its own on loopback, with its data in memory.

It is started on first use and dies with the test process, however that ends.
"""

from __future__ import annotations

import asyncio
import atexit
import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path

from archiver.store.bucket import Access, Patience

STARTED_WITHIN_S = 60
_PORT = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")
_numbers = count(1)

QUICK = Patience(
    first=timedelta(milliseconds=1),
    longest=timedelta(milliseconds=5),
    retries=3,
    total=timedelta(seconds=20),
)
"""Tries again at once: a test waits for what happens, not for pauses."""


class Server:
    """A running server; anybody may do anything in it."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="archiver-s3-")
        self._log = Path(self._directory.name) / "log"
        with self._log.open("wb") as output:
            # setpriv becomes the server itself and lets it die with this process.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                stdout=output,
                stderr=output,
                cwd="/",
            )  # fmt: skip
        atexit.register(self.stop)
        self.port = self._wait_for_port()

    def _wait_for_port(self) -> int:
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline:
            found = _PORT.search(self._log.read_text(errors="replace"))
            if found:
                return int(found[1])
            if self._process.poll() is not None:
                raise RuntimeError(f"the S3 server did not start: {self._log.read_text()}")
            time.sleep(0.02)  # it says so in its log alone
        raise RuntimeError(f"the S3 server did not start within {STARTED_WITHIN_S} s")

    def create(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"test-{next(_numbers)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("PUT", f"/{name}")
        assert connection.getresponse().status == 200
        connection.close()
        return name

    def stop(self) -> None:
        """Stop at once; the data is not wanted any more."""
        self._process.kill()
        self._process.wait()
        self._directory.cleanup()


@cache
def server() -> Server:
    """Return the server of this test process, started on first use."""
    return Server()


def access(bucket: str | None = None, port: int | None = None, **more: object) -> Access:
    """Return the way into a new bucket, or a known one; ``port`` is that of a proxy before it."""
    given = {"prefix": "evidence", "access_key": "key", "secret_key": "secret", "patience": QUICK}
    return Access(
        bucket or server().create(),
        endpoint=f"http://127.0.0.1:{port or server().port}",
        allow_http=True,
        **{**given, **more},  # type: ignore[arg-type]
    )


@dataclass
class Fault:
    """What happens to the requests that a test picks: ``do`` is one of the functions below."""

    is_meant: Callable[[str, str], bool]
    do: Callable[[Request], Awaitable[None]]
    times: int = 1_000_000


@dataclass
class Request:
    """One request at the proxy, with what is needed to answer it."""

    method: str
    path: str
    data: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def passed_on(self) -> bytes:
        """Return what the server answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", server().port)
        writer.write(self.data)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    def reset(self) -> None:
        """Break the connection off, as a machine does that is gone."""
        self.writer.transport.abort()


async def reset(request: Request) -> None:
    """Break off; the server saw nothing of the request."""
    request.reset()


async def lose_answer(request: Request) -> None:
    """Let the server do it, and break off before its answer."""
    await request.passed_on()
    request.reset()


async def cut_answer(request: Request) -> None:
    """Send half of the server's answer."""
    answer = await request.passed_on()
    request.writer.write(answer[: -len(answer) // 3])
    await request.writer.drain()
    request.reset()


async def hang(request: Request) -> None:
    """Never answer; over when the other side has enough."""
    await request.reader.read()


async def fail(request: Request) -> None:
    """Answer 503 and do nothing."""
    request.writer.write(_answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"))


async def forbid(request: Request) -> None:
    """Answer 403 and do nothing."""
    request.writer.write(_answer("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"))


async def date_back(request: Request) -> None:
    """Say that what is stored there is years old."""
    request.writer.write(dated_back(await request.passed_on()))


def dated_back(answer: bytes) -> bytes:
    """Return an answer that says of what is stored that it is years old."""
    old = b"Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT"
    return re.sub(rb"(?i)last-modified: [^\r]*", old, answer)


async def know_no_conditions(request: Request) -> None:
    """Answer as an older store does that has no put-if-absent."""
    if b"if-none-match" in request.data.lower():
        text = "<Error><Code>NotImplemented</Code></Error>"
        request.writer.write(_answer("501 Not Implemented", text))
    else:
        request.writer.write(await request.passed_on())


async def spoil_stored(request: Request) -> None:
    """Store other bytes of the same length, and say that all is well."""
    head, _, body = request.data.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if b"checksum" not in line.lower()]
    spoilt = bytes(255 - byte for byte in body)
    answer = await Request(
        request.method,
        request.path,
        b"\r\n".join(kept) + b"\r\n\r\n" + spoilt,
        request.reader,
        request.writer,
    ).passed_on()
    request.writer.write(answer)


def _answer(status: str, body: str) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


@dataclass
class Proxy:
    """A proxy before the server that lets requests fail as a test says."""

    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def on(
        self,
        method: str,
        part: str,
        do: Callable[[Request], Awaitable[None]],
        times: int = 1_000_000,
    ) -> Fault:
        """Let something happen to requests of a method whose path holds a part."""
        fault = Fault(lambda m, p: m == method and part in p, do, times)
        self.faults.append(fault)
        return fault

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader, writer)
            self.seen.append((request.method, request.path))
            fault = next(
                (f for f in self.faults if f.times and f.is_meant(request.method, request.path)),
                None,
            )
            if fault is None:
                writer.write(await request.passed_on())
            else:
                fault.times -= 1
                await fault.do(request)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    method, path, _ = head.split(b" ", 2)
    return Request(method.decode(), path.decode(), head + body, reader, writer)


@asynccontextmanager
async def proxy() -> AsyncIterator[Proxy]:
    """Serve a proxy before the server, on loopback."""
    made = Proxy()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield made
