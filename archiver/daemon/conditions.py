"""Why this worker does less than it could, and the record of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

import structlog

from archiver.flow.outside import Outside
from archiver.model.worker import Condition, Incident, IncidentKind

ROUTINE = frozenset({Condition.STOPPING})
_MOST_UNTOLD = 200  # incidents kept while the database cannot take them; the oldest go first


class Conditions:
    """The conditions that stand now. Each begins and ends with one log line and one incident.

    A stop that was asked for is no incident. Incidents wait here while the database is gone;
    :meth:`tell` writes them.
    """

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._standing: dict[Condition, str] = {}
        self._telling = asyncio.Lock()
        self._untold: deque[Incident] = deque(maxlen=_MOST_UNTOLD)
        self._log = structlog.get_logger("archiver.daemon")

    @property
    def standing(self) -> Mapping[Condition, str]:
        """Every condition that stands, with its reason."""
        return self._standing

    def has(self, *conditions: Condition) -> bool:
        """Tell whether any of these stands."""
        return any(one in self._standing for one in conditions)

    def begin(self, condition: Condition, why: str) -> None:
        """Let a condition stand; nothing is told twice."""
        is_new = condition not in self._standing
        self._standing[condition] = why
        if is_new:
            tell = self._log.info if condition in ROUTINE else self._log.warning
            tell("condition began", action="condition", condition=condition, why=why)
            self._changed(condition, f"{condition.value} began: {why}")

    def end(self, condition: Condition) -> None:
        """End a condition, if it stands."""
        if self._standing.pop(condition, None) is not None:
            self._log.info("condition ended", action="recovered", condition=condition)
            self._changed(condition, f"{condition.value} ended")

    def note(self, kind: IncidentKind, note: str) -> None:
        """Record something that happened."""
        self._outside.meter.count("incidents_total", kind=kind.value)
        self._untold.append(Incident(self._outside.clock.now(), self._outside.worker, kind, note))

    async def keep(self, kind: IncidentKind, notes: Sequence[str]) -> None:
        """Record at once what must not be lost, however many they are; they do not wait here.

        Raises:
            StoreError: the database refused.
        """
        now, worker = self._outside.clock.now(), self._outside.worker
        self._outside.meter.count("incidents_total", len(notes), kind=kind.value)
        await self._outside.store.workers.note(*(Incident(now, worker, kind, one) for one in notes))

    async def tell(self) -> None:
        """Write what was noted.

        Raises:
            StoreError: the database refused; what is left is written the next time.
        """
        async with self._telling:
            while self._untold:
                await self._outside.store.workers.note(self._untold[0])
                self._untold.popleft()

    def _changed(self, condition: Condition, note: str) -> None:
        stands = float(condition in self._standing)
        self._outside.meter.stands("condition", stands, condition=condition.value)
        if condition not in ROUTINE:
            self.note(IncidentKind.CONDITION, note)
