"""Both sides of a citation: what was seen as it was cited, what is seen now, and between what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archiver.flow.history import History
from archiver.judge.noise import NO_NOISE, Noise
from archiver.judge.quotes import check_quote
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.observation import Glimpse, KeptAnswer, Observation
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, Finding, FindingKind, Quote

CHECKED = 20  # distinct texts in which quoted words are looked for; each costs some milliseconds


@dataclass(frozen=True, slots=True)
class Side:
    """One side: the look or the outside archive's copy it rests on, and the capture beside it.

    ``capture`` of the side of now is the newest one: looks that saw nothing new make none.
    """

    at: datetime | None
    reading: Reading | None
    answers: tuple[KeptAnswer, ...] = ()
    observation: Observation | None = None
    capture: Capture | None = None
    memento: Memento | None = None


@dataclass(frozen=True, slots=True)
class Bracket:
    """Between what it happened: the last look before it, and the first after it, if known."""

    before: datetime | None = None
    after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of one citation.

    ``then`` is what it relied on, None where nothing was seen. ``bracket`` is of what the finding
    says happened. ``last_present`` is the newest look that showed the source. ``quote_diff`` is
    the word diff of the printed words alone, where they read differently. ``noise`` is what of the
    page differs by itself. ``relied_on`` is what was compared with now: the reading of ``then``, or
    the same bytes as today's extractor reads them.
    """

    then: Side | None = None
    now: Side | None = None
    bracket: Bracket = Bracket()
    last_present: datetime | None = None
    quote_diff: str | None = None
    noise: Noise = NO_NOISE
    relied_on: Reading | None = None


NO_SIDES = Sides()


async def sides_of(
    citation: Citation,
    finding: Finding,
    history: History,
    memento: Memento | None = None,
    noise: Noise = NO_NOISE,
) -> Sides:
    """Return both sides of a citation from what is stored."""
    then = await _then(finding.as_cited, history, memento)
    now = await _now(history)
    present = [look.at for look in history.glimpses if look.signal is Signal.PRESENT]
    return Sides(
        then=then,
        now=now,
        bracket=await _bracket(citation, finding, then, history),
        last_present=present[-1] if present else None,
        quote_diff=await asyncio.to_thread(_quote_diff, citation, finding, then, now),
        noise=noise,
    )


async def _then(pin: AsCited, history: History, memento: Memento | None) -> Side | None:
    if memento is not None:
        return Side(memento.at, memento.reading, memento.answers, memento=memento)
    look = await history.look(pin.observation_id)
    capture = next((one for one in history.captures if one.id == pin.capture_id), None)
    if look is None and capture is None:
        return None
    reading, answers = (look.reading, look.answers) if look is not None else (None, ())
    return Side(pin.at, reading, answers, look, capture)


async def _now(history: History) -> Side | None:
    capture = history.captures[-1] if history.captures else None
    look = await history.newest()
    if look is not None:
        return Side(look.at, look.reading, look.answers, look, capture)
    return Side(capture.started_at, None, capture=capture) if capture is not None else None


def _quote_diff(
    citation: Citation, finding: Finding, then: Side | None, now: Side | None
) -> str | None:
    if finding.quote is not Quote.ALTERED or now is None or now.reading is None:
        return None
    before = then.reading if then is not None else None
    return check_quote(citation.found, now.reading, before).diff or finding.diff


async def _bracket(
    citation: Citation, finding: Finding, then: Side | None, history: History
) -> Bracket:
    if finding.kind is FindingKind.CHANGED:
        return await _of_change(citation, finding, then, history)
    if finding.kind in (FindingKind.GONE, FindingKind.RESTRICTED, FindingKind.SUSPECT):
        return _of_absence(finding, history.glimpses)
    return Bracket()


def _of_absence(finding: Finding, looks: Sequence[Glimpse]) -> Bracket:
    """Return what the verdict tells; where it tells none, what the looks do."""
    verdict = finding.verdict
    if verdict is None:
        return Bracket()
    after = verdict.first_gone or verdict.since
    seen = [look.at for look in looks if look.signal is Signal.PRESENT and look.at < after]
    return Bracket(verdict.last_seen or (seen[-1] if seen else None), after)


async def _of_change(
    citation: Citation, finding: Finding, then: Side | None, history: History
) -> Bracket:
    """Return the last look that showed it as cited, and the first of those since that did not.

    Where the printed words changed, they are what is looked for: the rest of a page may be other
    text at each look. Nothing is told of what no look ever showed as cited.
    """
    if finding.quote in (Quote.ALTERED, Quote.MISSING):
        bracket = await _between(history.glimpses, _words_stand(citation, history))
        if bracket.before is not None:
            return bracket
    reading = then.reading if then is not None else None
    fingerprint = reading.fingerprint if reading is not None else None
    if fingerprint is None or finding.rule.endswith("_before_first_look"):
        return Bracket()
    bracket = await _between(history.glimpses, _reads_like(fingerprint))
    return bracket if bracket.before is not None else Bracket()


Asked = Callable[[Glimpse], Awaitable[bool | None]]
"""Tells whether a look showed the source as cited; None is "not told": stop."""


def _reads_like(fingerprint: str) -> Asked:
    async def reads(now: Glimpse) -> bool:
        return now.fingerprint == fingerprint

    return reads


def _words_stand(citation: Citation, history: History) -> Asked:
    """Look for the words in each text once; the looks that showed it are read one by one."""
    told: dict[str | None, bool] = {}

    async def stand(now: Glimpse) -> bool | None:
        mark = now.fingerprint
        if mark not in told:
            look = await history.look(now.id) if len(told) < CHECKED else None
            if look is None:
                return None
            check = await asyncio.to_thread(check_quote, citation.found, look.reading)
            told[mark] = check.quote is Quote.STANDS
        return told[mark]

    return stand


async def _between(looks: Sequence[Glimpse], is_as_cited: Asked) -> Bracket:
    """Go back from the newest look to the last that was as cited."""
    after: datetime | None = None
    for look in reversed(looks):
        if look.signal is not Signal.PRESENT or look.fingerprint is None:
            continue
        told = await is_as_cited(look)
        if told is None:
            break
        if told:
            return Bracket(look.at, after)
        after = look.at
    return Bracket(None, after)
