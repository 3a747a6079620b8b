"""Notice that somebody set a clock, or that the machine slept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.model.worker import IncidentKind
from archiver.ports import Clock, Store

BACK = timedelta(seconds=2)
"""Less is what NTP takes back by itself."""
FORWARD = timedelta(hours=1)
SLEPT = timedelta(minutes=2)
"""A tick that comes so late did not come at all: the machine, or this process, stood still."""
AT_ONCE = timedelta(seconds=1)
"""A server that takes longer tells the time too roughly to go by."""
APART = timedelta(hours=1)
"""Clocks of two machines may differ by minutes; one that is so far off from a server's is wrong, or
the server's is."""


_SAID = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True)
class Jump:
    """What happened to the clock between two looks at it, and by how much.

    ``since`` is the first of the two, as the clock that was set would have told it.
    """

    kind: IncidentKind
    by: timedelta
    since: datetime
    is_of_server: bool = False
    """Whether it is the clock of the database's server, not this machine's."""


class ClockWatch:
    """Compares the time of day with the time that passed, which nobody can set."""

    def __init__(self, clock: Clock, usual: timedelta) -> None:
        self._clock = clock
        self._longest = max(SLEPT, 4 * usual)
        self._wall, self._steady = clock.now(), clock.steady()
        self.offset = timedelta(0)
        """By how much the time of day was set since the start."""

    def look(self) -> list[Jump]:
        """Return what happened since the last look."""
        wall, steady = self._clock.now(), self._clock.steady()
        passed = steady - self._steady
        drift = (wall - self._wall) - passed
        self._wall, self._steady = wall, steady
        self.offset += drift
        since, jumps = wall - passed, []
        if passed > self._longest:
            jumps.append(Jump(IncidentKind.SLEPT, passed, since))
        if drift < -BACK:
            jumps.append(Jump(IncidentKind.CLOCK_BACK, -drift, since))
        if drift > FORWARD:
            jumps.append(Jump(IncidentKind.CLOCK_FORWARD, drift, since))
        return jumps


@dataclass(frozen=True, slots=True)
class _Told:
    """What a server's clock told when our own time, which nobody can set, was ``asked_at``.

    It stood at ``earliest`` at the least, and at ``latest`` at the most, when that was nothing: on
    its way the answer took we do not know which part of the time.
    """

    asked_at: timedelta
    earliest: datetime
    latest: datetime

    @property
    def is_sure(self) -> bool:
        return self.latest - self.earliest <= AT_ONCE


async def apart(store: Store, clock: Clock) -> str | None:
    """Say how our clock and that of the database's server differ, when they do by too much.

    Raises:
        StoreError: the database refused.
    """
    if store.calendar.goes_by_our_clock:
        return None
    before = clock.now()
    at = await store.workers.now()
    return _apart(before, at, clock.now())


def _apart(before: datetime, at: datetime, after: datetime) -> str | None:
    """Compare what a server told with our time before it was asked, and after its answer."""
    if before - APART <= at <= after + APART:
        return None
    return (
        f"our clock says {after:{_SAID}}, the one of the database's server {at:{_SAID}};"
        " set the one right that is wrong"
    )


class ServerWatch:
    """Compares the clock of the database's server with ours, and with the time that passed here.

    That of a file is this machine's, and watched as such. ``forward`` is how much leases stand: by
    less it may be set forward. What a slow answer explains is no jump.
    """

    def __init__(self, store: Store, clock: Clock, forward: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._forward = forward
        self._told: _Told | None = None
        self._one_at_a_time = asyncio.Lock()
        self.apart: str | None = None
        """How the two clocks differed at the last look, when it was by too much."""

    async def look(self) -> Jump | None:
        """Return what happened to it since the last look.

        Raises:
            StoreError: the database refused.
        """
        if self._store.calendar.goes_by_our_clock:
            return None
        async with self._one_at_a_time:  # or an answer from before would be compared with a newer
            asked_at, ours = self._clock.steady(), self._clock.now()
            at = await self._store.workers.now()
            self.apart = _apart(ours, at, self._clock.now())
            told = _Told(asked_at, at - self._clock.steady(), at - asked_at)
            before = self._told
            jump = self._jump(before, told) if before is not None else None
            if before is None or jump is not None or told.is_sure or not before.is_sure:
                self._told = told
            return jump

    def _jump(self, before: _Told, told: _Told) -> Jump | None:
        since = told.earliest + before.asked_at
        back, forward = before.earliest - told.latest, told.earliest - before.latest
        if back > BACK:
            return Jump(IncidentKind.CLOCK_BACK, back, since, is_of_server=True)
        if forward > self._forward:
            return Jump(IncidentKind.CLOCK_FORWARD, forward, since, is_of_server=True)
        return None
