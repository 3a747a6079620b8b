"""Find out what is wrong when work fails, and how much may be taken in hand meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from archiver.daemon.conditions import Conditions
from archiver.errors import DamagedError, DiskFullError, FilesError, StoreError
from archiver.flow.outside import Outside
from archiver.model.observation import Observation
from archiver.model.room import Room
from archiver.model.signals import Signal
from archiver.model.worker import Condition

FILE_FAILURES = 3
"""Jobs in a row that fail at the files while the database answers, until these count as gone."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)

NONE_TAKEN = (
    Condition.STOPPING,
    Condition.DISK_LOW,
    Condition.DATABASE_GONE,
    Condition.CLOCKS_APART,
)


def is_of_files(error: Exception) -> bool:
    """Tell whether it is the files that refused, or gave back something else."""
    return isinstance(error, FilesError | DamagedError)


@dataclass(slots=True)
class _Pause:
    """Nothing is taken until then, by the steady clock, and then one job to find out."""

    until: timedelta
    length: timedelta


class Health:
    """What stands in the way of work, told from how the work ends.

    ``room`` says how much space there is. ``ask_database`` raises :class:`StoreError` while the
    database does not answer.
    """

    def __init__(
        self,
        outside: Outside,
        conditions: Conditions,
        room: Callable[[], Room],
        ask_database: Callable[[], Awaitable[object]],
    ) -> None:
        self._outside = outside
        self._conditions = conditions
        self._room = room
        self._ask_database = ask_database
        self._file_failures = 0
        self._pauses: dict[Condition, _Pause] = {}

    def most_in_hand(self) -> int | None:
        """Return how many jobs may be in hand now; None when nothing stands in the way."""
        if self._conditions.has(*NONE_TAKEN):
            return 0
        if not self._pauses:
            return None
        now = self._outside.clock.steady()
        return 1 if all(now >= pause.until for pause in self._pauses.values()) else 0

    def look_at_room(self) -> None:
        """Notice that the disk has come to its floor, or has room again.

        A disk that was full though it is not the one we measure is tried again after a pause.
        """
        room = self._room()
        if room.is_low:
            self._conditions.begin(Condition.DISK_LOW, room.complaint)
        elif room.is_ample and not self._is_paused(Condition.DISK_LOW):
            self._conditions.end(Condition.DISK_LOW)

    async def after_refusal(self, error: StoreError) -> None:
        """Find out which of disk, database and files refused.

        A database that refused and answers now, as after one connection that broke, is no state.
        """
        self.look_at_room()
        if self._conditions.has(Condition.DISK_LOW):
            return
        refused = error if isinstance(error, DiskFullError) else await self._database_refusal()
        if isinstance(refused, DiskFullError):
            self._conditions.begin(Condition.DISK_LOW, str(refused))
            self._pause(Condition.DISK_LOW)
            return
        if refused is not None:
            self._conditions.begin(Condition.DATABASE_GONE, str(refused))
            return
        if not is_of_files(error):
            return
        self._file_failures += 1
        if self._file_failures >= FILE_FAILURES:
            self._conditions.begin(Condition.FILES_GONE, str(error))
            self._pause(Condition.FILES_GONE)

    def after_look(self, seen: Observation, *, kept_files: bool) -> None:
        """Draw from a look that was kept what it says of our own network and files.

        While our network is down nothing that is seen counts. A look that was answered by nobody,
        as one that we refuse to make, does not end the pause.
        """
        if seen.reading.signal is Signal.OFFLINE:
            self._conditions.begin(Condition.OFFLINE, "our own network is down")
            self._pause(Condition.OFFLINE, self._outside.timetable.offline)
        elif any(one.status is not None for one in seen.answers):
            self._resume(Condition.OFFLINE)
        if kept_files or any(one.body_sha256 for one in seen.answers):
            self._file_failures = 0
            self._resume(Condition.FILES_GONE)
            if not self._conditions.has(Condition.DISK_LOW):
                self._pauses.pop(Condition.DISK_LOW, None)

    async def _database_refusal(self) -> StoreError | None:
        try:
            await self._ask_database()
        except StoreError as refused:
            return refused
        return None

    def _is_paused(self, condition: Condition) -> bool:
        pause = self._pauses.get(condition)
        return pause is not None and self._outside.clock.steady() < pause.until

    def _pause(self, condition: Condition, length: timedelta | None = None) -> None:
        before = self._pauses.get(condition)
        doubled = FIRST_PAUSE if before is None else min(2 * before.length, LONGEST_PAUSE)
        length = length or doubled
        self._pauses[condition] = _Pause(self._outside.clock.steady() + length, length)

    def _resume(self, condition: Condition) -> None:
        self._pauses.pop(condition, None)
        self._conditions.end(condition)
