"""When to look again: often while a thing is young, seldom when it is old.

Of posts the interval is half the age at a look, so ages grow by 1.5. Against the measured curve of
post removals that finds a deletion after 38 h in the median with 32 looks in the first year, where
a daily look needs 364 for 14 h; and at the median no bracket between "last seen" and "first gone"
is wider than a third of the age. News is edited in its first two days, so it has a ladder of ages;
other pages are lost slowly and at any age. ``archiver simulate`` shows what a change of these
values costs and gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archiver.judge.budget import Budget, lean
from archiver.judge.rate import Rate
from archiver.model.inquiry import PageText, Reading
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict, VerdictKind

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """All intervals and limits; each is a setting of ``[schedule]``, with its reason there."""

    floor: timedelta = 15 * MINUTE
    """Between two looks, but for the one that learns a page's noise."""
    cap: timedelta = 30 * DAY
    """Between two looks at a post."""
    share: float = 0.5
    """The interval as a share of the age at this look."""
    after_adding: tuple[timedelta, ...] = (1 * DAY, 7 * DAY)
    """Times after adding at which what was old by then is looked at: it may be taken down because
    it is cited. What was young is looked at then anyway."""
    after_edits: timedelta = 1 * MINUTE
    """How long after the last moment of editing the final text is looked at."""
    news: tuple[timedelta, ...] = (1 * HOUR, 6 * HOUR, 1 * DAY, 2 * DAY, 7 * DAY, 30 * DAY)
    """Ages of a news article at its looks."""
    news_every: timedelta = 30 * DAY
    """Between two looks at a news article that is older than all of ``news``."""
    pages: tuple[timedelta, ...] = (1 * DAY, 7 * DAY, 30 * DAY)
    """Times since adding at which another page is looked at; then by ``share``."""
    page_floor: timedelta = 1 * DAY
    """Between two looks at a page because it changes often, or by ``share``."""
    page_cap: timedelta = 90 * DAY
    """Between two looks at a page."""
    noise: timedelta = 5 * MINUTE
    """From the first look that showed a page to the second: what differs is the page's noise."""
    rate_least: int = 4
    """Pairs of looks before a page's own rate of change counts."""
    look_price: timedelta = 2 * DAY
    """For how long a look at a changing page must keep us up to date to be worth it."""
    stretch: float = 1.25
    """By how much the usual interval may grow for a page that does not change, 2 at most."""
    failures: tuple[timedelta, ...] = (
        15 * MINUTE, 2 * HOUR, 1 * DAY, 4 * DAY, 8 * DAY, 12 * DAY, 16 * DAY,
    )  # fmt: skip
    """Times after the first failure of a run; that one, the fourth and the fifth lie far enough
    apart to make an absence count. The last two are for what is in doubt even then."""
    tombstone: timedelta = 1 * HOUR
    """After a platform said that it is gone."""
    stated: timedelta = 24 * HOUR
    """After a 410, a name that does not exist, a parked domain."""
    offline: timedelta = 15 * MINUTE
    """While our own network is down."""
    walled: timedelta = 1 * HOUR
    """After the first wall; doubled at each one more, and never asked sooner."""
    walled_cap: timedelta = 7 * DAY
    retry_cap: timedelta = 7 * DAY
    """The longest ``Retry-After`` that is obeyed."""
    jitter: float = 0.2
    """The share of an interval by which sources are spread, sooner or later."""
    pull_spread: timedelta = 1 * MINUTE
    """Between the looks at other sources of an account that just lost one."""
    budget: Budget = field(default_factory=Budget)
    """What one host is asked."""

    @property
    def longest(self) -> timedelta:
        """The longest between two looks, where its host's budget puts none off."""
        caps = (self.floor, self.cap, self.page_cap, self.walled_cap, self.retry_cap)
        return max(*caps, *self.news, *self.pages)


_TOMBSTONES = frozenset({Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED})
_STATED = frozenset({Signal.GONE, Signal.NO_HOST, Signal.PARKED})


@dataclass(frozen=True, slots=True)
class Past:
    """What the looks at a source so far tell, the one just made included.

    ``shown`` is the last reading that showed the source, ``rate`` how often what it showed changed.
    """

    shown: Reading | None = None
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """The look just made, with what decides about the next one.

    ``page`` is what the source's page says, when it is one: of this look, or of the last one that
    showed it. ``shift`` is the source's own share of jitter, -0.2 to 0.2 by default.
    """

    source: Source
    at: datetime
    reading: Reading
    page: PageText | None
    table: Timetable
    rate: Rate | None
    shift: float

    @property
    def since_added(self) -> timedelta:
        return max(self.at - self.source.added_at, timedelta())

    @property
    def born(self) -> datetime:
        """When the thing was published, as far as known: not after we had it in our hands."""
        told = (self.page and self.page.published_at) or self.source.posted_at
        return min(told or self.source.added_at, self.source.added_at)

    @property
    def age(self) -> timedelta:
        return max(self.at - self.born, timedelta())


def next_due(
    source: Source,
    verdict: Verdict,
    reading: Reading,
    looked_at: datetime,
    timetable: Timetable | None = None,
    *,
    past: Past | None = None,
    retry_after: timedelta | None = None,
) -> datetime:
    """Return when to look again.

    ``verdict`` and ``reading`` are of the look just made, at ``looked_at``; ``verdict.since`` is
    the first look of its run of failures or walls. ``past`` is for what this look alone does not
    tell: whether a page that did not answer is news, and how often it changes. ``retry_after`` is
    what the host asked for; see ``retry_after_of``.
    """
    table, past = timetable or Timetable(), past or Past()
    showing = reading if reading.signal is Signal.PRESENT or past.shown is None else past.shown
    shift = lean(source.id) * table.jitter
    look = _Look(source, looked_at, reading, showing.page, table, past.rate, shift)
    wait = table.offline if reading.signal is Signal.OFFLINE else _wait(look, verdict)
    if retry_after is not None:
        wait = max(wait, min(retry_after, table.retry_cap))
    return looked_at + wait


def _wait(look: _Look, verdict: Verdict) -> timedelta:
    table = look.table
    match verdict.kind:
        case VerdictKind.PRESENT | VerdictKind.MOVED:
            return _while_present(look, verdict)
        case VerdictKind.SUSPECT:
            return _while_failing(look, verdict, _confirmations(verdict.cause, table))
        case VerdictKind.UNREACHABLE:
            return _while_failing(look, verdict, table.failures)
        case VerdictKind.UNKNOWN:
            # The time a wall has stood, and an hour: 1, 2, 4, 8 hours after one another.
            stood = max(look.at - verdict.since, timedelta())
            wait = (stood + table.walled) * (1 + look.shift)
            return min(max(wait, table.walled), table.walled_cap)
        case VerdictKind.GONE | VerdictKind.RESTRICTED:
            return _usual(look)


# --- present --------------------------------------------------------------------------------------


def _while_present(look: _Look, verdict: Verdict) -> timedelta:
    if look.source.ref.platform == "web":
        wait = _by_rate(look)
        return min(wait, look.table.noise) if _is_first_sight(look, verdict) else wait
    final = _until_final(look)
    wait = _usual(look)
    return wait if final is None else min(wait, max(final, look.table.floor))


def _is_first_sight(look: _Look, verdict: Verdict) -> bool:
    """Tell whether this look is the first that showed the page as text."""
    if look.reading.page is None:
        return False
    return look.rate.shown <= 1 if look.rate is not None else verdict.since == look.at


def _until_final(look: _Look) -> timedelta | None:
    """Return the time until a post can no longer be edited, or None when it cannot already."""
    until = look.reading.post.editable_until if look.reading.post else None
    if until is None or until + look.table.after_edits <= look.at:
        return None
    return until + look.table.after_edits - look.at


def _by_rate(look: _Look) -> timedelta:
    """Bend the usual interval of a page to how often it changes.

    A page whose looks are worth their price is looked at that often; one that changes too fast to
    be followed is looked at as usual, for what is cited is in no fast-changing part of it. A
    stable page is left alone for longer, but not while it is on a ladder of ages: those looks are
    for what happens to young pages.
    """
    table, rate, usual = look.table, look.rate, _usual(look)
    if rate is None or rate.compared < table.rate_least:
        return usual
    wished = rate.worthwhile(table.look_price)
    if wished is None:
        return usual
    longest = usual
    if _next_on_ladder(look) is None:
        longest = max(usual, min(usual * table.stretch, table.page_cap))
    return min(max(wished, min(table.page_floor, usual)), longest)


# --- failing --------------------------------------------------------------------------------------


def _confirmations(cause: str | None, table: Timetable) -> tuple[timedelta, ...]:
    """Return the times after the first failure at which an absence is looked at again."""
    if cause in _TOMBSTONES:
        first = table.tombstone
    elif cause in _STATED:
        first = table.stated
    else:
        return table.failures
    return (first, *(later for later in table.failures if later > first))


def _while_failing(look: _Look, verdict: Verdict, offsets: Sequence[timedelta]) -> timedelta:
    """Return the time to the next offset; a young source is looked at no less than usual."""
    failing = look.at - (verdict.first_gone or verdict.since)
    left = (offset - failing for offset in offsets if offset > failing)
    usual = _usual(look)
    return min(usual, max(next(left, usual), look.table.floor))


# --- by age ---------------------------------------------------------------------------------------


def _usual(look: _Look) -> timedelta:
    """Return the interval of a source that nothing is wrong with."""
    table, source = look.table, look.source
    on_ladder = _next_on_ladder(look)
    if on_ladder is not None:
        usual = on_ladder
    elif source.ref.platform != "web":
        usual = min(max(look.age * table.share * (1 + look.shift), table.floor), table.cap)
    elif _is_news(look):
        usual = min(max(table.news_every * (1 + look.shift), table.floor), table.page_cap)
    else:
        wished = look.since_added * table.share * (1 + look.shift)
        usual = min(max(wished, table.page_floor), table.page_cap)
    return min([usual, *_soon_after_adding(look)])


def _is_news(look: _Look) -> bool:
    return look.page is not None and look.page.is_news


def _next_on_ladder(look: _Look) -> timedelta | None:
    """Return the time to the next age of a page's ladder, or None past its end.

    Jitter moves the ages themselves, each by its share of the step before it, so that a look that
    came early is not taken for a missing one.
    """
    if look.source.ref.platform != "web":
        return None
    is_news = _is_news(look)
    age = look.age if is_news else look.since_added
    before = timedelta()
    for rung in look.table.news if is_news else look.table.pages:
        wait = rung + (rung - before) * look.shift - age
        if wait >= look.table.floor:
            return wait
        before = rung
    return None


def _soon_after_adding(look: _Look) -> list[timedelta]:
    """Return the times to the looks that what was old when it was added gets soon after.

    Pages that are no news have them on their ladder.
    """
    table = look.table
    if look.source.ref.platform == "web" and not _is_news(look):
        return []
    age = look.source.added_at - look.born
    waits = [wait for wait in table.after_adding if age * table.share >= wait]
    left = (wait * (1 + look.shift) - look.since_added for wait in waits)
    return [wait for wait in left if wait >= table.floor]
