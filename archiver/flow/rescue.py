"""Take over what outside archives hold of a source that we never saw as it was cited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archiver.archives.places import is_copy_of, wanted_for
from archiver.archives.protocol import Copy, Held, OutsideArchive, Trouble
from archiver.archives.reading import shows_source
from archiver.archives.timestamps import distance
from archiver.flow.cited import cited_on
from archiver.flow.consult import Consulted, consult, read_in_thread
from archiver.flow.keep import keep_answer
from archiver.flow.observe import Look
from archiver.flow.outside import Outside
from archiver.flow.pin import pin_citations
from archiver.flow.targets import Target
from archiver.judge.pins import is_cited_copy
from archiver.judge.quotes import check_quote
from archiver.model.citation import Citation
from archiver.model.inquiry import Answer, Reading
from archiver.model.memento import Memento
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Quote

MOST_LOOKS = 6  # looks of a source never seen that ask the archives again; they grow rare by then
NEAR_ENOUGH = timedelta(days=1)  # between the capture asked for and the one that came
_SAYS_NOTHING = frozenset({Signal.OFFLINE, Signal.REFUSED})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rescued:
    """What the archives gave of one source. ``notes`` are sentences for a person, one a step.

    ``is_passing`` tells that asking again later may give more.
    """

    source: Source
    mementos: tuple[Memento, ...]
    notes: tuple[str, ...] = ()
    is_passing: bool = False


async def rescue_if_lost(look: Look, outside: Outside) -> tuple[Memento, ...]:
    """Rescue what a look did not show as it was cited; an archive's failure is no failure of ours.

    1. Take the archived copies over that the citations themselves name.
    2. When the source was never seen, or shows other words than were printed before we first
       looked, ask the archives for the copy nearest to the cited day; while another source is
       being asked for, it waits for :func:`rescue_waiting`.
    """
    if not outside.archives.asked:
        return ()
    try:
        return await _rescue_if_lost(look, outside)
    except Exception:
        # The border of a side road: whatever an archive sends must not cost us look and capture.
        log.exception("rescue failed", extra={"source": look.source.ref.name})
        return ()


async def _rescue_if_lost(look: Look, outside: Outside) -> tuple[Memento, ...]:
    citations = await outside.store.articles.citations_of(look.source.id)
    if not citations:
        return ()
    known = await outside.store.mementos.of(look.source.id)
    named = await take_cited(look.source, citations, known, outside)
    if named or known or not await _is_lost(look, citations, outside):
        return tuple(named)
    lost = outside.archives.lost
    if lost.turn.locked():
        lost.add(look.source.id)
        return ()
    async with lost.turn:
        return (await rescue(look.source, citations, outside)).mementos


async def rescue_waiting(outside: Outside, *, limit: int = 5) -> int:
    """Rescue lost sources that waited for their turn, pin what rests on them; return how many."""
    done = 0
    async with outside.archives.lost.turn:
        while done < limit and (source_id := outside.archives.lost.take()) is not None:
            await _rescue_one(source_id, outside)
            done += 1
    return done


async def _rescue_one(source_id: str, outside: Outside) -> None:
    try:
        source = await outside.store.sources.source(source_id)
        citations = await outside.store.articles.citations_of(source_id)
        if (await rescue(source, citations, outside)).mementos:
            await pin_citations(source, outside)
    except Exception:
        # One that fails stops no other, and no article from being added.
        log.exception("rescue failed", extra={"source": source_id})


async def _is_lost(look: Look, citations: Sequence[Citation], outside: Outside) -> bool:
    reading = look.observation.reading
    if reading.signal in _SAYS_NOTHING:
        return False
    looks = await outside.store.looks.glimpses(look.source.id)
    seen = [earlier for earlier in looks if earlier.signal is Signal.PRESENT]
    if reading.signal is not Signal.PRESENT:
        return not seen and len(looks) <= MOST_LOOKS
    return len(seen) == 1 and any([await _words_were_lost(one, look, outside) for one in citations])


async def _words_were_lost(citation: Citation, look: Look, outside: Outside) -> bool:
    day = await cited_on(citation, outside)
    if day is None or day >= look.observation.at.date():
        return False
    reading = look.observation.reading
    check = await asyncio.to_thread(check_quote, citation.found, reading)
    return check.quote in (Quote.ALTERED, Quote.MISSING)


async def rescue(source: Source, citations: Sequence[Citation], outside: Outside) -> Rescued:
    """Ask the archives in their order for the copy of a source nearest to its cited day.

    1. Ask each what it holds, under every spelling of the address.
    2. Fetch the copies, nearest first, until one shows the source.
    3. Keep that one with all the archive's answers; the others are passed over and told.
    """
    if source.taken_down_at is not None:
        return Rescued(source, (), ("its content was taken down; nothing is taken over",))
    near = await _near(source, citations, outside)
    notes: list[str] = []
    is_passing = False
    for archive in outside.archives.asked:
        found = await _search(archive, source, citations, near, outside)
        notes += found.notes
        is_passing = is_passing or found.is_passing
        if found.mementos:
            return replace(found, notes=tuple(notes))
    return Rescued(source, (), tuple(notes) or ("no outside archive is asked",), is_passing)


async def _near(source: Source, citations: Sequence[Citation], outside: Outside) -> date | None:
    days = [day for one in citations if (day := await cited_on(one, outside)) is not None]
    if days:
        return min(days)
    return source.posted_at.date() if source.posted_at is not None else None


async def _search(
    archive: OutsideArchive,
    source: Source,
    citations: Sequence[Citation],
    near: date | None,
    outside: Outside,
) -> Rescued:
    addresses = [url for one in citations for url in one.found.addresses]
    spelled = wanted_for(source.ref, addresses)
    wanted = [one for one in spelled if outside.archives.may_learn(one.url)]
    if not wanted:
        note = f"{archive.title} is not asked: the address is of an inner network or bears a secret"
        return Rescued(source, (), (note,))
    asked = await consult(archive, archive.holds(wanted, near), outside)
    listed = asked.result.held if asked.result is not None else ()
    held = candidates(listed, source, near)
    notes = [asked.trouble.reason] if asked.trouble is not None else []
    is_passing = asked.trouble is not None and asked.trouble.is_passing
    if not held:
        notes.append(f"{archive.title} holds no copy that could show it")
        return Rescued(source, (), tuple(notes), is_passing)
    for one in held[: outside.archives.most_copies]:
        fetched = await consult(archive, archive.fetch(one), outside)
        reading, why = await _read(fetched, one, source, citations)
        if reading is not None and isinstance(fetched.result, Copy):
            answers = (*asked.answers, *fetched.answers)
            memento = await _keep(fetched.result, reading, source, answers, notes, outside)
            return Rescued(source, (memento,), tuple(notes))
        notes.append(f"passed over the copy of {one.at:%d %B %Y %H:%M} ({why})")
        if fetched.trouble is not None and fetched.trouble.is_of_archive:
            is_passing = True
            break
    return Rescued(source, (), tuple(notes), is_passing)


def candidates(listed: Sequence[Held], source: Source, near: date | None) -> list[Held]:
    """Return the captures that may show the source, nearest to the day first; else newest first.

    The same bytes are taken once: what does not show it at one time does not at another.
    """
    fit = [
        one for one in listed if one.status in (None, 200) and is_copy_of(one.original, source.ref)
    ]
    if near is None:
        fit.sort(key=lambda one: one.at, reverse=True)
    else:
        fit.sort(key=lambda one: (distance(one.at, near), one.at))
    distinct: dict[str, Held] = {}
    for one in fit:
        distinct.setdefault(one.digest or one.raw_url, one)
    return list(distinct.values())


async def _read(
    fetched: Consulted[Copy | Trouble],
    wanted: Held,
    source: Source,
    citations: Sequence[Citation],
) -> tuple[Reading | None, str]:
    """Return the reading of a copy that shows the source, or why it is passed over."""
    copy = fetched.result
    if not isinstance(copy, Copy):
        trouble = copy if copy is not None else fetched.trouble
        return None, trouble.reason if trouble is not None else "it did not come"
    if abs(copy.held.at - wanted.at) > NEAR_ENOUGH:
        return None, f"what came is a copy of {copy.held.at:%d %B %Y}"
    reading = await read_in_thread(copy, source.ref, citations)
    return (reading, "") if shows_source(reading) else (None, reading.reason.rstrip("."))


async def _keep(
    copy: Copy,
    reading: Reading,
    source: Source,
    answers: Sequence[Answer],
    notes: Sequence[str],
    outside: Outside,
) -> Memento:
    kept = [await keep_answer(answer, outside.files) for answer in answers]
    memento = Memento(
        id=outside.new_id(),
        source_id=source.id,
        archive=copy.held.archive,
        url=copy.held.url,
        original=copy.held.original,
        at=copy.held.at,
        fetched_at=outside.clock.now(),
        reading=reading,
        answers=tuple(kept),
        note="; ".join(notes) or None,
    )
    await outside.store.mementos.keep(memento)
    # One that was there already stays as it was.
    known = await outside.store.mementos.of(source.id)
    return next(one for one in known if (one.url, one.at) == (memento.url, memento.at))


async def rescue_by_hand(target: Target, outside: Outside) -> list[Rescued]:
    """Ask the archives for every source of a target, whatever our looks showed, and pin anew.

    Raises:
        StoreError: database or disk refused.
    """
    rescued = []
    for source in target.sources:
        citations = await outside.store.articles.citations_of(source.id)
        known = await outside.store.mementos.of(source.id)
        named = await take_cited(source, citations, known, outside)
        one = await rescue(source, citations, outside)
        distinct = {memento.id: memento for memento in (*named, *one.mementos)}
        rescued.append(replace(one, mementos=tuple(distinct.values())))
        await pin_citations(source, outside)
    return rescued


async def take_cited(
    source: Source, citations: Sequence[Citation], known: Sequence[Memento], outside: Outside
) -> list[Memento]:
    """Take the archived copies over that citations name in place of the original."""
    taken: list[Memento] = []
    for citation in citations:
        cited = citation.found.memento
        if cited is None or any(is_cited_copy(citation, one) for one in (*known, *taken)):
            continue
        memento = await take(cited.url, source, outside)
        taken += [memento] if memento is not None else []
    return taken


async def take(
    url: str, source: Source, outside: Outside, *, why: str = "an article cites this copy"
) -> Memento | None:
    """Take over the copy at an address of an archive; None when it does not show the source."""
    for archive in outside.archives.asked:
        held = archive.holding_at(url)
        if held is not None and outside.archives.may_learn(held.original):
            fetched = await consult(archive, archive.fetch(held), outside)
            if not isinstance(fetched.result, Copy):
                return None
            citations = await outside.store.articles.citations_of(source.id)
            reading = await read_in_thread(fetched.result, source.ref, citations)
            if not shows_source(reading):
                return None
            return await _keep(fetched.result, reading, source, fetched.answers, [why], outside)
    return None
