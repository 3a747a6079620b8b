"""Both sides of a citation: what was seen as it was cited, what is seen now, and between what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archiver.judge.noise import NO_NOISE, Noise
from archiver.judge.quotes import check_quote
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.observation import KeptAnswer, Observation
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


def sides_of(
    citation: Citation,
    finding: Finding,
    looks: Sequence[Observation],
    captures: Sequence[Capture],
    memento: Memento | None = None,
    noise: Noise = NO_NOISE,
) -> Sides:
    """Return both sides of a citation from what is stored; oldest looks and captures first."""
    then = _then(finding.as_cited, looks, captures, memento)
    now = _now(looks, captures)
    present = [look.at for look in looks if look.reading.signal is Signal.PRESENT]
    return Sides(
        then=then,
        now=now,
        bracket=_bracket(citation, finding, then, looks),
        last_present=present[-1] if present else None,
        quote_diff=_quote_diff(citation, finding, then, now),
        noise=noise,
    )


def _then(
    pin: AsCited,
    looks: Sequence[Observation],
    captures: Sequence[Capture],
    memento: Memento | None,
) -> Side | None:
    if memento is not None:
        return Side(memento.at, memento.reading, memento.answers, memento=memento)
    look = next((one for one in looks if one.id == pin.observation_id), None)
    capture = next((one for one in captures if one.id == pin.capture_id), None)
    if look is None and capture is None:
        return None
    reading, answers = (look.reading, look.answers) if look is not None else (None, ())
    return Side(pin.at, reading, answers, look, capture)


def _now(looks: Sequence[Observation], captures: Sequence[Capture]) -> Side | None:
    capture = captures[-1] if captures else None
    if looks:
        look = looks[-1]
        return Side(look.at, look.reading, look.answers, look, capture)
    return Side(capture.started_at, None, capture=capture) if capture is not None else None


def _quote_diff(
    citation: Citation, finding: Finding, then: Side | None, now: Side | None
) -> str | None:
    if finding.quote is not Quote.ALTERED or now is None or now.reading is None:
        return None
    before = then.reading if then is not None else None
    return check_quote(citation.found, now.reading, before).diff or finding.diff


def _bracket(
    citation: Citation, finding: Finding, then: Side | None, looks: Sequence[Observation]
) -> Bracket:
    if finding.kind is FindingKind.CHANGED:
        return _of_change(citation, finding, then, looks)
    if finding.kind in (FindingKind.GONE, FindingKind.RESTRICTED, FindingKind.SUSPECT):
        return _of_absence(finding, looks)
    return Bracket()


def _of_absence(finding: Finding, looks: Sequence[Observation]) -> Bracket:
    """Return what the verdict tells; where it tells none, what the looks do."""
    verdict = finding.verdict
    if verdict is None:
        return Bracket()
    after = verdict.first_gone or verdict.since
    seen = [look.at for look in looks if look.reading.signal is Signal.PRESENT and look.at < after]
    return Bracket(verdict.last_seen or (seen[-1] if seen else None), after)


def _of_change(
    citation: Citation, finding: Finding, then: Side | None, looks: Sequence[Observation]
) -> Bracket:
    """Return the last look that showed it as cited, and the first of those since that did not.

    Where the printed words changed, they are what is looked for: the rest of a page may be other
    text at each look. Nothing is told of what no look ever showed as cited.
    """
    if finding.quote in (Quote.ALTERED, Quote.MISSING):
        bracket = _between(looks, _words_stand(citation))
        if bracket.before is not None:
            return bracket
    reading = then.reading if then is not None else None
    fingerprint = reading.fingerprint if reading is not None else None
    if fingerprint is None or finding.rule.endswith("_before_first_look"):
        return Bracket()
    bracket = _between(looks, lambda now: now.fingerprint == fingerprint)
    return bracket if bracket.before is not None else Bracket()


def _words_stand(citation: Citation) -> Callable[[Reading], bool | None]:
    told: dict[str | None, bool] = {}

    def stand(now: Reading) -> bool | None:
        mark = now.fingerprint
        if mark not in told:
            if len(told) >= CHECKED:
                return None
            told[mark] = check_quote(citation.found, now).quote is Quote.STANDS
        return told[mark]

    return stand


def _between(
    looks: Sequence[Observation], is_as_cited: Callable[[Reading], bool | None]
) -> Bracket:
    """Go back from the newest look to the last that was as cited; None is "not told": stop."""
    after: datetime | None = None
    for look in reversed(looks):
        if look.reading.signal is not Signal.PRESENT or look.reading.fingerprint is None:
            continue
        told = is_as_cited(look.reading)
        if told is None:
            break
        if told:
            return Bracket(look.at, after)
        after = look.at
    return Bracket(None, after)
