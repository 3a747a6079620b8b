"""The one door out: a proxy on loopback that decides where connections may go.

It never decrypts: it decides *where*, not *what*. A name is resolved once in a passage, every
address is judged, and the judged address is the one that is dialled, so what a page, a redirect or
a name server says later cannot lead anywhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from types import TracebackType
from typing import Self

from archiver.errors import InputError
from archiver.net.addresses import own_addresses
from archiver.net.decisions import Decision, Refusal, Ruling, Usage
from archiver.net.dial import Link, dial
from archiver.net.heads import (
    ESTABLISHED,
    RequestHead,
    origin_head,
    parse_request_head,
    refusal_reply,
)
from archiver.net.meter import Meter
from archiver.net.policy import GuardPolicy, Limits
from archiver.net.relay import Connection, forward, tunnel
from archiver.net.resolve import Resolver, resolve
from archiver.net.routes import Endpoint, Route, Router, denied
from archiver.ports import Clock

_SWEEP_S = 0.5  # how late an idle connection may be noticed
_LINGER_S = 1.0  # for a refused client to read its reply; closing at once may reset it away
_LINGER_BYTES = 1024 * 1024


class Passage:
    """One capture's way out: a proxy at :attr:`address`, with its log and its meter.

    It serves from the moment it is opened; time runs from :meth:`start`. When a limit of the
    whole passage is reached, every connection is dropped and nothing more is let out.
    """

    def __init__(
        self,
        purpose: str,
        limits: Limits,
        router: Router,
        clock: Clock,
        on_close: Callable[[Passage], None],
    ) -> None:
        self.purpose = purpose
        self.limits = limits
        self.port = 0
        self._router = router
        self._clock = clock
        self._on_close = on_close
        self._loop = asyncio.get_running_loop()
        self._meter = Meter(limits, self._loop.time, self._drop_all)
        self._decisions: list[Decision] = []
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """The proxy's address: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> tuple[Decision, ...]:
        """Every decision so far, oldest first."""
        return tuple(self._decisions)

    @property
    def usage(self) -> Usage:
        """What was used since the start."""
        return self._meter.usage

    @property
    def limits_hit(self) -> tuple[str, ...]:
        """The names of the limits that cut something off, as fields of :class:`Limits`."""
        return self._meter.hits

    def ip_of(self, host: str, port: int) -> str | None:
        """Return the address that was dialled for a host; None if none was, or more than one."""
        name = host.strip("[]").lower().removesuffix(".")
        dialled = {d.ip for d in self._decisions if (d.host, d.port) == (name, port) and d.ip}
        return dialled.pop() if len(dialled) == 1 else None

    async def listen(self) -> None:
        """Begin to serve on a free port of loopback."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, limit=self.limits.head_bytes
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._sweep()

    def start(self) -> None:
        """Begin the capture: counts begin at nothing and time runs."""
        self._meter.start()
        if "seconds" in self._timers:
            self._timers["seconds"].cancel()
        self._timers["seconds"] = self._loop.call_later(
            self.limits.seconds, self._meter.exhaust, "seconds"
        )

    async def close(self) -> None:
        """Close the listener and every connection; nothing of the passage is left afterwards."""
        self._on_close(self)
        self._meter.stop()
        for timer in self._timers.values():
            timer.cancel()
        if self._server is not None:
            self._server.close()
        self._drop_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._router.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._loop.time)
        task = self._loop.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: Connection) -> None:
        self._connections.add(connection)
        try:
            await self._answer(connection)
            await connection.close()
        except (OSError, EOFError):  # the client left: nobody is there to be told
            return
        finally:
            connection.abort()
            self._connections.discard(connection)

    async def _answer(self, connection: Connection) -> None:
        """Read one request, decide, and carry it out or refuse it."""
        head = await self._read_head(connection)
        self._meter.count_request()
        if isinstance(head, Refusal):
            self._decide(head, None)
            await self._refuse(connection, head)
            return
        opened = await self._open(head)
        if isinstance(opened, Refusal):
            await self._refuse(connection, opened)
            return
        connection.link, route = opened
        connection.touch()
        await self._carry(connection, connection.link, head, route)

    async def _read_head(self, connection: Connection) -> RequestHead | Refusal:
        try:
            async with asyncio.timeout(self.limits.head_s):
                raw = await connection.reader.readuntil(b"\r\n\r\n")
            return parse_request_head(raw, self.limits.head_fields)
        except TimeoutError:
            return Refusal(Ruling.DENIED, "target: the request came too slowly", 408)
        except asyncio.LimitOverrunError:
            return Refusal(Ruling.DENIED, "target: the request head is too long", 431)
        except InputError as error:
            return Refusal(Ruling.DENIED, f"target: {error}", 400)

    async def _open(self, head: RequestHead) -> tuple[Link, Route] | Refusal:
        """Find a route and dial it; every way this can end is one line in the log."""
        route = await self._find_route(head)
        if isinstance(route, Refusal):
            self._decide(route, head)
            return route
        link = await dial(route, head.target, self.limits, tunnel=head.path is None)
        if isinstance(link, Refusal):
            self._decide(link, head, route)
            return link
        self._meter.count(connections=1)
        self._decide(link, head, route)
        return link, route

    async def _find_route(self, head: RequestHead) -> Route | Refusal:
        if self._meter.exhausted:
            return denied(f"limit: {self._meter.hits[-1]}")
        if len(self._connections) > self.limits.connections:
            self._meter.note("connections")
            return denied("limit: connections")
        return await self._router.route(head.target)

    async def _carry(
        self, connection: Connection, link: Link, head: RequestHead, route: Route
    ) -> None:
        def moved_in(size: int) -> None:
            connection.touch()
            self._meter.count(bytes_in=size)

        def moved_out(size: int) -> None:
            connection.touch()
            self._meter.count(bytes_out=size)

        if head.path is None:
            connection.writer.write(ESTABLISHED)
            await tunnel(connection, link, moved_in, moved_out)
            return
        first = origin_head(head, route.upstream)
        moved_out(len(first))
        link.writer.write(first)
        await forward(connection, link, head.length, moved_in, moved_out)

    async def _refuse(self, connection: Connection, refusal: Refusal) -> None:
        """Send the reply and let the client read it: unread bytes would reset the connection."""
        connection.writer.write(refusal_reply(refusal))
        connection.writer.write_eof()
        try:
            async with asyncio.timeout(_LINGER_S):
                await connection.reader.readexactly(_LINGER_BYTES)
        except (TimeoutError, asyncio.IncompleteReadError):
            return

    def _decide(
        self, outcome: Link | Refusal, head: RequestHead | None, route: Route | None = None
    ) -> None:
        if len(self._decisions) > self.limits.requests:
            return
        where = head.target if head else None
        refusal = outcome if isinstance(outcome, Refusal) else None
        ip = outcome.ip if isinstance(outcome, Link) else None
        self._decisions.append(
            Decision(
                at=self._clock.now(),
                host=where.host if where else "",
                port=where.port if where else 0,
                verdict=refusal.verdict if refusal else Ruling.ALLOWED,
                reason=refusal.reason if refusal else route.reason if route else "",
                method=head.method if head else "",
                ip=ip,
                mapped=route.mapped if route else False,
                background=refusal.background if refusal else False,
                pinned=refusal is not None or ip is not None,
            )
        )

    def _sweep(self) -> None:
        """Drop connections that were idle or open for too long; comes back by itself."""
        now = self._loop.time()
        for connection in list(self._connections):
            if now - connection.opened_at > self.limits.connection_s:
                self._meter.note("connection_s")
                connection.abort()
            elif connection.link and now - connection.active_at > self.limits.idle_s:
                connection.abort()
        self._timers["sweep"] = self._loop.call_later(_SWEEP_S, self._sweep)

    def _drop_all(self) -> None:
        for connection in self._connections:
            connection.abort()


class Guard:
    """Opens passages, one for each capture, under one policy."""

    def __init__(self, policy: GuardPolicy, clock: Clock, resolver: Resolver = resolve) -> None:
        self.policy = policy
        self._clock = clock
        self._resolver = resolver
        self._passages: dict[int, Passage] = {}

    async def open(
        self,
        purpose: str,
        limits: Limits | None = None,
        *,
        browser_hosts: Collection[str] | None = None,
    ) -> Passage:
        """Open a passage with a listener of its own on loopback.

        ``purpose`` says what it is for, in logs. ``browser_hosts`` replaces the policy's: a
        client that is no browser has none.
        """
        policy = self.policy
        if browser_hosts is not None:
            policy = replace(policy, browser_hosts=frozenset(browser_hosts))
        used = limits or policy.limits
        router = Router(policy, used, self._resolver, own_addresses(), self._is_guard)
        passage = Passage(purpose, used, router, self._clock, self._forget)
        await passage.listen()
        self._passages[passage.port] = passage
        return passage

    async def close(self) -> None:
        """Close every passage."""
        for passage in list(self._passages.values()):
            await passage.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _is_guard(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint may lead to one of our own listeners."""
        ip, port = endpoint
        return port in self._passages and (ip.is_loopback or ip.is_unspecified)

    def _forget(self, passage: Passage) -> None:
        self._passages.pop(passage.port, None)
