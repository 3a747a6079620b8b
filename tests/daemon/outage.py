"""A database that goes away and comes back, between the service and the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from typing_extensions import override

from archiver.errors import StoreError
from archiver.flow.outside import Outside
from archiver.ports import Store


class Outage:
    """While ``is_on``, every question to the database is refused; ``refused`` counts them."""

    def __init__(self) -> None:
        self.is_on = False
        self.refused = 0

    def over(self, outside: Outside) -> Outside:
        """Return the outside with its store behind this."""
        return replace(outside, store=cast(Store, _Behind(outside.store, self)))

    async def carry(self, name: str, answer: Any) -> Any:
        """Bring an answer home; ``name`` is what was called."""
        return answer


class LostTake(Outage):
    """A database whose answer to the first take that took something is lost.

    ``kind`` is what is called to take.
    """

    def __init__(self, kind: str = "take") -> None:
        super().__init__()
        self._kind = kind
        self.lost = 0

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        if name == self._kind and answer and not self.lost:
            self.lost += 1
            raise StoreError("the connection to the database was lost during a commit")
        return answer


class SlowTake(Outage):
    """A database whose answer to a take is on its way until it is let come, but for the first ones.

    ``kind`` is what is called to take, ``first`` how many answers come at once.
    """

    def __init__(self, kind: str = "take", first: int = 1) -> None:
        super().__init__()
        self._kind = kind
        self._first = first
        self._takes = 0
        self.has_taken = asyncio.Event()
        self.let_come = asyncio.Event()

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        is_take = bool(name == self._kind and answer)
        self._takes += is_take
        if is_take and self._takes > self._first:
            self.has_taken.set()
            await self.let_come.wait()
        return answer


class _Behind:
    """The real store, noun by noun, or a refusal."""

    def __init__(self, real: Any, outage: Outage) -> None:
        self._real = real
        self._outage = outage

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if isinstance(found, bool):
            return found
        if not callable(found):
            return _Behind(found, self._outage)
        return self._asked(name, found)

    def _asked(
        self, name: str, ask: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        async def asked(*given: Any, **named: Any) -> Any:
            if self._outage.is_on:
                self._outage.refused += 1
                raise StoreError("the database refused: the server closed the connection")
            return await self._outage.carry(name, await ask(*given, **named))

        return asked
