"""Courtesy: how many requests of ours one site gets at a time, and how far apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from publicsuffixlist import PublicSuffixList

from archiver.judge.retry_after import wish_of
from archiver.model.inquiry import Headers
from archiver.net.presence import Neighbours, Presence
from archiver.ports import Clock

_REMEMBERED = 1024  # domains; those that nobody uses are forgotten beyond it
_NOTHING = timedelta(0)
_TOO_MUCH = {429, 503}  # with a Retry-After. Source: RFC 6585, 4; RFC 9110, 15.6.4


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site is asked: so many at once, and how long it is left alone after an answer.

    The pause is ``factor`` times what the answer took: a site that is slow is asked seldomer. It is
    never shorter than ``spacing``, and the factor makes it no longer than ``cap``. After a
    browser's visit, which waits for much beside the site, the site's newest answer counts.
    """

    per_domain: int = 1
    spacing: timedelta = timedelta(seconds=0.5)
    factor: float = 1.0
    cap: timedelta = timedelta(seconds=30)
    longest_wish: timedelta = timedelta(days=7)
    """Most of a ``Retry-After`` that is obeyed: nobody can send us away for good."""

    def pause_after(self, took: timedelta) -> timedelta:
        """Return how long a site is left alone after an answer that took so long."""
        return max(self.spacing, min(took * self.factor, self.cap))


MANNERS = Manners()


class Courtesy:
    """Takes turns at each registrable domain (the eTLD+1 of the Public Suffix List).

    ``is_ours`` tells the operator's own hosts, which need no courtesy. ``neighbours`` are the other
    processes on the same database: with them a domain is asked by one process at a time.

    Within this process a request and a browser's visit wait for one another. What a visit itself
    asks for, by plain requests of its task or of tasks begun there, is part of it, as what its page
    loads is: it waits for other plain requests, and for no visit. So no visit waits for another
    while it holds a domain, and none can wait for itself.
    """

    def __init__(
        self,
        clock: Clock,
        manners: Manners,
        is_ours: Callable[[str, int], bool],
        neighbours: Neighbours | None = None,
    ) -> None:
        self._clock = clock
        self._manners = manners
        self._is_ours = is_ours
        self._presence = Presence(neighbours, clock) if neighbours is not None else None
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, host: str, port: int) -> AsyncIterator[None]:
        """Wait for a turn at the host's domain, hold it, and leave the site alone after it.

        Raises:
            TurnError: another process asks that domain, or it wants to be left alone.
        """
        if self._is_ours(host, port):
            yield
            return
        async with self._at(host) as queue, queue.requests, self._asking(queue):
            began = self._clock.steady()
            try:
                yield
            finally:
                queue.took = self._clock.steady() - began

    @asynccontextmanager
    async def visit(self, host: str, port: int) -> AsyncIterator[None]:
        """Wait for a turn at the host's domain, hold it while a browser is there, leave it alone.

        The page asks for what it likes, and its visit for what it needs; nothing else does.

        Raises:
            TurnError: another process asks that domain, or it wants to be left alone.
        """
        if self._is_ours(host, port):
            yield
            return
        async with self._at(host) as queue, self._asking(queue):
            with self._stay():
                yield

    async def heed(self, host: str, port: int, status: int, headers: Headers) -> None:
        """Obey what a host answered with, if that is a wish to be left alone."""
        wish = wish_of(headers, self._clock.now()) if status in _TOO_MUCH else None
        if wish is not None and wish > _NOTHING:
            await self.obey(host, port, wish)

    async def obey(self, host: str, port: int, wish: timedelta) -> None:
        """Leave a host's domain alone for so long, in all processes: it asked for it.

        The task that met the wish may go on for a moment, so that its look is told whole, and with
        it all that its visit asks for.
        """
        if not self._is_ours(host, port) and self._presence is not None:
            wish = min(wish, self._manners.longest_wish)
            await self._presence.hold(registrable_domain(host), wish, self._asker())

    async def close(self) -> None:
        """Give every domain back."""
        if self._presence is not None:
            await self._presence.close()

    @asynccontextmanager
    async def _at(self, host: str) -> AsyncIterator[_Queue]:
        """Go through the gate of the host's domain, unless a visit that is under way asks."""
        queue = self._queue(registrable_domain(host))
        queue.users += 1
        try:
            if self._visited() is not None:
                yield queue
            else:
                async with queue.gate:
                    yield queue
        finally:
            queue.users -= 1

    @asynccontextmanager
    async def _asking(self, queue: _Queue) -> AsyncIterator[None]:
        """Keep other processes from a domain, come near in time, and leave it alone afterwards."""
        async with self._there(queue.domain, queue):
            await self._come_near(queue.domain, queue)
            try:
                yield
            finally:
                queue.put_off(self._clock.steady() + self._manners.pause_after(queue.took))

    @contextmanager
    def _stay(self) -> Iterator[None]:
        """Let what this task, and what it begins, asks for meanwhile be part of its visit."""
        before, stay = _STAY.get(), _Stay(self, self._asker())
        _STAY.set(stay)
        try:
            yield
        finally:
            stay.is_over = True  # for tasks that go on; they see it in their copy of the context
            _STAY.set(before)

    def _visited(self) -> _Stay | None:
        """Return the visit that this task, or the one that began it, is at."""
        stay = _STAY.get()
        return stay if stay is not None and stay.courtesy is self and not stay.is_over else None

    def _asker(self) -> object:
        """Return who asks: this task, or the one whose visit it asks for."""
        stay = self._visited()
        return asyncio.current_task() if stay is None else stay.asker

    @asynccontextmanager
    async def _there(self, domain: str, queue: _Queue) -> AsyncIterator[None]:
        if self._presence is None:
            yield
            return
        wait = await self._presence.enter(domain, lambda: self._still_to_wait(queue), self._asker())
        queue.put_off(self._clock.steady() + wait)
        try:
            yield
        finally:
            self._presence.leave(domain)

    async def _come_near(self, domain: str, queue: _Queue) -> None:
        """Keep the distance; a turn whose lease ran out meanwhile is taken anew before we ask."""
        await self._keep_distance(queue)
        asker = self._asker()
        while self._presence is not None and (wait := await self._presence.renew(domain, asker)):
            queue.put_off(self._clock.steady() + wait)
            await self._keep_distance(queue)

    def _still_to_wait(self, queue: _Queue) -> timedelta:
        next_at = queue.next_at
        return _NOTHING if next_at is None else max(next_at - self._clock.steady(), _NOTHING)

    async def _keep_distance(self, queue: _Queue) -> None:
        now = self._clock.steady()
        start = max(now, queue.next_at or now)
        queue.next_at = start + self._manners.spacing
        if start > now:
            await self._clock.sleep(start - now)

    def _queue(self, domain: str) -> _Queue:
        if len(self._queues) >= _REMEMBERED and domain not in self._queues:
            self._forget_idle()
        return self._queues.setdefault(domain, _Queue(domain, self._manners.per_domain))

    def _forget_idle(self) -> None:
        now = self._clock.steady()
        self._queues = {
            domain: queue
            for domain, queue in self._queues.items()
            if queue.users or (queue.next_at is not None and queue.next_at > now)
        }


class _Queue:
    """Those who wait at one domain, and when the next of them may start, by the steady clock.

    ``gate`` is for visits and for requests that are no visit's, ``requests`` for all requests.
    Whoever holds ``requests`` waits for no gate. ``took`` is how long the newest answer took.
    """

    def __init__(self, domain: str, at_once: int) -> None:
        self.domain = domain
        self.gate = asyncio.Semaphore(at_once)
        self.requests = asyncio.Semaphore(at_once)
        self.next_at: timedelta | None = None
        self.took = _NOTHING
        self.users = 0

    def put_off(self, until: timedelta) -> None:
        """Let nobody start before that moment."""
        self.next_at = until if self.next_at is None else max(self.next_at, until)


@dataclass(eq=False, slots=True)
class _Stay:
    """A browser's visit at a site, while it lasts."""

    courtesy: Courtesy
    asker: object
    is_over: bool = False


_STAY: ContextVar[_Stay | None] = ContextVar("stay", default=None)


def registrable_domain(host: str) -> str:
    """Return the domain somebody registered, or the host itself (an address, a suffix)."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    found: str | None = _suffixes().privatesuffix(host)
    return found or host


def registered_domain(host: str) -> str | None:
    """Return the domain that a registry of a known public suffix keeps, or None.

    What hosting services let others have names under is no registry.
    """
    found: str | None = _registries().privatesuffix(host)
    return found


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)
