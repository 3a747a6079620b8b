"""Synthetic webs: sources with their fates, and the troubles that hide or feign them.

What is removed, and when, follows published curves (``curves``). How often hosts fail, block and
flap is nowhere published by the hour; those figures are assumptions, meant to be worse than usual.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from archiver.model.inquiry import PageText, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import Source, SourceRef
from archiver.simulation.curves import DAY, HOUR, LINKS, MINUTE, NEWS_EDITS, POSTS, YEAR
from archiver.simulation.found import GRACE
from archiver.simulation.spells import Kinds, Spell, Spells, Trouble, draw_kind

WEEK = 7 * DAY
"""The longest outage: what is not there for longer was gone, and came back."""
START = datetime(2026, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What the sources of a web are."""

    POSTS = "posts"
    NEWS = "news"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Troubles:
    """What hides or feigns the fate of a source.

    ``ours`` is our own network; ``host`` comes to every host, ``walls`` to a share ``walling`` of
    them, and a share ``walled`` blocks for good one day; ``platform`` says false words on
    platforms; ``flapping`` comes to a share ``flappers`` of sources. ``account`` is the rate a year
    at which an account is cleaned up whole, which is no trouble but a fate.
    """

    ours: Trouble
    host: Trouble
    walls: Trouble
    platform: Trouble
    flapping: Trouble
    walling: float
    walled: float
    flappers: float
    account: float

    def lasting(self, longest: float) -> Troubles:
        """Return troubles whose outages and false absences last no longer than that, in seconds."""
        return replace(
            self,
            host=replace(self.host, longest=longest),
            flapping=replace(self.flapping, longest=longest),
        )

    def times(self, factor: float) -> Troubles:
        """Return troubles that come so many times as often."""

        def oftener(trouble: Trouble) -> Trouble:
            return replace(trouble, per_year=trouble.per_year * factor)

        return replace(
            self,
            ours=oftener(self.ours),
            host=oftener(self.host),
            walls=oftener(self.walls),
            platform=oftener(self.platform),
            flappers=min(self.flappers * factor, 1.0),
            walled=min(self.walled * factor, 1.0),
        )


USUAL = Troubles(
    ours=Trouble(6, 1 * HOUR, 1.2, ((Signal.OFFLINE, 1.0),)),
    host=Trouble(
        4,
        40 * MINUTE,
        1.7,
        (
            (Signal.UNREACHABLE, 0.55),
            (Signal.SERVER_ERROR, 0.30),
            (Signal.NOT_FOUND, 0.12),  # a bad release answers 404 to everything
            (Signal.NO_HOST, 0.03),  # a mistake in the zone
        ),
        longest=WEEK,
    ),
    walls=Trouble(
        6, 1 * DAY, 1.2, ((Signal.WALL, 0.60), (Signal.RATE_LIMITED, 0.25), (Signal.LOGIN, 0.15))
    ),
    platform=Trouble(
        0.5,
        30 * MINUTE,
        1.0,
        ((Signal.DELETED, 0.5), (Signal.SUSPENDED, 0.2), (Signal.ABSENT_UNEXPLAINED, 0.3)),
        confirmed=False,
    ),
    flapping=Trouble(
        73, 2 * HOUR, 1.5, ((Signal.NOT_FOUND, 0.7), (Signal.SOFT_404, 0.3)), longest=WEEK
    ),
    walling=0.25,
    walled=0.05,
    flappers=0.03,
    account=0.03,
)

CALM = replace(USUAL.times(0), walling=0.0, account=0.0)
"""No trouble at all: the curves alone."""

LOST_POSTS: Kinds = (
    (Signal.DELETED, 0.45),
    (Signal.SUSPENDED, 0.20),
    (Signal.ACCOUNT_GONE, 0.20),
    (Signal.NOT_FOUND, 0.15),
)
LOST_ACCOUNTS: Kinds = ((Signal.SUSPENDED, 0.4), (Signal.ACCOUNT_GONE, 0.4), (Signal.DELETED, 0.2))
LOST_LINKS: Kinds = (
    (Signal.NOT_FOUND, 0.60),
    (Signal.GONE, 0.05),
    (Signal.NO_HOST, 0.15),
    (Signal.PARKED, 0.08),
    (Signal.SOFT_404, 0.12),
)
ONE_VOICE = 0.2  # share of removed posts of which only one answer says so
REAPPEAR = 0.06  # share of what is removed that comes back. Source: Pew 2024, as reported
AWAY = (1 * HOUR, 60 * DAY)  # how long before it does; an assumption

STATIC, RESTLESS = 0.60, 0.15  # shares of pages that never change, and that differ at every look
CHANGES = (1 / 365, 1 / 7)  # changes a day of the others, from the slowest to the fastest

ADDED_WITHIN = 30 * DAY
MOST_AT_ONE_HOST = 15
PLATFORMS = 4


@dataclass(frozen=True, slots=True)
class Life:
    """One source and all that happens to it, in seconds since the start.

    It is added as soon as it appears, at ``added``. ``absences`` are when it truly is not there,
    ``edits`` when its text changes; a ``restless`` page shows something else at every look.
    ``blinks`` and ``host`` are troubles: what is said then is not so.
    """

    source: Source
    kind: Kind
    added: float
    absences: Spells
    blinks: Spells
    host: Spells
    shown: Reading
    edits: tuple[float, ...] = ()
    restless: bool = False

    def version(self, time: float) -> str:
        """Return a fingerprint of what it shows at a moment."""
        return repr(time) if self.restless else str(bisect_right(self.edits, time))

    def answer(self, time: float, ours: Spells) -> Spell | None:
        """Return why a look does not show it, or None when it does."""
        return ours.at(time) or self.host.at(time) or self.absences.at(time) or self.blinks.at(time)


@dataclass(frozen=True, slots=True)
class Web:
    """Groups of sources of one account or host, and the troubles of our own network."""

    groups: tuple[tuple[Life, ...], ...]
    ours: Spells
    span: float
    """For how long each source is followed, in seconds."""

    @property
    def lives(self) -> list[Life]:
        """All sources, group by group."""
        return [life for group in self.groups for life in group]


def make_web(
    kind: Kind, sources: int, years: float, rng: Random, troubles: Troubles = USUAL
) -> Web:
    """Return a web of one kind of sources that are followed for some years each."""
    span = years * YEAR
    maker = _Maker(kind, rng, troubles, span, ADDED_WITHIN + span + GRACE)
    hosts = [maker.host_spells() for _ in range(PLATFORMS)] if kind is Kind.POSTS else []
    groups: list[tuple[Life, ...]] = []
    left = sources
    while left:
        size = min(left, rng.randint(1, MOST_AT_ONE_HOST))
        host = hosts[len(groups) % PLATFORMS] if hosts else maker.host_spells()
        groups.append(maker.group(sources - left, size, host))
        left -= size
    return Web(tuple(groups), Spells(troubles.ours.draw(rng, maker.end)), span)


@dataclass(frozen=True, slots=True)
class _Maker:
    kind: Kind
    rng: Random
    troubles: Troubles
    span: float
    end: float

    def host_spells(self) -> Spells:
        rng, troubles = self.rng, self.troubles
        spells = troubles.host.draw(rng, self.end)
        if self.kind is Kind.POSTS:
            spells += troubles.platform.draw(rng, self.end)
        if rng.random() < troubles.walling:
            spells += troubles.walls.draw(rng, self.end)
        if self.kind is not Kind.POSTS and rng.random() < troubles.walled:
            spells.append(Spell(rng.uniform(0, self.end), math.inf, Signal.WALL))
        return Spells(spells)

    def group(self, first: int, size: int, host: Spells) -> tuple[Life, ...]:
        rng = self.rng
        hazard = math.exp(rng.uniform(*map(math.log, LINKS)))
        clean_up = math.inf
        if self.kind is Kind.POSTS and self.troubles.account:
            clean_up = rng.expovariate(self.troubles.account / YEAR)
        cause = draw_kind(rng, LOST_ACCOUNTS)
        return tuple(
            self._life(first + place, host, hazard, Spell(clean_up, math.inf, cause))
            for place in range(size)
        )

    def _life(self, number: int, host: Spells, hazard: float, clean_up: Spell) -> Life:
        rng = self.rng
        added = rng.uniform(0, ADDED_WITHIN)
        flaps = rng.random() < self.troubles.flappers
        blinks = self.troubles.flapping.draw(rng, self.end) if flaps else []
        absences = self._absences(added, hazard, clean_up)
        restless, edits = self._edits(added)
        at = START + timedelta(seconds=added)
        return Life(
            source=_source(self.kind, number, at),
            kind=self.kind,
            added=added,
            absences=Spells(absences),
            blinks=Spells(blinks),
            host=host,
            shown=_shown(self.kind, at),
            edits=edits,
            restless=restless,
        )

    def _absences(self, added: float, hazard: float, clean_up: Spell) -> list[Spell]:
        rng = self.rng
        if self.kind is Kind.POSTS:
            start = added + POSTS.draw(rng)
            signal = draw_kind(rng, LOST_POSTS)
            sure = signal is Signal.NOT_FOUND or rng.random() >= ONE_VOICE
        else:
            start, signal, sure = (
                added + rng.expovariate(hazard / YEAR),
                draw_kind(rng, LOST_LINKS),
                True,
            )
        if added < clean_up.start <= start:
            return [clean_up]
        end = math.inf
        if rng.random() < REAPPEAR:
            end = start + math.exp(rng.uniform(*map(math.log, AWAY)))
        return [Spell(start, end, signal, confirmed=sure)] if math.isfinite(start) else []

    def _edits(self, added: float) -> tuple[bool, tuple[float, ...]]:
        rng = self.rng
        if self.kind is Kind.NEWS:
            age = NEWS_EDITS.draw(rng)
            return False, (added + age,) if math.isfinite(age) else ()
        lot = rng.random()
        if self.kind is Kind.POSTS or lot < STATIC:
            return False, ()
        if lot < STATIC + RESTLESS:
            return True, ()
        per_day = math.exp(rng.uniform(*map(math.log, CHANGES)))
        edits, time = [], added
        while (time := time + rng.expovariate(per_day / DAY)) < added + self.span:
            edits.append(time)
        return False, tuple(edits)


def _source(kind: Kind, number: int, at: datetime) -> Source:
    if kind is Kind.POSTS:
        url = f"https://x.example/i/status/{number}"
        return Source(f"{kind}{number}", SourceRef("x", str(number), url), at, posted_at=at)
    url = f"https://{kind}.example/{number}"
    return Source(f"{kind}{number}", SourceRef("web", url, url), at)


def _shown(kind: Kind, at: datetime) -> Reading:
    words = "What it says."
    if kind is Kind.POSTS:
        said = Post("1", words, "7", "Somebody", "somebody", created_at=at)
        return Reading(Signal.PRESENT, "It was served.", confirmed=True, post=said)
    is_news = kind is Kind.NEWS
    page = PageText("A page", words, words, "en", published_at=at, is_news=is_news)
    return Reading(Signal.PRESENT, "It was served.", confirmed=True, page=page)
