"""Which domains this process asks, told to all processes on one database.

A process takes a domain for a lease, asks it as often as it needs, and gives it back when it was
idle for a moment or had it for long: one or two rows written for a visit, not one for each request.
Leases are the database's. What is measured here is measured on the loop's steady clock, but for the
age of a lease: that goes on while the machine sleeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from weakref import WeakKeyDictionary

from archiver.errors import StoreError, TurnError, UnwelcomeError
from archiver.ports import Clock, Turns

LEASE = timedelta(seconds=15)
PROLONG_S = 5.0
IDLE_S = 2.0
"""How long a domain is kept after the last request: the next question of a look comes at once."""
LONGEST_S = 20.0
"""How long a domain is kept without a break, so that other processes come to it, too."""
UNDER_WAY_S = 15.0
"""How long after a site's wish to be left alone a look that met it may go on asking."""
Pause = Callable[[], timedelta]
POLL_S = 0.5  # between two tries for a domain that another process has


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The other processes: their table of turns, our name in it, and how long we wait for one."""

    turns: Turns
    worker: str
    patience: timedelta


class Presence:
    """The domains this process has the turn of."""

    def __init__(self, neighbours: Neighbours, clock: Clock) -> None:
        self._clock = clock
        self._turns = neighbours.turns
        self._worker = neighbours.worker
        self._patience = neighbours.patience
        self._held: dict[str, _Held] = {}
        self._prolonging: asyncio.Task[None] | None = None
        self._signs: dict[_Held, asyncio.Task[None]] = {}
        self._giving: set[asyncio.Task[None]] = set()

    async def enter(self, domain: str, pause: Pause, asker: object) -> timedelta:
        """Have the domain's turn until :meth:`leave`; return how long it still is to be left alone.

        ``pause`` tells, when the turn is given back, for how long nobody is to ask; whoever entered
        last knows. ``asker`` is who asks, as for :meth:`hold`.

        Raises:
            TurnError: another process has it for longer than we wait, or the domain wants to be
                left alone for longer.
            StoreError: the database cannot say whose turn it is.
        """
        held = self._held.setdefault(domain, _Held(pause))
        held.pause = pause  # who entered before may be forgotten by whoever asks the site now
        held.users += 1
        held.stop_idling()
        try:
            async with held.taking:
                wait = await self._have(domain, held, asker)
        except BaseException:
            self._go(domain, held)
            raise
        self._keep_prolonging()
        return wait

    async def renew(self, domain: str, asker: object) -> timedelta:
        """Take the turn of one who entered anew if its lease ran out; return as :meth:`enter` does.

        Raises:
            TurnError: as for :meth:`enter`.
            StoreError: the database cannot say whose turn it is.
        """
        held = self._held[domain]
        async with held.taking:
            return await self._get(domain, held, asker)

    def leave(self, domain: str) -> None:
        """Say that one who entered is done."""
        self._go(domain, self._held[domain])

    def _go(self, domain: str, held: _Held) -> None:
        """Let one go, and give the domain back when nobody else comes soon."""
        held.users -= 1
        if held.users == 0 and held.since is not None:
            held.idle(IDLE_S, lambda: self._give_soon(domain, held))
        self._forget(domain, held)

    async def hold(self, domain: str, wish: timedelta, asker: object) -> None:
        """Let nobody ask a domain for a time, but for a moment the asker who met the wish."""
        held = self._held.get(domain)
        if held is not None:
            held.wish(_now(), wish.total_seconds(), asker)
        await self._turns.hold(domain, wish)

    async def close(self) -> None:
        """Give back every domain that is still ours."""
        if self._prolonging is not None:
            self._prolonging.cancel()
        for sign in self._signs.values():
            sign.cancel()
        for domain, held in list(self._held.items()):
            held.users = 0
            held.stop_idling()
            self._give_soon(domain, held)
        await asyncio.gather(*self._giving, return_exceptions=True)

    async def _have(self, domain: str, held: _Held, asker: object) -> timedelta:
        self._doubt(held)
        if held.since is not None and held.users == 1 and _now() - held.since > LONGEST_S:
            await self._release(domain, held)
            await asyncio.sleep(2 * POLL_S)  # whoever waits for it tries oftener than that
        return await self._get(domain, held, asker)

    def _doubt(self, held: _Held) -> None:
        """Take a domain for another's when its lease may have run out."""
        if self._clock.steady() - held.leased_at >= LEASE:
            held.since = None

    async def _get(self, domain: str, held: _Held, asker: object) -> timedelta:
        """Take the domain unless it is ours; return how long it still is to be left alone."""
        self._doubt(held)
        if held.since is not None:
            return self._still_alone(domain, held, asker)
        wait = await self._take(domain, held)
        if wait > self._patience:
            await self._turns.release(domain, self._worker, timedelta(0))
            raise _unwanted(domain, wait.total_seconds())
        held.since = _now()
        return wait

    def _still_alone(self, domain: str, held: _Held, asker: object) -> timedelta:
        """Return how long a domain of ours is to be left alone by one who asks."""
        left = timedelta(seconds=held.unwanted_s(_now()))
        if not left or held.is_under_way(_now(), asker):
            return timedelta(0)
        if left > self._patience:
            raise _unwanted(domain, left.total_seconds())
        return left

    async def _take(self, domain: str, held: _Held) -> timedelta:
        """Take the domain as soon as nobody has it."""
        last_at = _now() + self._patience.total_seconds()
        while (wait := await self._lease(domain, held)) is None:
            if _now() >= last_at:
                message = f"another worker is asking {domain}; try again in a moment"
                raise TurnError(message, LEASE.total_seconds())
            await asyncio.sleep(POLL_S * random.uniform(0.5, 1.5))  # noqa: S311 - only spreads
        return wait

    async def _lease(self, domain: str, held: _Held) -> timedelta | None:
        """Take or prolong the domain, and note since when at the latest its lease runs."""
        asked_at = self._clock.steady()
        wait = await self._turns.take(domain, self._worker, LEASE)
        if wait is not None:
            held.leased_at = asked_at
        return wait

    def _forget(self, domain: str, held: _Held) -> None:
        if held.users == 0 and held.since is None and self._held.get(domain) is held:
            del self._held[domain]

    def _give_soon(self, domain: str, held: _Held) -> None:
        task = asyncio.get_running_loop().create_task(self._give(domain, held))
        self._giving.add(task)
        task.add_done_callback(self._giving.discard)

    async def _give(self, domain: str, held: _Held) -> None:
        async with held.taking:
            if held.users == 0 and held.since is not None:
                with contextlib.suppress(StoreError):  # then its lease ends by itself
                    await self._release(domain, held)
        self._forget(domain, held)

    async def _release(self, domain: str, held: _Held) -> None:
        held.since = None
        pause = max(held.pause(), timedelta(seconds=held.unwanted_s(_now())))
        await self._turns.release(domain, self._worker, pause)

    def _keep_prolonging(self) -> None:
        if self._prolonging is None or self._prolonging.done():
            self._prolonging = asyncio.get_running_loop().create_task(self._prolong())

    async def _prolong(self) -> None:
        """Prolong what is ours while anything is; the database groups what is asked together.

        None is waited for: whoever is about to have one of them anew may wait for it for long.
        """
        while self._held:
            await asyncio.sleep(PROLONG_S)
            for domain, held in self._held.items():
                if held.since is not None and held not in self._signs:
                    self._prolong_soon(domain, held)

    def _prolong_soon(self, domain: str, held: _Held) -> None:
        sign = asyncio.get_running_loop().create_task(self._prolong_one(domain, held))
        self._signs[held] = sign
        sign.add_done_callback(lambda _: self._signs.pop(held))

    async def _prolong_one(self, domain: str, held: _Held) -> None:
        async with held.taking:
            if held.since is None:
                return
            with contextlib.suppress(StoreError):  # the next try may come before the lease ends
                if await self._lease(domain, held) is None:
                    held.since = None  # the lease had run out, and another process took it


@dataclass(eq=False, slots=True)
class _Held:
    """One domain: who is at it in this process, since when it is ours, and what it wished."""

    pause: Pause
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    since: float | None = None
    leased_at: timedelta = timedelta(0)
    _met: WeakKeyDictionary[object, float] = field(default_factory=WeakKeyDictionary)
    _wish_ends: float = 0.0
    _idling: asyncio.TimerHandle | None = None

    def wish(self, now: float, seconds: float, asker: object) -> None:
        """Note that the site asked to be left alone, and who met the wish when."""
        if self.unwanted_s(now) <= 0:
            self._met.clear()
        self._met.setdefault(asker, now)
        self._wish_ends = max(self._wish_ends, now + seconds)

    def unwanted_s(self, now: float) -> float:
        """Return how long the site still wants to be left alone."""
        return max(self._wish_ends - now, 0.0)

    def is_under_way(self, now: float, asker: object) -> bool:
        """Tell whether one met the wish, and so short a time ago that it may go on asking."""
        met_at = self._met.get(asker)
        return met_at is not None and now - met_at <= UNDER_WAY_S

    def idle(self, seconds: float, then: Callable[[], None]) -> None:
        """Do something when nobody comes for so long."""
        self.stop_idling()
        self._idling = asyncio.get_running_loop().call_later(seconds, then)

    def stop_idling(self) -> None:
        """Go on as if nobody had left."""
        if self._idling is not None:
            self._idling.cancel()
            self._idling = None


def _now() -> float:
    """Return the loop's steady time, in seconds."""
    return asyncio.get_running_loop().time()


def _unwanted(domain: str, wait_s: float) -> UnwelcomeError:
    message = f"{domain} asked to be left alone; try again in {wait_s:.0f} s"
    return UnwelcomeError(message, wait_s)
