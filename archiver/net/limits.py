"""Courtesy: how many requests of ours one site gets at a time, and how far apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache

from publicsuffixlist import PublicSuffixList

from archiver.ports import Clock

_REMEMBERED = 1024  # domains; those that nobody uses are forgotten beyond it


class Courtesy:
    """Takes turns at each registrable domain (the eTLD+1 of the Public Suffix List).

    ``is_ours`` tells the operator's own hosts, which need no courtesy.
    """

    def __init__(
        self,
        clock: Clock,
        per_domain: int,
        spacing: timedelta,
        is_ours: Callable[[str, int], bool],
    ) -> None:
        self._clock = clock
        self._is_ours = is_ours
        self._per_domain = per_domain
        self._spacing = spacing
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, host: str, port: int) -> AsyncIterator[None]:
        """Wait for a turn at the host's domain, and hold it."""
        if self._is_ours(host, port):
            yield
            return
        queue = self._queue(registrable_domain(host))
        queue.users += 1
        try:
            async with queue.gate:
                await self._keep_distance(queue)
                yield
        finally:
            queue.users -= 1

    async def _keep_distance(self, queue: _Queue) -> None:
        now = self._clock.now()
        start = max(now, queue.next_at or now)
        queue.next_at = start + self._spacing
        if start > now:
            await self._clock.sleep(start - now)

    def _queue(self, domain: str) -> _Queue:
        if len(self._queues) >= _REMEMBERED and domain not in self._queues:
            self._forget_idle()
        return self._queues.setdefault(domain, _Queue(self._per_domain))

    def _forget_idle(self) -> None:
        now = self._clock.now()
        self._queues = {
            domain: queue
            for domain, queue in self._queues.items()
            if queue.users or (queue.next_at is not None and queue.next_at > now)
        }


class _Queue:
    """Those who wait at one domain, and when the next of them may start."""

    def __init__(self, at_once: int) -> None:
        self.gate = asyncio.Semaphore(at_once)
        self.next_at: datetime | None = None
        self.users = 0


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
