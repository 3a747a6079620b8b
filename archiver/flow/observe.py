"""Look at a source once and keep what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archiver.flow.around import PAGES, around
from archiver.flow.inquire import Inquired, drive
from archiver.flow.keep import keep_answer
from archiver.flow.outside import Outside
from archiver.flow.patience import CLOCK_ERROR
from archiver.judge.around import ended_at, needs_another_road
from archiver.judge.budget import pulled_forward, within_budget
from archiver.judge.events import events_of_look
from archiver.judge.features import features_of, is_packed_now, packed
from archiver.judge.rate import rate_of
from archiver.judge.retry_after import retry_after_of
from archiver.judge.timetable import Past, next_due
from archiver.judge.verdicts import TOMBSTONES, Around, Confirmation, judge
from archiver.model.inquiry import Answer, Reading
from archiver.model.observation import Observation
from archiver.model.seen import Seen, seen_of
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict, VerdictKind
from archiver.platforms import platform
from archiver.platforms.web import second_opinion
from archiver.ports import Claim, Digest

DAY = timedelta(days=1)

_THERE = frozenset({VerdictKind.PRESENT, VerdictKind.MOVED, VerdictKind.RESTRICTED})
"""Verdicts of what another deletion at its account may be news of."""

UNANSWERED = frozenset({Signal.OFFLINE, Signal.REFUSED, Signal.UNREACHABLE, Signal.NO_HOST})
"""Signals without an answer of the source's own: there is nothing to capture."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look just made: what was kept, and the raw answers for a capture that follows."""

    source: Source
    observation: Observation
    verdict: Verdict
    answers: tuple[Answer, ...]


async def observe(source: Source, claim: Claim, outside: Outside) -> Look:
    """Look at a source and keep the observation, what it amounts to, and when to look again.

    1. Ask the platform; whatever comes back is an answer. When a page's absence is about to count,
       ask the browser, too.
    2. Keep the body of every answer by its hash.
    3. Judge the source by all its looks, this one the newest, and by those at its neighbours.
    4. Say what changed against the verdict before.
    5. Work out when to look next.
    6. Commit all of it in one transaction.
    7. After a deletion, look soon at the other posts of that account.

    Raises:
        ClaimError: another worker took the source over; nothing was kept but loose bytes.
        StoreError: nothing was kept; look again.
    """
    at = outside.clock.now()
    known = await outside.store.features.known(source.id)
    earlier, before = _believable(known.seen, at), known.verdict
    shown = known.shown.reading if known.shown is not None else None
    inquired = await drive(
        platform(source.ref.platform).inquire(source.ref, shown), outside.fetcher
    )
    observation = await _observation(source, at, inquired, outside)
    surroundings = await around(source, [*earlier, seen_of(observation)], outside)
    if _wants_browser(source, [*earlier, seen_of(observation)], surroundings, outside):
        inquired = await _asked_again(source, inquired, outside)
        observation = await _observation(source, at, inquired, outside, observation.id)
    seen, verdict = await asyncio.to_thread(
        _judged, observation, earlier, known.shown, surroundings, outside.confirmation, source
    )
    events = events_of_look(
        before,
        verdict,
        seen=shown,
        now=observation.reading,
        source_id=source.id,
        at=at,
        new_id=outside.new_id,
    )
    due_at = await _due(source, verdict, observation, [*earlier, seen], shown, outside)
    digest = Digest(seen, ended_at(seen), _author(source, observation.reading))
    await outside.store.looks.keep(claim, observation, verdict, events, due_at, digest)
    outside.meter.count(
        "observations_total",
        platform=source.ref.platform,
        signal=observation.reading.signal.value,
    )
    if _is_news_of_account(before, verdict):
        await _pull_forward(source, digest.author, at, outside)
    return Look(source, observation, verdict, inquired.answers)


def _believable(looks: Sequence[Seen], now: datetime) -> list[Seen]:
    """Return the looks without those of a time that is still to come: our clock was wrong then.

    They stay stored, and count again once that time has come: behind all that was seen till then.
    """
    return [look for look in looks if look.at <= now + CLOCK_ERROR]


def _judged(
    observation: Observation,
    earlier: Sequence[Seen],
    shown: Observation | None,
    surroundings: Around,
    confirmation: Confirmation,
    source: Source,
) -> tuple[Seen, Verdict]:
    """Return the digest of a look and what all looks amount to; takes some milliseconds."""
    seen = _digest_beside(observation, shown, earlier)
    verdict = judge(
        [*earlier, seen],
        platform=source.ref.platform,
        around=surroundings,
        confirmation=confirmation,
    )
    return seen, verdict


def digest_of(observation: Observation) -> Seen:
    """Return what judging needs of a look, with the features of its page made."""
    seen = seen_of(observation)
    if seen.page is None:
        return seen
    return replace(seen, features=packed(features_of(seen.page)))


def _digest_beside(
    observation: Observation, shown: Observation | None, earlier: Sequence[Seen]
) -> Seen:
    """Return the same as :func:`digest_of`: of a page shown before with the features kept then."""
    page = observation.reading.page
    if page is None or shown is None or shown.reading.page != page:
        return digest_of(observation)
    seen = seen_of(observation)
    kept = next((look for look in reversed(earlier) if look.id == shown.id), None)
    # Another extractor may have read that look again since.
    if kept is None or kept.form != seen.form or not is_packed_now(kept.features or ""):
        return digest_of(observation)
    return replace(seen, features=kept.features)


async def _observation(
    source: Source,
    at: datetime,
    inquired: Inquired[Reading],
    outside: Outside,
    known_as: str | None = None,
) -> Observation:
    """Keep the bodies of the answers, and return what was seen; it is not stored yet."""
    return Observation(
        id=known_as or outside.new_id(),
        source_id=source.id,
        at=at,
        reading=inquired.result,
        answers=tuple([await keep_answer(one, outside.files) for one in inquired.answers]),
        vantage=outside.vantage,
    )


def _wants_browser(
    source: Source, seen: Sequence[Seen], surroundings: Around, outside: Outside
) -> bool:
    is_page = source.ref.platform == PAGES
    return is_page and needs_another_road(seen, surroundings, outside.confirmation)


async def _asked_again(
    source: Source, inquired: Inquired[Reading], outside: Outside
) -> Inquired[Reading]:
    """Ask the browser for a page that the plain request did not find."""
    second = await drive(second_opinion(source.ref.url, inquired.result), outside.fetcher)
    return Inquired(second.result, (*inquired.answers, *second.answers))


async def _due(
    source: Source,
    verdict: Verdict,
    now: Observation,
    looks: Sequence[Seen],
    shown: Reading | None,
    outside: Outside,
) -> datetime:
    """Return when to look next, within what its host may be asked."""
    asked_to_wait = retry_after_of(now.answers, now.at)
    due_at = next_due(
        source,
        verdict,
        now.reading,
        now.at,
        outside.timetable,
        past=Past(shown, rate_of(looks)),
        retry_after=asked_to_wait,
    )
    host = source.ref.host
    if host is not None and asked_to_wait is not None:
        wait = min(asked_to_wait, outside.timetable.retry_cap)
        await outside.store.sources.hold_host(host, now.at, wait)
    return due_at if host is None else await _within_budget(due_at, host, outside)


async def _within_budget(due_at: datetime, host: str, outside: Outside) -> datetime:
    """Return the next free moment of a host; all that is planned a day round it is known."""
    until = due_at + DAY
    while True:
        busy = await outside.store.sources.busy(host, due_at - DAY, until)
        free = within_budget(due_at, busy, outside.timetable.budget)
        if free + DAY <= until:
            return free
        until = free + 2 * DAY


def _author(source: Source, reading: Reading) -> str | None:
    """Name the account behind a post, as far as the look told it."""
    post = reading.post
    if post is None or post.author_id is None:
        return None
    return f"{source.ref.platform}:{post.author_id}"


def _is_news_of_account(before: Verdict | None, after: Verdict) -> bool:
    """Tell whether a post was there before, and its platform says now that it is gone."""
    lost = after.cause in TOMBSTONES and after.kind in (VerdictKind.SUSPECT, VerdictKind.GONE)
    return lost and (before is None or before.cause != after.cause)


def _may_be_lost(verdict: Verdict | None) -> bool:
    return verdict is None or verdict.kind in _THERE


async def _pull_forward(source: Source, told: str | None, at: datetime, outside: Outside) -> None:
    """Look soon at the other posts of an account that lost one: deletions come in masses.

    One that is known to be missing waits for its own turn, and so does one behind a wall.
    """
    author = told or await outside.store.sources.author(source.id)
    if author is None:
        return
    others = [one for one in await outside.store.sources.of_author(author) if one.id != source.id]
    verdicts = await outside.store.looks.verdicts([one.id for one in others])
    waiting = (one for one in others if _may_be_lost(verdicts.get(one.id)))
    for number, other in enumerate(waiting):
        soon = pulled_forward(at, number, outside.timetable.pull_spread)
        if other.next_due_at is None or other.next_due_at > soon:
            await outside.store.sources.schedule(other.id, soon)
