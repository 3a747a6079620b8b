"""Which outside archives may be asked, how often, and what may be handed to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from archiver.archives.outward import is_for_others
from archiver.archives.protocol import OutsideArchive
from archiver.model.inquiry import Answer, Question
from archiver.ports import Clock, Fetcher


@dataclass(frozen=True, slots=True)
class PushPolicy:
    """How addresses are handed to an outside archive; ``archive`` is the one that saves."""

    always: bool = False
    archive: str = "wayback"
    per_minute: int = 6
    per_day: int = 200
    at_once: int = 2
    not_archived_within: timedelta = timedelta(days=1)


class Pace:
    """When the next question to an index may be asked, over all that this process does."""

    def __init__(self) -> None:
        self._gate = asyncio.Lock()
        self._next_at: datetime | None = None

    async def wait(self, spacing: timedelta, clock: Clock) -> None:
        """Wait for our turn and take it."""
        async with self._gate:
            now = clock.now()
            if self._next_at is not None and self._next_at > now:
                await clock.sleep(self._next_at - now)
            self._next_at = clock.now() + spacing


class LostSources:
    """Sources to be rescued when an archive has time: one is at a time, the others wait here.

    An index takes some twenty questions a minute and one source needs nine: whoever captures must
    not wait for that. What waits here when the process ends is asked for at its next look.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._waiting: dict[str, None] = {}

    def add(self, source_id: str) -> None:
        """Let a source wait; one that waits already keeps its place."""
        self._waiting.setdefault(source_id)

    def take(self) -> str | None:
        """Take the one that has waited longest, or None."""
        first = next(iter(self._waiting), None)
        if first is not None:
            del self._waiting[first]
        return first


class Quota:
    """How many orders this process gave to an archive on a day."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._given = 0

    def left(self, of: int, today: date) -> int:
        """Return how many of a day's orders are left."""
        return max(of - (self._given if self._day == today else 0), 0)

    def count(self, today: date) -> None:
        """Count one order."""
        self._given = self._given + 1 if self._day == today else 1
        self._day = today


@dataclass(frozen=True, slots=True)
class Archives:
    """The outside archives in the order in which they are asked; none, when asking is off.

    Unless ``enabled`` nobody is asked, and nothing is handed on to anybody either. ``inner_hosts``
    are names that the operator sends elsewhere: nobody outside learns their addresses.
    ``index_spacing`` is kept between two questions to an index, ``max_pause`` is the longest that
    one is left alone after failures, ``most_copies`` how many copies of one source are fetched.
    """

    asked: tuple[OutsideArchive, ...] = ()
    enabled: bool = True
    inner_hosts: frozenset[str] = frozenset()
    index_spacing: timedelta = timedelta(seconds=2.5)
    max_pause: timedelta = timedelta(hours=6)
    most_copies: int = 4
    push: PushPolicy = PushPolicy()
    pace: Pace = field(default_factory=Pace)
    sent: Quota = field(default_factory=Quota)
    lost: LostSources = field(default_factory=LostSources)

    def may_learn(self, url: str) -> bool:
        """Tell whether an outside archive may learn an address."""
        return is_for_others(url, self.inner_hosts)


class PacedFetcher:
    """Asks as another fetcher does, questions to an index no faster than the index likes."""

    def __init__(self, fetcher: Fetcher, archives: Archives, clock: Clock) -> None:
        self._fetcher = fetcher
        self._archives = archives
        self._clock = clock

    async def ask(self, question: Question) -> Answer:
        """Ask once; see :class:`archiver.ports.Fetcher`."""
        if is_index(question.url):
            await self._archives.pace.wait(self._archives.index_spacing, self._clock)
        return await self._fetcher.ask(question)


def is_index(url: str) -> bool:
    """Tell whether an address is of an index: those are limited far more than playbacks are.

    Source: client library ``wayback`` 0.5.1 (2026-06): CDX and TimeMap 30 a minute, mementos 600.
    """
    return "/cdx/search/" in url or "/timemap/" in url
