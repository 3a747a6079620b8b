"""Follow a synthetic web by a timetable: the real next look and the real verdict, look by look."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from archiver.judge.budget import pulled_forward
from archiver.judge.rate import RECENT, Print, estimate
from archiver.judge.timetable import Past, Timetable, next_due
from archiver.judge.verdicts import TOMBSTONES, judge
from archiver.model.inquiry import Ask, Outcome, Reading
from archiver.model.observation import KeptAnswer, Observation, Vantage
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind
from archiver.simulation.events import events_of
from archiver.simulation.found import GRACE, Event, Tally, What
from archiver.simulation.spells import Spell, Spells
from archiver.simulation.web import START, Kind, Life, Web

_FROM = Vantage("simulation", "en", "UTC", "simulation")
_REPEATABLE = frozenset(
    {Signal.PRESENT, Signal.WALL, Signal.LOGIN, Signal.RATE_LIMITED, Signal.OFFLINE}
)
"""Of a run of these only the first and the last look weigh in a verdict."""
_STATUSES = {
    Signal.SOFT_404: 200,
    Signal.PARKED: 200,
    Signal.NOT_FOUND: 404,
    Signal.GONE: 410,
    Signal.SERVER_ERROR: 503,
    Signal.WALL: 403,
}


def follow(web: Web, table: Timetable) -> Tally:
    """Follow every source of a web and return what was found."""
    tally = Tally("timetable", len(web.lives) * web.span / timedelta(days=365).total_seconds())
    for group in web.groups:
        _follow_group(group, web, table, tally)
    return tally


def _follow_group(group: tuple[Life, ...], web: Web, table: Timetable, tally: Tally) -> None:
    """Follow the sources of one account or host, whose looks may pull one another forward."""
    watches = [_Watch(life, web.ours, table, tally, life.added + web.span) for life in group]
    due = [watch.life.added for watch in watches]
    queue = [(at, place) for place, at in enumerate(due)]
    heapq.heapify(queue)
    while queue:
        at, place = heapq.heappop(queue)
        watch = watches[place]
        if at != due[place] or watch.is_over(at):
            continue
        due[place] = watch.look(at)
        heapq.heappush(queue, (due[place], place))
        if watch.has_just_lost_a_post:
            others = [other for other in range(len(group)) if other != place]
            for index, other in enumerate(others):
                sooner = _seconds(pulled_forward(_time(at), index, table.pull_spread))
                if watches[other].is_watched and sooner < due[other]:
                    due[other] = sooner
                    heapq.heappush(queue, (sooner, other))


@dataclass(slots=True)
class _Watch:
    """What is known of one source so far, and what it did not know yet."""

    life: Life
    ours: Spells
    table: Timetable
    tally: Tally
    end: float
    observations: list[Observation] = field(default_factory=list)
    prints: list[Print] = field(default_factory=list)
    verdict: Verdict | None = None
    last_seen_at: float | None = None
    has_just_lost_a_post: bool = False
    events: list[Event] = field(default_factory=list)
    unseen: int = 0

    def __post_init__(self) -> None:
        self.events = events_of(self.life, self.end)
        self.tally.events += self.events

    def is_over(self, time: float) -> bool:
        """Tell whether the time is up and nothing waits to be seen or confirmed any more."""
        if time < self.end:
            return False
        waiting = self.unseen < len(self.events) or (
            self.verdict is not None and self.verdict.kind is VerdictKind.SUSPECT
        )
        return not waiting or time >= self.end + GRACE

    @property
    def is_watched(self) -> bool:
        """True for what is not lost already, as far as was seen."""
        return self.verdict is not None and self.verdict.kind is VerdictKind.PRESENT

    def look(self, time: float) -> float:
        """Look once and return when to look again; looks after the time is up cost nothing."""
        self.tally.looks += time < self.end
        at = _time(time)
        spell = self.life.answer(time, self.ours)
        reading = self.life.shown if spell is None else _reading(spell.signal, spell.confirmed)
        before = self.verdict
        self.verdict = verdict = self._judged(at, reading)
        self._note_seen(time, spell)
        self._note_verdict(time, before, verdict, reading)
        due = next_due(
            self.life.source, verdict, reading, at, self.table, past=self._past(at, time, spell)
        )
        return _seconds(due)

    def _judged(self, at: datetime, reading: Reading) -> Verdict:
        seen = self.observations
        answers = _answers(reading.signal, len(seen) > 0 and _is_absence(seen[-1].reading.signal))
        look = Observation(
            id=f"{at:%y%j%H%M%S%f}",
            source_id=self.life.source.id,
            at=at,
            reading=reading,
            answers=answers,
            vantage=_FROM,
        )
        signal = reading.signal
        if signal in _REPEATABLE and [one.reading.signal for one in seen[-2:]] == [signal] * 2:
            seen.pop()
        seen.append(look)
        known = self.verdict
        if known and known.kind is VerdictKind.PRESENT and reading.signal is Signal.PRESENT:
            return known  # a run of looks that show it goes on: what judge would say again
        return judge(seen)

    def _past(self, at: datetime, time: float, spell: Spell | None) -> Past:
        if self.life.kind is Kind.POSTS:
            return Past(self.life.shown)
        if spell is None:
            self.prints.append((at, self.life.version(time)))
            del self.prints[:-RECENT]
        return Past(self.life.shown, estimate(self.prints)) if self.prints else Past()

    def _note_seen(self, time: float, spell: Spell | None) -> None:
        """Note which events this look was the first to show, and which nothing will show now."""
        truly_gone = spell is not None and self.life.absences.at(time) is spell
        while self.unseen < len(self.events) and self.events[self.unseen].at <= time:
            event = self.events[self.unseen]
            is_removal = event.what is What.REMOVED
            if time < event.until and (truly_gone if is_removal else spell is None):
                event.seen_at, event.last_seen_at = time, self.last_seen_at
            elif time < event.until and (is_removal or not truly_gone):
                break  # something hides it; it may show yet
            self.unseen += 1
        if spell is None:
            self.last_seen_at = time

    def _note_verdict(
        self, time: float, before: Verdict | None, after: Verdict, reading: Reading
    ) -> None:
        was_gone = before is not None and before.kind is VerdictKind.GONE
        self.has_just_lost_a_post = (
            self.life.kind is Kind.POSTS
            and reading.signal in TOMBSTONES
            and (before is None or before.kind is VerdictKind.PRESENT)
        )
        absence = self.life.absences.at(time)
        if self._is_first_doubt(before, after):
            self.tally.doubted[absence is not None] += 1
        if after.kind is not VerdictKind.GONE or was_gone:
            return
        if absence is None:
            why = "flapping" if self.life.blinks.at(time) else "an outage"
            self.tally.wrongly[f"{why}, {after.rule}, {after.cause}"] += 1
            return
        self.tally.rightly[f"{after.rule}, {after.cause}"] += 1
        for event in self.events:
            if event.what is What.REMOVED and event.at == absence.start:
                event.confirmed_at = event.confirmed_at or time

    @staticmethod
    def _is_first_doubt(before: Verdict | None, after: Verdict) -> bool:
        absent = (VerdictKind.SUSPECT, VerdictKind.GONE)
        return after.kind in absent and (before is None or before.kind not in absent)


@cache
def _reading(signal: Signal, confirmed: bool) -> Reading:  # noqa: FBT001 - a pair to cache by
    return Reading(signal, f"It is {signal}.", confirmed=confirmed)


def _is_absence(signal: Signal) -> bool:
    return signal not in _REPEATABLE


@cache
def _answers(signal: Signal, again: bool) -> tuple[KeptAnswer, ...]:  # noqa: FBT001 - see above
    """Return the answers behind a look; a look at what was not there before renders it, too."""
    if signal is Signal.PRESENT:
        return ()
    first = KeptAnswer(
        url="https://simulated.example/",
        final_url="https://simulated.example/",
        ask=Ask.HTTP,
        outcome=Outcome.ANSWERED if signal in _STATUSES else Outcome.UNREACHABLE,
        at=START,
        status=_STATUSES.get(signal),
        headers=(),
        body_sha256=None,
        body_bytes=0,
    )
    if not again:
        return (first,)
    rendered = KeptAnswer(
        url=first.url,
        final_url=first.final_url,
        ask=Ask.RENDER,
        outcome=first.outcome,
        at=START,
        status=first.status,
        headers=(),
        body_sha256=None,
        body_bytes=0,
    )
    return (first, rendered)


def _time(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _seconds(at: datetime) -> float:
    return (at - START).total_seconds()
