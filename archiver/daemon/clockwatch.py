"""Notice that somebody set the clock, or that the machine slept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.model.worker import IncidentKind
from archiver.ports import Clock

BACK = timedelta(seconds=2)
"""Less is what NTP takes back by itself."""
FORWARD = timedelta(hours=1)
SLEPT = timedelta(minutes=2)
"""A tick that comes so late did not come at all: the machine, or this process, stood still."""


@dataclass(frozen=True, slots=True)
class Jump:
    """What happened to the clock between two looks at it, and by how much.

    ``since`` is the first of the two, as the clock that was set would have told it.
    """

    kind: IncidentKind
    by: timedelta
    since: datetime


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
