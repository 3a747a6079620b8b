"""What stands for a source as the article relied on it: chosen once, and named for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from archiver.judge._standing import Look, Standing, looks_of
from archiver.judge.copies import is_comparable
from archiver.judge.quotes import printed_words, quoted_words
from archiver.judge.selectors import selector_of
from archiver.model.capture import Capture, Gate
from archiver.model.citation import Citation, FoundCitation
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.seen import Seen
from archiver.model.selector import TextQuote
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, AsCitedKind

PROMPT = timedelta(days=1)  # a first look within a day of citing needs no caveat


def choose_as_cited(
    citation: Citation,
    own: AsCited | None,
    ours: Reading | None,
    cited_on: date | None,
    mementos: Sequence[Memento] = (),
) -> AsCited:
    """Choose what stands for the source as the article relied on it.

    The archived copy that the citation itself names; else ``own``, the first capture of ours that
    counts, or an outside archive's copy that is nearer to the cited day and can be compared with
    ``ours``, the reading of its look; else the words the article prints; else nothing. The lag is
    the time from the day it was cited to the day it was seen, negative for a copy from before it.
    """
    shown = [memento for memento in mementos if _shows_source(memento.reading)]
    named = next((memento for memento in shown if is_cited_copy(citation, memento)), None)
    if named is not None:
        return _of_memento(named, cited_on)
    copy = _nearest(_comparable(shown, ours), cited_on)
    if own is not None and (copy is None or not is_nearer(copy, own)):
        return own
    if copy is not None:
        return copy
    if printed_words(citation.found) is not None:
        return AsCited(AsCitedKind.PRINTED)
    return AsCited(AsCitedKind.NONE)


def selectors_of(found: FoundCitation, reading: Reading) -> tuple[TextQuote, ...]:
    """Return where the words that an article quotes of a source stand in a reading of it."""
    if reading.post is not None:
        text = reading.post.words
    else:
        text = reading.page.visible if reading.page is not None else ""
    printed = printed_words(found)
    words = (printed,) if printed is not None else quoted_words(found, reading)
    placed = (selector_of(one, text) for one in words)
    return tuple(one for one in placed if one is not None)


def is_nearer(one: AsCited, other: AsCited) -> bool:
    """Tell whether one was seen nearer to the cited day; never, when that day is unknown."""
    if one.lag is None or other.lag is None:
        return False
    return abs(one.lag) < abs(other.lag)


def is_cited_copy(citation: Citation, memento: Memento) -> bool:
    """Tell whether a memento is the archived copy that a citation names in place of the original.

    A copy that was asked for by a time may have come as the one nearest to it.
    """
    cited = citation.found.memento
    if cited is None or cited.archive != memento.archive:
        return False
    return cited.url == memento.url or (
        cited.at is not None and abs(memento.at - cited.at) <= PROMPT
    )


def first_capture(
    captures: Sequence[Capture], looks: Sequence[Seen], cited_on: date | None
) -> AsCited | None:
    """Return our own first accepted capture whose look showed the source, with content to compare.

    None when there is no such capture.
    """
    showed = {look.seen.id for look in looks_of(looks) if _shows(look)}
    proofs = [
        capture
        for capture in captures
        if capture.gate is Gate.ACCEPTED and capture.observation_id in showed
    ]
    if not proofs:
        return None
    first = min(proofs, key=lambda capture: (capture.started_at, capture.id))
    return AsCited(
        kind=AsCitedKind.CAPTURE,
        at=first.started_at,
        lag=_lag(first.started_at, cited_on),
        capture_id=first.id,
        observation_id=first.observation_id,
    )


def _comparable(mementos: Sequence[Memento], ours: Reading | None) -> list[Memento]:
    """Return the copies that may take the place of our own capture; all, when there is none.

    One that can be compared with nothing would hide what changed since our first look.
    """
    return [one for one in mementos if ours is None or is_comparable(one.reading, ours)]


def _nearest(mementos: Sequence[Memento], cited_on: date | None) -> AsCited | None:
    """Return the copy nearest to the cited day; the oldest, when that day is unknown."""
    copies = [_of_memento(one, cited_on) for one in sorted(mementos, key=lambda one: one.at)]
    return min(copies, key=lambda one: abs(one.lag or timedelta()), default=None)


def _of_memento(memento: Memento, cited_on: date | None) -> AsCited:
    return AsCited(
        kind=AsCitedKind.MEMENTO,
        at=memento.at,
        lag=_lag(memento.at, cited_on),
        memento_id=memento.id,
    )


def _shows_source(reading: Reading) -> bool:
    return reading.signal is Signal.PRESENT and reading.fingerprint is not None


def _shows(look: Look) -> bool:
    """Tell whether a look showed the source itself: no home page, no answer that broke off."""
    return look.standing is Standing.SERVED and look.seen.has_content


def _lag(seen_at: datetime, cited_on: date | None) -> timedelta | None:
    return seen_at.astimezone(UTC).date() - cited_on if cited_on is not None else None
