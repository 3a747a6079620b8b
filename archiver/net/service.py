"""Answering the requests of one passage: read, decide, carry out or refuse, log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from archiver.errors import InputError
from archiver.net.decisions import Decision, Refusal, Ruling
from archiver.net.dial import Link, dial
from archiver.net.heads import (
    ESTABLISHED,
    RequestHead,
    origin_head,
    parse_request_head,
    refusal_reply,
)
from archiver.net.meter import Meter
from archiver.net.policy import Limits
from archiver.net.relay import Connection, forward, tunnel
from archiver.net.routes import Route, Router, denied
from archiver.net.streams import abort
from archiver.ports import Clock

_LINGER_S = 1.0  # for a refused client to read its reply; closing at once may reset it away
_LINGER_BYTES = 1024 * 1024
_TLS_PORT = 443  # a tunnel elsewhere may carry ws://, with cookies, in the clear


class Service:
    """Serves the clients of one passage. ``now`` gives seconds that never go back.

    ``decisions`` is the log, oldest first; it holds one line a request and one more at most.
    ``needs_tls`` tells which hosts may be asked over TLS alone.
    """

    def __init__(
        self, limits: Limits, router: Router, clock: Clock, now: Callable[[], float]
    ) -> None:
        self.decisions: list[Decision] = []
        self.needs_tls: Callable[[str], bool] = _nobody
        self.meter = Meter(limits, now, self.drop_all)
        self._limits = limits
        self._router = router
        self._clock = clock
        self._now = now
        self._connections: set[Connection] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client to the end of its connection."""
        connection = Connection(reader, writer, self._now)
        self._connections.add(connection)
        try:
            await self._answer(connection)
            await connection.close()
        except (OSError, EOFError):  # the client left: nobody is there to be told
            return
        finally:
            connection.abort()
            self._connections.discard(connection)

    def drop_all(self) -> None:
        """Drop every connection at once."""
        for connection in self._connections:
            connection.abort()

    def drop_overdue(self) -> None:
        """Drop connections that were idle or open for too long."""
        now = self._now()
        for connection in self._connections:
            if now - connection.opened_at > self._limits.connection_s:
                self.meter.note("connection_s")
                connection.abort()
            elif connection.link and now - connection.active_at > self._limits.idle_s:
                connection.abort()

    async def _answer(self, connection: Connection) -> None:
        """Read one request, decide, and carry it out or refuse it."""
        head = await self._read_head(connection)
        self.meter.count_request()
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
            async with asyncio.timeout(self._limits.head_s):
                raw = await connection.reader.readuntil(b"\r\n\r\n")
            return parse_request_head(raw, self._limits.head_fields)
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
        dialled = await dial(route, head.target, self._limits, tunnel=head.path is None)
        outcome = self._unless_exhausted(dialled)
        self._decide(outcome, head, route)
        if isinstance(outcome, Refusal):
            return outcome
        self.meter.count(connections=1)
        return outcome, route

    def _unless_exhausted(self, dialled: Link | Refusal) -> Link | Refusal:
        """Drop a link that came too late: while it was dialled, the passage ended."""
        if isinstance(dialled, Link) and self.meter.exhausted:
            abort(dialled.writer)
            return denied(f"limit: {self.meter.hits[-1]}")
        return dialled

    async def _find_route(self, head: RequestHead) -> Route | Refusal:
        if self.meter.exhausted:
            return denied(f"limit: {self.meter.hits[-1]}")
        if len(self._connections) > self._limits.connections:
            self.meter.note("connections")
            return denied("limit: connections")
        if self.needs_tls(head.target.host) and not _is_tls(head):
            return denied("target: a log-in goes over TLS alone")
        return await self._router.route(head.target)

    async def _carry(
        self, connection: Connection, link: Link, head: RequestHead, route: Route
    ) -> None:
        def moved_in(size: int) -> None:
            connection.touch()
            self.meter.count(bytes_in=size)

        def moved_out(size: int) -> None:
            connection.touch()
            self.meter.count(bytes_out=size)

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
        if len(self.decisions) > self._limits.requests:
            return
        where = head.target if head else None
        refusal = outcome if isinstance(outcome, Refusal) else None
        ip = outcome.ip if isinstance(outcome, Link) else None
        self.decisions.append(
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


def _nobody(_host: str) -> bool:
    return False


def _is_tls(head: RequestHead) -> bool:
    """Tell whether a request can be nothing but TLS: a tunnel to its port."""
    return head.path is None and head.target.port == _TLS_PORT
