"""The one door out: a proxy on loopback that decides where connections may go.

It never decrypts: it decides *where*, not *what*. A name is resolved once in a passage, every
address is judged, and the judged address is the one that is dialled, so what a page, a redirect or
a name server says later cannot lead anywhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from archiver.net.addresses import IPAddress, own_addresses
from archiver.net.decisions import Decision, Ruling, Usage
from archiver.net.listener import Listener
from archiver.net.policy import GuardPolicy, Limits
from archiver.net.resolve import Resolver, resolve
from archiver.net.routes import Endpoint, Router
from archiver.net.service import Service
from archiver.ports import Clock, Meter, Silent

_OWN_FOR = timedelta(seconds=1)
_SWEEP_S = 0.5  # how late an idle connection may be noticed


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
        self._router = router
        self._on_close = on_close
        self._loop = asyncio.get_running_loop()
        self._service = Service(limits, router, clock, self._loop.time)
        self._meter = self._service.meter
        self._listener = Listener(self._service.serve, limits.head_bytes)
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sweep()

    @property
    def port(self) -> int:
        """The port it listens on, at 127.0.0.1."""
        return self._listener.port

    @property
    def address(self) -> str:
        """The proxy's address: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> tuple[Decision, ...]:
        """Every decision so far, oldest first."""
        return tuple(self._service.decisions)

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
        dialled = {
            d.ip for d in self._service.decisions if (d.host, d.port) == (name, port) and d.ip
        }
        return dialled.pop() if len(dialled) == 1 else None

    def start(self) -> None:
        """Begin the capture: counts begin at nothing and time runs."""
        self._meter.start()
        if "seconds" in self._timers:
            self._timers["seconds"].cancel()
        self._timers["seconds"] = self._loop.call_later(
            self.limits.seconds, self._meter.exhaust, "seconds"
        )

    def need_tls(self, hosts: Callable[[str], bool]) -> None:
        """Let requests to such hosts out over TLS alone, from now on."""
        self._service.needs_tls = hosts

    async def close(self) -> None:
        """Close the listener and every connection; nothing of the passage is left afterwards."""
        self._on_close(self)
        self._meter.stop()
        for timer in self._timers.values():
            timer.cancel()
        self._service.drop_all()
        await self._listener.close()
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

    def _sweep(self) -> None:
        """Drop what is overdue; comes back by itself."""
        self._service.drop_overdue()
        self._timers["sweep"] = self._loop.call_later(_SWEEP_S, self._sweep)


class Guard:
    """Opens passages, one for each capture, under one policy; ``tally`` counts what they do."""

    def __init__(
        self,
        policy: GuardPolicy,
        clock: Clock,
        resolver: Resolver = resolve,
        tally: Meter | None = None,
    ) -> None:
        self.policy = policy
        self._clock = clock
        self._resolver = resolver
        self._tally = tally or Silent()
        self._passages: dict[int, Passage] = {}
        self._own_addresses: frozenset[IPAddress] = frozenset()
        self._own_at: timedelta | None = None

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
        router = Router(policy, used, self._resolver, self._own(), self._is_guard)
        passage = Passage(purpose, used, router, self._clock, self._forget)
        self._passages[passage.port] = passage
        return passage

    async def probe(self) -> None:
        """Ask for what must be refused, and be refused.

        Raises:
            OSError: the door does not answer, or lets it through.
        """
        async with await self.open("probe") as passage:
            del self._passages[passage.port]  # nothing of a probe is counted
            reader, writer = await asyncio.open_connection("127.0.0.1", passage.port)
            try:
                writer.write(b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n")
                status = await reader.readline()
            finally:
                writer.transport.abort()
        if b" 403 " not in status:
            message = f"the guard answered {status[:80]!r} where it must refuse"
            raise OSError(message)

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

    def _own(self) -> frozenset[IPAddress]:
        """Return this host's addresses; they are asked of the kernel once a second at most."""
        now = self._clock.steady()
        if self._own_at is None or now - self._own_at >= _OWN_FOR:
            self._own_addresses, self._own_at = own_addresses(), now
        return self._own_addresses

    def _is_guard(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint may lead to one of our own listeners."""
        ip, port = endpoint
        return port in self._passages and (ip.is_loopback or ip.is_unspecified)

    def _forget(self, passage: Passage) -> None:
        """Let go of a passage that closes, and count what went through it, once."""
        if self._passages.pop(passage.port, None) is None:
            return
        for decision in passage.log:
            self._tally.count(
                "guard_decisions_total", verdict=decision.verdict.value, reason=_word(decision)
            )
        self._tally.count("guard_bytes_total", passage.usage.bytes_in, direction="in")
        self._tally.count("guard_bytes_total", passage.usage.bytes_out, direction="out")


def _word(decision: Decision) -> str:
    """Return the word of a closed list that a reason starts with."""
    if decision.verdict is Ruling.ALLOWED:
        return Ruling.ALLOWED.value
    return decision.reason.partition(":")[0]
