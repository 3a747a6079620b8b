"""Pages for whoever runs the service: ``/livez``, ``/readyz``, ``/metrics``, and the feeds.

They ask for no password, so they are served on loopback unless somebody wants it otherwise, and
only to who names the host as it is called: a page in a browser beside us that lets its own name
lead here (DNS rebinding) is refused. Nothing can be changed through them.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Self

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from archiver.daemon.metrics import CONTENT_TYPE, PrometheusMeter
from archiver.daemon.pulse import Pulse
from archiver.errors import SettingsError

CONNECTIONS = 32
"""Clients at the same time; more are told to come later."""
OPEN_S = 30.0
"""Longest that a connection stays: nobody holds a place by saying nothing."""
HEAD_BYTES = 16 * 1024
AGAIN_S = 30.0
"""Between two tries to get an address that cannot be had yet."""
RESOLVE_S = 5.0
"""How long a name may take: a start does not wait for a resolver that is silent."""
METHODS = frozenset({"GET", "HEAD"})

SetGauges = Callable[[], Awaitable[None]]
"""Sets gauges that are only worth setting when somebody reads them."""
Pause = Callable[[float], Awaitable[None]]
"""Comes back after so many seconds."""


class HealthServer:
    """Serves the pages inside the running event loop; signals, logs and the loop are not its own.

    Use it as ``async with``. An address that cannot be had yet, as one that another daemon has or
    that comes up after us, is told once and tried again while the service goes on without the
    pages. ``more`` are routes beside them.
    """

    def __init__(
        self,
        listen: str,
        pulse: Pulse,
        meter: PrometheusMeter,
        *,
        hosts: Collection[str] = (),
        gauges: SetGauges | None = None,
        more: Sequence[Route] = (),
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._listen = listen
        self._pause = pause
        self._pulse = pulse
        self._meter = meter
        self._gauges = gauges
        self._log = structlog.get_logger("archiver.daemon")
        routes = [
            Route("/livez", self._live),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
            *more,
        ]
        allowed = frozenset(host.lower() for host in (*hosts, "localhost", _split(listen)[0]))
        self._app = _Doorkeeper(Starlette(routes=routes), allowed)
        self._server: _Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._serving: asyncio.Task[None] | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        listener = await self._first() if self._listen else None
        self._tasks = [asyncio.create_task(self._pulse.beat())]
        if listener is not None:
            self._begin(listener)
        elif self._listen:
            self._tasks.append(asyncio.create_task(self._begin_later()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            self._server.drop_all()
            await asyncio.gather(self._serving, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pulse.end()

    def _begin(self, listener: socket.socket) -> None:
        """Serve the pages on a listening socket."""
        self.port = listener.getsockname()[1]
        self._log.info("health pages are served", action="listen", port=self.port)
        self._server = _Server(_config(self._app))
        self._serving = asyncio.create_task(self._server.serve([listener]))
        self._tasks.append(asyncio.create_task(self._server.drop_old()))

    async def _first(self) -> socket.socket | None:
        """Return a listening socket; None, and a warning, when there is none to be had yet.

        Raises:
            SettingsError: the address can never be had.
        """
        try:
            return await self._bind()
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or str(error) or "no answer in time"
            if isinstance(error, UnicodeError) or error.errno in _NEVER:
                message = f"setting daemon.listen: {self._listen}: {why}"
                raise SettingsError(message) from error
        self._log.warning(
            "the health pages are not served: their address cannot be had, and is tried again;"
            " where another daemon has it, give this one another with daemon.listen",
            action="listen",
            listen=self._listen,
            error=why,
        )
        return None

    async def _begin_later(self) -> None:
        """Try to get the address until it can be had, and serve the pages there."""
        while self._server is None:
            await self._pause(AGAIN_S)
            with contextlib.suppress(OSError):
                self._begin(await self._bind())

    async def _bind(self) -> socket.socket:
        """Return a listening socket.

        Raises:
            SettingsError: the setting is no address.
            OSError: the address cannot be had.
        """
        host, port = _split(self._listen)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(RESOLVE_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, *_, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=CONNECTIONS)

    async def _live(self, _: Request) -> Response:
        lag = self._pulse.lag_s
        return JSONResponse(
            {
                "alive": self._pulse.is_alive,
                "loop_lag_s": round(lag, 3),
                "found": self._pulse.found,
            },
            status_code=200 if self._pulse.is_alive else 503,
            headers=_UNKEPT,
        )

    async def _ready(self, _: Request) -> Response:
        checks, conditions = await self._pulse.checks(), self._pulse.conditions()
        is_ready = not conditions and all(one.is_well for one in checks)
        document = {
            "ready": is_ready,
            "checks": [
                {"check": one.name, "well": one.is_well, "found": one.found} for one in checks
            ],
            "conditions": conditions,
        }
        return JSONResponse(document, status_code=200 if is_ready else 503, headers=_UNKEPT)

    async def _metrics(self, _: Request) -> Response:
        self._meter.stands("loop_lag_seconds", self._pulse.lag_s)
        if self._gauges is not None:
            await self._gauges()
        return Response(self._meter.page(), headers={**_UNKEPT, "Content-Type": CONTENT_TYPE})


_NEVER = {errno.EACCES, errno.EPERM}
"""A port below 1024 without the right to it: no waiting mends that."""
_UNKEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class _Doorkeeper:
    """Lets in who only reads, and names the host as it is called."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._refusal(Request(scope))
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        if request.method not in METHODS:
            allow = ", ".join(sorted(METHODS))
            return PlainTextResponse("read only\n", 405, headers={"Allow": allow})
        named = request.headers.getlist("host")
        if len(named) != 1 or not self._may_be_called(named[0]):
            return PlainTextResponse("this host goes by another name; see daemon.hosts\n", 403)
        return None

    def _may_be_called(self, authority: str) -> bool:
        """Tell whether a Host header is one of ours; an address in digits cannot be rebound."""
        try:
            host = _split(authority)[0] if _has_port(authority) else authority.strip("[]")
        except SettingsError:
            return False
        return host.lower() in self._allowed or _is_address(host)


def _has_port(authority: str) -> bool:
    return (
        authority.rpartition(":")[2].isdigit()
        and not authority.endswith("]")
        and (authority.count(":") == 1 or authority.startswith("["))
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _split(address: str) -> tuple[str, int]:
    """Split host:port.

    Raises:
        SettingsError: the port is none.
    """
    host, _, port = address.rpartition(":")
    number = int(port) if port.isdigit() else 0
    if number > 65535:
        message = f"setting daemon.listen: {address}: a port is at most 65535"
        raise SettingsError(message)
    return host.strip("[]"), number


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )


class _Server(uvicorn.Server):
    """uvicorn as a guest: signals stay with their owner, and silent clients go."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def drop_old(self) -> None:
        """Drop connections that were open at the last two looks, until cancelled."""
        old: set[object] = set()
        while True:
            await asyncio.sleep(OPEN_S)
            now = set(self.server_state.connections)
            for connection in now:
                if connection in old:
                    connection.transport.abort()
            old = set(now)

    def drop_all(self) -> None:
        """Drop every connection: who stops does not wait for who reads."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
