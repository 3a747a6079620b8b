"""Pages for whoever runs the service: ``/livez``, ``/readyz``, ``/metrics``, and the feeds.

They ask for no password, so they are served on loopback unless somebody wants it otherwise, and
only to who names the host as it is called: a page in a browser beside us that lets its own name
lead here (DNS rebinding) is refused. Nothing can be changed through them.
"""

from __future__ import annotations

import asyncio
import contextlib
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
METHODS = frozenset({"GET", "HEAD"})

SetGauges = Callable[[], Awaitable[None]]
"""Sets gauges that are only worth setting when somebody reads them."""


class HealthServer:
    """Serves the pages inside the running event loop; signals, logs and the loop are not its own.

    Use it as ``async with``. An address that is taken, as by another daemon on this machine, is
    told once, and the service goes on without the pages. ``more`` are routes beside them.
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
    ) -> None:
        self._listen = listen
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
        self.port = 0

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._pulse.beat())]
        listener = self._bind() if self._listen else None
        if listener is not None:
            self.port = listener.getsockname()[1]
            self._log.info("health pages are served", action="listen", port=self.port)
            self._server = _Server(_config(self._app))
            self._tasks += [
                asyncio.create_task(self._server.serve([listener])),
                asyncio.create_task(self._server.drop_old()),
            ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._server.drop_all()
            await asyncio.gather(self._tasks[1], return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pulse.end()

    def _bind(self) -> socket.socket | None:
        """Return a listening socket; None, and a warning, when the address is taken.

        Raises:
            SettingsError: there is no such address on this machine.
        """
        host, port = _split(self._listen)
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            return socket.create_server(address[:2], family=family, backlog=CONNECTIONS)
        except OSError as error:
            if error.errno != _TAKEN:
                message = f"setting daemon.listen: {self._listen}: {error.strerror or error}"
                raise SettingsError(message) from error
        self._log.warning(
            "the address of the health pages is taken, so they are not served; "
            "give this daemon another one with daemon.listen",
            action="listen",
            listen=self._listen,
        )
        return None

    async def _live(self, _: Request) -> Response:
        lag = self._pulse.lag_s
        return JSONResponse(
            {"alive": self._pulse.is_alive, "loop_lag_s": round(lag, 3)},
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


_TAKEN = 98  # EADDRINUSE
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
