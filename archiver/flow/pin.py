"""Pin what a citation relied on; only a person's word pins it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.judge.findings import choose_as_cited
from archiver.model.capture import Capture, Gate
from archiver.model.citation import Citation
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind, VerdictKind

BY_ITSELF = "archiver"


async def pin_citations(source: Source, outside: Outside) -> None:
    """Pin every citation of the source that has no pin of its own capture yet.

    A citation first pinned to its printed words, because the source was away, is pinned to our
    own capture once there is one; no later visit moves it again.
    """
    citations = await outside.store.articles.citations_of(source.id)
    if not citations:
        return
    captures = await outside.store.captures.of(source.id)
    for citation in citations:
        standing = await pinned(citation, captures, outside)
        if standing is not None and standing.kind is AsCitedKind.CAPTURE:
            continue
        chosen = await choose(citation, captures, outside)
        if standing is None or chosen.kind is AsCitedKind.CAPTURE:
            await outside.store.pins.pin(citation.id, chosen, BY_ITSELF, outside.clock.now())


async def pinned(
    citation: Citation, captures: Sequence[Capture], outside: Outside
) -> AsCited | None:
    """Return the pin that counts, or None.

    A pin on a capture counts while it is of the citation's source (a person may have named
    another one since) and while its look has content to compare with.
    """
    newest = await outside.store.pins.newest(citation.id)
    if newest is None or newest.capture_id is None:
        return newest
    if newest.capture_id not in {kept.id for kept in captures}:
        return None
    if newest.note is not None or newest.observation_id is None:
        return newest
    reading = (await outside.store.looks.observation(newest.observation_id)).reading
    return newest if reading.fingerprint is not None else None


async def choose(citation: Citation, captures: Sequence[Capture], outside: Outside) -> AsCited:
    """Return what stands for the source as cited, by our captures or the article's own words."""
    looks = await outside.store.looks.of(citation.source_id) if citation.source_id else []
    return choose_as_cited(citation, captures, looks, await cited_on(citation, outside))


async def cited_on(citation: Citation, outside: Outside) -> date | None:
    """Return the day the article cited it, as near as the article tells.

    That is the article's own date; without one, the printed day of the post, which is the
    earliest it can have been. None when neither is known.
    """
    if not citation.article_id:
        return None
    article = await outside.store.articles.article(citation.article_id)
    return article.published_on or citation.found.posted_on


async def accept(citation: Citation, note: str, by: str, outside: Outside) -> AsCited:
    """Pin what the newest look showed: a person has seen the change and stands by the citation.

    What is there must be captured before it can be relied on. A source that is gone or
    restricted is accepted with the newest capture there is, or with none.

    Raises:
        InputError: no note, no source, no look, or what the newest look showed was not captured.
    """
    if not note.strip():
        message = "a note is needed: it says why the citation stands"
        raise InputError(message)
    if citation.source_id is None:
        message = f"citation {citation.id} has no source yet; name it with: archiver resolve"
        raise InputError(message)
    looks = await outside.store.looks.of(citation.source_id)
    if not looks:
        message = f"nobody has looked at citation {citation.id} yet: archiver audit {citation.id}"
        raise InputError(message)
    verdict = await outside.store.looks.verdict(citation.source_id)
    if verdict is not None and verdict.kind is VerdictKind.SUSPECT:
        message = "it is not certain yet what happened to it; accept it when later looks have told"
        raise InputError(message)
    captures = await outside.store.captures.of(citation.source_id)
    chosen = _showing(looks, [kept for kept in captures if kept.gate is Gate.ACCEPTED])
    if looks[-1].reading.signal is Signal.PRESENT and chosen is None:
        message = f"what is there now was not captured; do it with: archiver capture {citation.id}"
        raise InputError(message)
    before = await choose(citation, captures, outside)
    accepted = replace(before, note=note, at=looks[-1].at)
    if chosen is not None:
        kept, seen = chosen
        accepted = AsCited(
            AsCitedKind.CAPTURE,
            at=looks[-1].at,
            lag=_lag(kept, await cited_on(citation, outside)),
            capture_id=kept.id,
            observation_id=seen.id,
            note=note,
        )
    await outside.store.pins.pin(citation.id, accepted, by, outside.clock.now())
    return accepted


def _showing(
    looks: Sequence[Observation], accepted: Sequence[Capture]
) -> tuple[Capture, Observation] | None:
    """Return the newest accepted capture with its look, if it shows what the newest look did."""
    if not accepted:
        return None
    seen = next((look for look in looks if look.id == accepted[-1].observation_id), None)
    if seen is None or seen.reading.fingerprint != looks[-1].reading.fingerprint:
        return None
    return accepted[-1], seen


def _lag(kept: Capture, cited: date | None) -> timedelta | None:
    return kept.started_at.date() - cited if cited is not None else None
