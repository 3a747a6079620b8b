"""An archive of a given size, worked by a given number of workers, for some days; event by event.

Looks come due as the timetable has it. Each waits for its domain (one look at a time, a pause, so
many a day), then for a hand: one of a process's for a plain look, and its processor; a browser for
a capture. Hands and browsers are held until the database has committed, so both come to stand when
it drowns. What came due and when it was begun is the lateness.

A large archive is made smaller to be reckoned, ``thin`` times: of a large domain every so-many-th
source is taken and the domain is asked so much more slowly; of the small domains every so-many-th
is taken whole; hands and database are so much slower. Loads stay what they are. Waiting becomes
coarser, and longer rather than shorter.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random

from archiver.simulation.arrivals import Intervals, Mix
from archiver.simulation.curves import DAY, YEAR
from archiver.simulation.figures import quantile

LARGE = 50
"""Sources that a domain must have left after thinning to count as a large one."""


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """What one thing takes, in seconds, and what it leaves, in bytes and rows; measured.

    ``look_s`` is a process's own time for a plain look while many are under way, ``held_s`` how
    long its domain is asked; ``claim_s`` and ``commit_s`` are the database's for one look.
    """

    look_s: float
    held_s: float
    capture_s: float
    claim_s: float
    commit_s: float
    capture_commit_s: float
    look_bytes: float
    capture_bytes: float
    look_rows: float
    capture_rows: float


@dataclass(frozen=True, slots=True)
class Politeness:
    """What one domain is asked: so many seconds between two looks, so many looks in 24 hours."""

    pause_s: float = 5.0
    per_day: int = 2000


@dataclass(frozen=True, slots=True)
class Setting:
    """One archive to be worked. ``days`` are simulated, after the archive has grown ``years``.

    Each worker has so many ``browsers``, and so many ``hands`` for plain looks: as many as the
    setting ``daemon.looks_at_once`` says.
    """

    sources: int
    workers: int
    browsers: int = 2
    hands: int = 100
    days: float = 3.0
    years: float = 3.0
    thin: int = 1
    politeness: Politeness = field(default_factory=Politeness)
    mix: Mix = field(default_factory=Mix)


@dataclass(frozen=True, slots=True)
class Scaled:
    """What came of it. Loads are what is asked of a thing over what it can do: above 1 it drowns.

    ``saturated`` is the share of looks at domains that are asked for more than they may be.
    Lateness is in seconds, of looks at domains that can keep up; None where none was begun.
    """

    setting: Setting
    looks_a_day: float
    captures_a_day: float
    hands: float
    browsers: float
    database: float
    saturated: float
    late_p50: float | None
    late_p95: float | None
    unbegun: float
    bytes_a_year: float
    rows_a_year: float

    @property
    def bottleneck(self) -> str:
        """What gives way first."""
        loads = {"processes": self.hands, "browsers": self.browsers, "database": self.database}
        first = max(loads, key=lambda name: loads[name])
        if loads[first] >= 1.0:
            return first
        return "domains" if self.saturated >= 0.05 else first


@dataclass(slots=True)
class _Domain:
    """What waits at one domain, oldest first, and when it may be asked again."""

    slower: int
    due: list[tuple[float, bool]] = field(default_factory=list)
    place: int = 0
    free_at: float = 0.0
    asked: deque[float] = field(default_factory=deque)

    def ask(self, begun: float, ended: float, limits: Politeness) -> None:
        """Note a look, and when the next one may be begun."""
        per_day = max(limits.per_day // self.slower, 1)
        self.asked.append(begun)
        self.free_at = max(ended, begun + limits.pause_s * self.slower)
        if len(self.asked) >= per_day:
            self.free_at = max(self.free_at, self.asked[-per_day] + DAY)
        if len(self.asked) > per_day:
            self.asked.popleft()


def scaled(setting: Setting, times: ServiceTimes, intervals: Intervals, seed: int) -> Scaled:
    """Work an archive for some days; the same seed gives the same figures."""
    rng = Random(f"{seed} {setting.sources}")  # noqa: S311 - reproducible, nothing secret
    domains = [one for one in _domains(setting, intervals, rng) if one.due]
    busy = [domain for domain in domains if _is_saturated(domain, setting)]
    looks = sum(len(domain.due) for domain in domains)
    captures = sum(is_capture for domain in domains for _, is_capture in domain.due)
    late, unbegun = _worked(domains, {id(one) for one in busy}, setting, times)
    a_day = setting.thin / setting.days
    looks_a_day, captures_a_day = looks * a_day, captures * a_day
    database = looks_a_day * (times.claim_s + times.commit_s)
    database += captures_a_day * times.capture_commit_s
    return Scaled(
        setting=setting,
        looks_a_day=looks_a_day,
        captures_a_day=captures_a_day,
        hands=looks_a_day * times.look_s / DAY / setting.workers,
        browsers=captures_a_day * times.capture_s / DAY / (setting.workers * setting.browsers),
        database=database / DAY,
        saturated=sum(len(one.due) for one in busy) / max(looks, 1),
        late_p50=quantile(late, 0.5),
        late_p95=quantile(late, 0.95),
        unbegun=unbegun / max(looks, 1),
        bytes_a_year=365 * (looks_a_day * times.look_bytes + captures_a_day * times.capture_bytes),
        rows_a_year=365 * (looks_a_day * times.look_rows + captures_a_day * times.capture_rows),
    )


def _is_saturated(domain: _Domain, setting: Setting) -> bool:
    limits = setting.politeness
    most = min(limits.per_day, DAY / limits.pause_s) / domain.slower * setting.days
    return len(domain.due) > max(most, 1.0)


# What comes due


def _domains(setting: Setting, intervals: Intervals, rng: Random) -> Iterator[_Domain]:
    """Return the domains with what comes due at each within the days."""
    for size, slower in _sizes(setting):
        domain = _Domain(slower)
        for _ in range(size):
            domain.due += _due(setting, intervals, rng)
        domain.due.sort()
        yield domain


def _sizes(setting: Setting) -> Iterator[tuple[int, int]]:
    """Return how many sources each domain has, and how much slower than it is it is asked."""
    skipped = 0
    for size in setting.mix.sizes(setting.sources):
        if size >= LARGE * setting.thin or setting.thin == 1:
            yield round(size / setting.thin), setting.thin
            continue
        skipped += 1
        if skipped % setting.thin == 0:
            yield size, 1


def _due(setting: Setting, intervals: Intervals, rng: Random) -> Iterator[tuple[float, bool]]:
    """Return when one source comes due within the days, and whether a capture is taken."""
    end = setting.days * DAY
    kind = rng.choices(setting.mix.kinds, setting.mix.weights)[0]
    age = rng.uniform(-end, setting.years * YEAR)
    if age < 0:
        time, age = -age, 0.0
        yield time, True  # the first look at a new one
    else:
        time = -rng.random() * intervals.after(kind, age)
    while True:
        wait = intervals.after(kind, age)
        time, age = time + wait, age + wait
        if time >= end:
            return
        if time >= 0:
            yield time, rng.random() < setting.mix.news_of(kind)


# Work


def _worked(
    domains: Sequence[_Domain], busy: set[int], setting: Setting, times: ServiceTimes
) -> tuple[list[float], int]:
    """Do what comes due; return how late each look was begun, and how many never were."""
    work = _Work(domains, busy, setting, times)
    work.do()
    return work.late, sum(len(domain.due) - domain.place for domain in domains)


class _Event(IntEnum):
    """What happens next: a domain may be asked, work is to be committed, or it was."""

    READY = 1
    DONE = 2
    COMMITTED = 3


class _Work:
    """The looks under way. ``late`` are those begun at domains that can keep up, in seconds."""

    def __init__(
        self, domains: Sequence[_Domain], busy: set[int], setting: Setting, times: ServiceTimes
    ) -> None:
        self.late: list[float] = []
        self._domains, self._busy = domains, busy
        self._setting, self._times = setting, times
        self._end = setting.days * DAY
        self._events: list[tuple[float, int, _Event, bool]] = []
        self._processors = [0.0] * setting.workers
        self._database = 0.0
        # Of plain looks, and of captures.
        self._free = {
            False: setting.workers * setting.hands,
            True: setting.workers * setting.browsers,
        }
        self._waiting: dict[bool, deque[int]] = {False: deque(), True: deque()}

    def do(self) -> None:
        """Go through what happens before the end."""
        for number, domain in enumerate(self._domains):
            self._come(number, domain.due[0][0])
        while self._events and self._events[0][0] < self._end:
            time, number, event, is_capture = heapq.heappop(self._events)
            match event:
                case _Event.READY:
                    self._waiting[is_capture].append(number)
                case _Event.DONE:
                    self._commit(time, is_capture=is_capture)
                case _Event.COMMITTED:
                    self._free[is_capture] += 1
            self._begin(time, is_capture=is_capture)

    def _come(self, number: int, time: float) -> None:
        """Let a domain's next look be ready at a time."""
        domain = self._domains[number]
        self._happen(time, number, _Event.READY, is_capture=domain.due[domain.place][1])

    def _happen(self, time: float, number: int, event: _Event, *, is_capture: bool) -> None:
        heapq.heappush(self._events, (time, number, event, is_capture))

    def _begin(self, time: float, *, is_capture: bool) -> None:
        """Begin what waits while hands are free."""
        waiting = self._waiting[is_capture]
        while waiting and self._free[is_capture]:
            begun = time if is_capture else max(time, self._processors[0])
            if begun >= self._end:
                return
            self._free[is_capture] -= 1
            self._ask(waiting.popleft(), begun, is_capture=is_capture)

    def _ask(self, number: int, begun: float, *, is_capture: bool) -> None:
        times, thin = self._times, self._setting.thin
        domain = self._domains[number]
        if id(domain) not in self._busy:
            self.late.append(begun - domain.due[domain.place][0])
        if not is_capture:
            heapq.heapreplace(self._processors, begun + times.look_s * thin)
        asked = times.capture_s if is_capture else times.held_s
        held = asked if is_capture else max(times.look_s, times.held_s)
        self._happen(begun + held * thin, number, _Event.DONE, is_capture=is_capture)
        domain.ask(begun, begun + asked * domain.slower, self._setting.politeness)
        domain.place += 1
        if domain.place < len(domain.due):
            self._come(number, max(domain.due[domain.place][0], domain.free_at))

    def _commit(self, time: float, *, is_capture: bool) -> None:
        """Let the database take what is done, after all that it was given before."""
        times = self._times
        writes = times.claim_s + times.commit_s + (times.capture_commit_s if is_capture else 0.0)
        self._database = max(self._database, time) + writes * self._setting.thin
        self._happen(self._database, 0, _Event.COMMITTED, is_capture=is_capture)


def thinning_for(sources: int, most: int) -> int:
    """Return how many times an archive has to be thinned so that ``most`` sources are left."""
    return max(math.ceil(sources / most), 1)
