"""Whom an event is told, when, and what of earlier news it takes back. Pure.

Not being able to tell (a wall, an outage) takes nothing back and ends no count: only news that is
definite answers news that was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.news import Told, Word
from archiver.model.signals import Signal
from archiver.model.verdict import Event, EventKind, FindingKind, Severity, VerdictKind
from archiver.platforms._address import fold

EVERY = "*"
DOUBTS = frozenset({Word.UNKNOWN, Word.UNREACHABLE})
RECHECK = timedelta(minutes=5)
"""How often it is looked whether a rule that wants more looks has them."""

_WELL = frozenset({VerdictKind.PRESENT.value, FindingKind.INTACT.value})
_UNEVENTFUL = frozenset({*_WELL, "", *DOUBTS})
_TRIFLES = frozenset({Word.SUSPECT, Word.MOVED, Word.EDITED, Word.SETTLED, *DOUBTS})
_NOTHING_FOUND = frozenset(
    {
        Signal.ABSENT_UNEXPLAINED.value,
        Signal.NOT_FOUND.value,
        Signal.GONE.value,
        Signal.SOFT_404.value,
    }
)

Earlier = Sequence[tuple[Delivery, Event]]
"""Deliveries of older events about the same thing, oldest first."""


@dataclass(frozen=True, slots=True)
class Digest:
    """When what was gathered is told: daily, or on one day of the week (Monday is 0)."""

    hour: int
    zone: tzinfo
    weekday: int | None = None

    def next_after(self, now: datetime) -> datetime:
        """Return the next time, in the zone's own days, whatever its clock does in the night."""
        here = now.astimezone(self.zone)
        for ahead in range(9):
            day = here.date() + timedelta(days=ahead)
            at = datetime(day.year, day.month, day.day, self.hour, tzinfo=self.zone)
            if at.astimezone(now.tzinfo) > now and self.weekday in (None, day.weekday()):
                return at.astimezone(now.tzinfo)
        raise AssertionError("a week has every day")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one notifier is told.

    ``articles`` are IDs and addresses, however spelt. ``looks`` is how many looks in a row must say
    it. Without a ``digest`` it is told at once: after ``gather``, in which more news of one source
    may come. ``repeat`` is the time between repetitions until it is acknowledged, ``repeats`` their
    number where that has a limit.
    """

    notifier: str
    words: frozenset[Word]
    severity: Severity = Severity.MINOR
    articles: frozenset[str] = frozenset({EVERY})
    platforms: frozenset[str] = frozenset({EVERY})
    looks: int = 1
    digest: Digest | None = None
    gather: timedelta = timedelta(0)
    repeat: timedelta | None = None
    repeats: int = 0

    def due_from(self, now: datetime) -> datetime:
        """Return when news of now is told."""
        return self.digest.next_after(now) if self.digest is not None else now + self.gather


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with what rules ask of it. ``looks`` is how many say so, this one too."""

    event: Event
    severity: Severity
    platform: str | None = None
    articles: frozenset[str] = frozenset()
    looks: int = 1

    @property
    def word(self) -> Word:
        """What happened."""
        return word_of(self.event)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one notifier's rule makes of an event."""

    added: Delivery | None = None
    changed: tuple[tuple[Delivery, Delivery], ...] = ()


def word_of(event: Event) -> Word:
    """Return what happened: the head of what the event says, without its cause."""
    if event.kind is EventKind.EDIT:
        return Word.EDITED
    head = event.after.partition(":")[0]
    return Word.RESTORED if head in _WELL else Word(head)


def severity_of(event: Event) -> Severity:
    """Return how much an event matters; a change of which that was not kept may matter a lot."""
    word = word_of(event)
    if word is Word.CHANGED:
        return event.severity or Severity.MAJOR
    return Severity.MINOR if word in _TRIFLES else Severity.MAJOR


def is_of_content(event: Event) -> bool:
    """Whether an event tells of what a source says, not of whether it is there."""
    word = word_of(event)
    is_said_again = word is Word.RESTORED and _head(event.before) == Word.CHANGED
    return is_said_again or word in (Word.CHANGED, Word.EDITED, Word.SETTLED)


def decide(
    rule: Rule, fact: Fact, earlier: Earlier, now: datetime, new_id: Callable[[], str]
) -> Decided:
    """Return the delivery that a rule wants of an event, and what becomes of earlier ones.

    1. What is in doubt, and what is an edit, is told or not, and touches nothing else.
    2. Earlier news that waits and says something else is dropped; repetitions of it end.
    3. What the notifier was told last, or waits to be told, is not told again. What was tried and
       may never have arrived counts as told only where it has to be taken back.
    4. News that takes back what was told, or tells another cause of it or that it matters more, is
       told, whatever the rule wants to hear.
    5. That it is there again is told by itself only where no news of its loss was dropped.
    """
    if fact.word in DOUBTS or fact.word is Word.EDITED:
        return Decided(_delivery(rule, fact, now, new_id) if _wants(rule, fact) else None)
    mine = [
        (delivery, event)
        for delivery, event in earlier
        if delivery.notifier == rule.notifier and word_of(event) not in DOUBTS
    ]
    changed = tuple(taken_back(mine, fact.event))
    told, perhaps = _told_last(mine)
    waits = any(d.is_open and adds_nothing(event, fact.event) for d, event in mine)
    is_told = told is not None and all(adds_nothing(e, fact.event) for e in (told, *perhaps))
    if waits or is_told:
        return Decided(None, changed)
    if any(_corrects(event, fact.event) for event in (told, *perhaps) if event is not None):
        return Decided(_delivery(rule, fact, now, new_id), changed)
    if fact.word is Word.RESTORED and (mine or _head(fact.event.before) in _UNEVENTFUL):
        return Decided(None, changed)
    return Decided(_delivery(rule, fact, now, new_id) if _wants(rule, fact) else None, changed)


def _told_last(mine: Earlier) -> tuple[Event | None, list[Event]]:
    """Return what was certainly told last, and what may have been told after it."""
    perhaps: list[Event] = []
    for delivery, event in reversed(mine):
        if delivery.was_told and delivery.may_have_been_told:
            return event, perhaps
        if delivery.may_have_been_told:
            perhaps.append(event)
    return None, perhaps


def settled_with(event: Event, of_source: Earlier) -> list[tuple[Delivery, Delivery]]:
    """Return what ends of the news of a source, when the last citation that it hit is settled."""
    same = [(d, told) for d, told in of_source if word_of(told) == _head(event.before)]
    return list(taken_back(same, event))


def adds_nothing(told: Event, event: Event) -> bool:
    """Whether news says what was told: the same word, no other cause, and it matters no more.

    A change after a change is written only when it is another one to those who were told. A cause
    that says no more than that nothing is found takes no better one back.
    """
    if word_of(told) is not word_of(event):
        return False
    if word_of(event) is Word.CHANGED:
        is_anew = _head(event.before) == Word.CHANGED
        is_worse = severity_of(told) is Severity.MINOR and severity_of(event) is Severity.MAJOR
        return not is_anew and not is_worse
    was, cause = _cause(told), _cause(event)
    return not was or not cause or was == cause or cause in _NOTHING_FOUND


def _head(word: str | None) -> str:
    return (word or "").partition(":")[0]


def _cause(event: Event) -> str:
    return event.after.partition(": ")[2]


def _wants(rule: Rule, fact: Fact) -> bool:
    if fact.word not in rule.words:
        return False
    if rule.severity is Severity.MAJOR and fact.severity is not Severity.MAJOR:
        return False
    if EVERY not in rule.platforms and fact.platform not in rule.platforms:
        return False
    return EVERY in rule.articles or not _folded(rule.articles).isdisjoint(map(fold, fact.articles))


@lru_cache(maxsize=64)  # of rules, which are the same for every event
def _folded(articles: frozenset[str]) -> frozenset[str]:
    """Return articles as all spellings of their addresses are alike; IDs stay as they are."""
    return frozenset(map(fold, articles))


def _corrects(told: Event, event: Event) -> bool:
    """Whether news takes back what was told: it is well again, never gone, or gone otherwise."""
    was, word = word_of(told), word_of(event)
    if word in (was, Word.RESTORED):
        return not adds_nothing(told, event)
    return was is Word.GONE and word not in (Word.SUSPECT, Word.SETTLED)


def taken_back(mine: Earlier, event: Event) -> Iterable[tuple[Delivery, Delivery]]:
    """Give the deliveries that wait or are repeated and say something else, as they end."""
    word = word_of(event)
    for delivery, earlier in mine:
        said = word_of(earlier)
        if adds_nothing(earlier, event):
            continue
        if delivery.is_open:
            note = f"{said} no longer held before it was told: now {word}"
            if said is word:
                note = "what was found since is told instead"
            dropped = replace(delivery, state=DeliveryState.DROPPED, next_try_at=None, note=note)
            yield delivery, dropped
        elif delivery.sent_at is not None and delivery.next_try_at is not None:
            note = f"not repeated: now {word if said is not word else event.after}"
            quiet = replace(delivery, state=DeliveryState.SENT, next_try_at=None, note=note)
            yield delivery, quiet


def key_of(event_id: str, notifier: str, repetition: int) -> str:
    """Return the idempotency key: one for each event, notifier and repetition."""
    return digest_of([event_id, notifier, str(repetition)])


def digest_of(parts: Iterable[str]) -> str:
    """Return the ID of a message that carries the deliveries with these keys."""
    return "msg_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _delivery(rule: Rule, fact: Fact, now: datetime, new_id: Callable[[], str]) -> Delivery:
    is_held = fact.looks < rule.looks
    return Delivery(
        id=new_id(),
        event_id=fact.event.id,
        notifier=rule.notifier,
        state=DeliveryState.HELD if is_held else DeliveryState.PENDING,
        key=key_of(fact.event.id, rule.notifier, 0),
        added_at=now,
        next_try_at=now + RECHECK if is_held else rule.due_from(now),
        note=_looks_wanted(fact.looks, rule) if is_held else None,
    )


def released(delivery: Delivery, rule: Rule, looks: int, now: datetime) -> Delivery:
    """Return a held delivery as it is after it was looked whether enough looks say so."""
    if looks < rule.looks:
        return replace(
            delivery,
            state=DeliveryState.HELD,
            next_try_at=now + RECHECK,
            note=_looks_wanted(looks, rule),
        )
    due_at = rule.digest.next_after(now) if rule.digest is not None else now
    return replace(delivery, state=DeliveryState.PENDING, next_try_at=due_at, note=None)


def _looks_wanted(looks: int, rule: Rule) -> str:
    return f"{looks} of {rule.looks} looks say so"


def after_telling(delivery: Delivery, rule: Rule, now: datetime) -> Delivery:
    """Return a delivery that was told, with its next repetition where the rule wants one."""
    told = replace(
        delivery,
        state=DeliveryState.SENT,
        sent_at=now,
        next_try_at=None,
        tries=delivery.tries + 1,
        note=None,
        tried_since=None,
    )
    if rule.repeat is None or (rule.repeats and delivery.repetition >= rule.repeats):
        return told
    repetition = delivery.repetition + 1
    key = key_of(delivery.event_id, delivery.notifier, repetition)
    return replace(told, next_try_at=now + rule.repeat, repetition=repetition, key=key, tries=0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a failing notifier is tried: waits double from ``first`` up to ``longest``."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(days=1)


def after_failing(
    delivery: Delivery, told: Told, now: datetime, patience: Patience, jitter: float
) -> Delivery:
    """Return a delivery that failed: to be tried after part of a doubled wait, or given up.

    What the notifier asked us to wait is waited at least, as long as it is not given up by then.
    ``jitter`` is a random number from 0 to 1.
    """
    tried = delivery.tried_since if delivery.tries else None  # waiting alone is no try
    since, note = tried or now, told.note or "it failed"
    failed = replace(delivery, tries=delivery.tries + 1, tried_since=since, note=note)
    last = since + patience.give_up
    if now >= last:
        return given_up(failed, f"given up after {failed.tries} tries: {note}")
    doubled: timedelta = patience.first * (1 << min(delivery.tries, 20))
    pause = min(doubled, patience.longest) * jitter
    asked = timedelta(seconds=told.wait_s or 0)
    due_at = min(now + max(pause, asked), last)
    return replace(failed, state=DeliveryState.PENDING, next_try_at=due_at)


def given_up(delivery: Delivery, note: str) -> Delivery:
    """Return a delivery that is not tried any more."""
    return replace(delivery, state=DeliveryState.FAILED, next_try_at=None, note=note)
