"""Look at a source once and keep what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.flow.inquire import drive
from archiver.flow.keep import keep_answer
from archiver.flow.outside import Outside
from archiver.judge.events import events_of_look
from archiver.judge.timetable import next_due
from archiver.judge.verdicts import judge
from archiver.model.inquiry import Answer, Reading
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict
from archiver.platforms import platform
from archiver.ports import Claim

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

    1. Ask the platform; whatever comes back is an answer.
    2. Keep the body of every answer by its hash.
    3. Judge the source by all its observations, this one the newest.
    4. Say what changed against the verdict before.
    5. Work out when to look next.
    6. Commit all of it in one transaction.

    Raises:
        ClaimError: another worker took the source over; nothing was kept but loose bytes.
        StoreError: nothing was kept; look again.
    """
    at = outside.clock.now()
    earlier = await outside.store.looks.of(source.id)
    shown = _last_shown(earlier)
    inquired = await drive(
        platform(source.ref.platform).inquire(source.ref, shown), outside.fetcher
    )
    kept = [await keep_answer(answer, outside.files) for answer in inquired.answers]
    observation = Observation(
        id=outside.new_id(),
        source_id=source.id,
        at=at,
        reading=inquired.result,
        answers=tuple(kept),
        vantage=outside.vantage,
    )
    verdict = judge([*earlier, observation])
    before = await outside.store.looks.verdict(source.id)
    events = events_of_look(
        before,
        verdict,
        seen=shown,
        now=inquired.result,
        source_id=source.id,
        at=at,
        new_id=outside.new_id,
    )
    due_at = next_due(source, verdict, inquired.result, at, outside.timetable)
    await outside.store.looks.keep(claim, observation, verdict, events, due_at)
    return Look(source, observation, verdict, inquired.answers)


def _last_shown(earlier: Sequence[Observation]) -> Reading | None:
    shown = (seen.reading for seen in reversed(earlier) if seen.reading.signal is Signal.PRESENT)
    return next(shown, None)
