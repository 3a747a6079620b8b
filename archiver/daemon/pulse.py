"""How the service stands: tried out when somebody asks, but never oftener than every few seconds.

Whoever asks cannot load what is asked about: a probe that runs is waited for by everybody, what it
found stands for a while, and one that hangs is told of and not started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from archiver.daemon.ticks import Ticks
from archiver.errors import ArchiverError
from archiver.model.worker import Condition

Probe = Callable[[], Awaitable[str]]

KEPT_S = 5.0
"""For how long what a probe found stands."""
WITHIN_S = 5.0
"""How long a probe may take; a disk or database that takes longer is not well."""
BEAT_S = 1.0
LAG_S = 5.0
"""How late the event loop may be: later, and leases and watchdogs run out."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one probe found."""

    name: str
    is_well: bool
    found: str


class Probed:
    """One probe with what it found last. ``now`` gives seconds that never go back."""

    def __init__(self, name: str, probe: Probe, now: Callable[[], float], within_s: float) -> None:
        self._name = name
        self._probe = probe
        self._now = now
        self._within_s = within_s
        self._running: asyncio.Task[Check] | None = None
        self._found: Check | None = None
        self._found_at = 0.0

    async def check(self) -> Check:
        """Return what was found lately, or try it out."""
        if self._found is not None and self._now() - self._found_at < KEPT_S:
            return self._found
        if self._running is None:
            self._running = asyncio.create_task(self._try())
        done, _ = await asyncio.wait([self._running], timeout=self._within_s)
        if not done:
            return Check(self._name, is_well=False, found=f"no answer in {self._within_s:g} s")
        return self._found or Check(self._name, is_well=False, found="stopped")

    async def _try(self) -> Check:
        try:
            found = Check(self._name, is_well=True, found=await self._probe())
        except (ArchiverError, OSError) as error:
            found = Check(self._name, is_well=False, found=_one_line(error))
        except Exception as error:  # noqa: BLE001 - the border: a fault of ours is not well either
            found = Check(self._name, is_well=False, found=f"{type(error).__name__}: {error}")
        self._found, self._found_at, self._running = found, self._now(), None
        return found

    async def end(self) -> None:
        """Stop a probe that runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


class Pulse:
    """Whether the service lives and whether it can work.

    ``conditions`` says why it does less than it could, by condition; any that holds makes it not
    ready, so that whoever shares out work gives it elsewhere. ``ticks`` are those of the service.
    """

    def __init__(
        self,
        probes: Mapping[str, Probe],
        conditions: Callable[[], Mapping[Condition, str]] = dict,
        now: Callable[[], float] | None = None,
        within_s: float = WITHIN_S,
        ticks: Ticks | None = None,
    ) -> None:
        self._ticks = ticks
        self._now = now or asyncio.get_running_loop().time
        self._probed = [Probed(name, probe, self._now, within_s) for name, probe in probes.items()]
        self._conditions = conditions
        self._lag = 0.0
        self._awaited_at = self._now() + BEAT_S

    @property
    def lag_s(self) -> float:
        """How late the event loop is, or was at its last beat."""
        return max(self._lag, self._now() - self._awaited_at)

    @property
    def is_alive(self) -> bool:
        """Whether the event loop gets to what it has to do in time, and the service ticks."""
        return self.lag_s < LAG_S and not (self._ticks is not None and self._ticks.are_late)

    @property
    def found(self) -> str:
        """Say in a line how late the event loop is, and when the service last ticked."""
        loop = f"the event loop is {self.lag_s:.1f} s late"
        return loop if self._ticks is None else f"{loop}, {self._ticks.found}"

    async def beat(self) -> None:
        """Measure the event loop until cancelled."""
        while True:
            self._awaited_at = self._now() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self.note()

    def note(self) -> None:
        """Note how late a beat comes."""
        self._lag = max(0.0, self._now() - self._awaited_at)

    async def checks(self) -> list[Check]:
        """Return what every probe finds, all of them asked at once."""
        found = list(await asyncio.gather(*(one.check() for one in self._probed)))
        if self._ticks is not None:
            found.append(Check("ticks", not self._ticks.are_late, self._ticks.found))
        return found

    def conditions(self) -> dict[str, str]:
        """Return why less is done than could be, by condition."""
        return {condition.value: why for condition, why in self._conditions().items()}

    async def end(self) -> None:
        """Stop every probe."""
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*(one.end() for one in self._probed))
