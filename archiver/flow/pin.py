"""Pin what a citation relied on; only a person's word pins it again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from archiver.errors import InputError
from archiver.flow.cited import cited_on
from archiver.flow.history import History, history_of
from archiver.flow.outside import Outside
from archiver.judge.pins import (
    choose_as_cited,
    first_capture,
    is_cited_copy,
    is_nearer,
    selectors_of,
)
from archiver.model.capture import Capture, Gate
from archiver.model.citation import Citation
from archiver.model.memento import Memento
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind, VerdictKind

BY_ITSELF = "archiver"
SEEN = frozenset({AsCitedKind.CAPTURE, AsCitedKind.MEMENTO})
"""Kinds of pins on something that was seen, by us or by an outside archive."""


async def pin_citations(source: Source, outside: Outside) -> list[Citation]:
    """Pin every citation of the source to what it relied on, as near to the cited day as we have.

    Returns the citations.

    A citation first pinned to its printed words, because the source was away, is pinned to our
    own capture or an outside archive's copy once there is one. After that only what was seen
    nearer to the cited day moves it, or our own capture where the copy compares with no look of
    ours; nothing moves a person's pin: no later visit does.
    """
    citations = await outside.store.articles.citations_of(source.id)
    if not citations:
        return []
    history = await history_of(source.id, outside)
    for citation in citations:
        newest = await outside.store.pins.newest(citation.id)
        standing = await counting(newest, citation, history, outside)
        chosen = await choose(citation, history, outside)
        if standing is None or await _moves(standing, chosen, citation, outside):
            placed = await _with_selectors(chosen, citation, outside)
            # Whoever pinned it meanwhile, a person perhaps, knew more: that pin stays.
            now = outside.clock.now()
            await outside.store.pins.move(citation.id, placed, BY_ITSELF, now, read=newest)
    return citations


async def _with_selectors(pin: AsCited, citation: Citation, outside: Outside) -> AsCited:
    """Return a pin with the places of the words that the article quotes, in what is pinned."""
    memento = await memento_of(pin, citation, outside)
    reading = memento.reading if memento is not None else None
    if reading is None and pin.observation_id is not None:
        reading = (await outside.store.looks.observation(pin.observation_id)).reading
    if reading is None:
        return pin
    return replace(pin, selectors=await asyncio.to_thread(selectors_of, citation.found, reading))


async def _moves(standing: AsCited, chosen: AsCited, citation: Citation, outside: Outside) -> bool:
    """Tell whether a pin gives way to another one."""
    if standing.note is not None or chosen.kind not in SEEN:
        return False
    if standing.kind not in SEEN:
        return True
    if (standing.capture_id, standing.memento_id) == (chosen.capture_id, chosen.memento_id):
        return False
    if chosen.memento_id is not None:
        copy = await outside.store.mementos.memento(chosen.memento_id)
        if is_cited_copy(citation, copy):
            return True
    # Our own capture is chosen before a nearer copy only if that copy compares with no look.
    is_in_place = standing.memento_id is not None and chosen.capture_id is not None
    return is_nearer(chosen, standing) or (is_in_place and is_nearer(standing, chosen))


async def pinned(citation: Citation, history: History, outside: Outside) -> AsCited | None:
    """Return the pin that counts, or None."""
    newest = await outside.store.pins.newest(citation.id)
    return await counting(newest, citation, history, outside)


async def counting(
    newest: AsCited | None, citation: Citation, history: History, outside: Outside
) -> AsCited | None:
    """Return the newest pin if it counts.

    A pin on a capture or a memento counts while it is of the citation's source (a person may have
    named another one since), and one on a capture while its look has content to compare with.
    """
    if newest is None:
        return None
    if newest.memento_id is not None:
        return newest if await memento_of(newest, citation, outside) is not None else None
    if newest.capture_id is None:
        return newest
    if newest.capture_id not in {kept.id for kept in history.captures}:
        return None
    if newest.note is not None or newest.observation_id is None:
        return newest
    seen = await history.look(newest.observation_id)
    return newest if seen is not None and seen.reading.fingerprint is not None else None


async def memento_of(pin: AsCited, citation: Citation, outside: Outside) -> Memento | None:
    """Return the memento that a pin points at, as long as it is of the citation's source."""
    if pin.memento_id is None or pin.capture_id is not None:
        return None
    memento = await outside.store.mementos.memento(pin.memento_id)
    return memento if memento.source_id == citation.source_id else None


async def choose(citation: Citation, history: History | None, outside: Outside) -> AsCited:
    """Return what stands for the source as cited: a capture, a memento, or the printed words.

    ``history`` is that of its source, None while nobody knows which that is.
    """
    source_id = citation.source_id
    if source_id is None or history is None:
        return choose_as_cited(citation, None, None, None)
    day = await cited_on(citation, outside)
    own = first_capture(history.captures, await history.seen(source_id, outside), day)
    mementos = await history.mementos(source_id, outside)
    ours = await history.look(own.observation_id) if own is not None and mementos else None
    return choose_as_cited(citation, own, ours.reading if ours else None, day, mementos)


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
    history = await history_of(citation.source_id, outside)
    newest = await history.newest()
    if newest is None:
        message = f"nobody has looked at citation {citation.id} yet: archiver audit {citation.id}"
        raise InputError(message)
    if history.verdict is not None and history.verdict.kind is VerdictKind.SUSPECT:
        message = "it is not certain yet what happened to it; accept it when later looks have told"
        raise InputError(message)
    chosen = await _showing(newest, history)
    if newest.reading.signal is Signal.PRESENT and chosen is None:
        message = f"what is there now was not captured; do it with: archiver capture {citation.id}"
        raise InputError(message)
    before = await choose(citation, history, outside)
    accepted = replace(before, note=note, at=newest.at)
    if chosen is not None:
        kept, seen = chosen
        accepted = AsCited(
            AsCitedKind.CAPTURE,
            at=newest.at,
            lag=_lag(kept, await cited_on(citation, outside)),
            capture_id=kept.id,
            observation_id=seen.id,
            note=note,
        )
    placed = await _with_selectors(accepted, citation, outside)
    await outside.store.pins.pin(citation.id, placed, by, outside.clock.now())
    return placed


async def _showing(newest: Observation, history: History) -> tuple[Capture, Observation] | None:
    """Return the newest accepted capture with its look, if it shows what the newest look did."""
    accepted = [kept for kept in history.captures if kept.gate is Gate.ACCEPTED]
    if not accepted:
        return None
    seen = await history.look(accepted[-1].observation_id)
    if seen is None or seen.reading.fingerprint != newest.reading.fingerprint:
        return None
    return accepted[-1], seen


def _lag(kept: Capture, cited: date | None) -> timedelta | None:
    return kept.started_at.date() - cited if cited is not None else None
