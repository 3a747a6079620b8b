"""Audit: does the source still say what the article says it says?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from archiver.flow.add import Taken, attend_all
from archiver.flow.history import History, history_of
from archiver.flow.outside import Outside
from archiver.flow.pin import choose, counting, memento_of, pinned
from archiver.flow.progress import Progress, silent
from archiver.flow.reextract import as_read_now
from archiver.flow.sides import NO_SIDES, Sides, sides_of
from archiver.flow.targets import Target, find_target
from archiver.flow.withdrawn import as_withdrawn
from archiver.judge.events import Pinned, event_of_finding, may_be_news
from archiver.judge.findings import doubted, find
from archiver.model.article import Article, ArticleVersion
from archiver.model.capture import Capture
from archiver.model.citation import (
    POINTERS,
    Author,
    Citation,
    CitationKind,
    FoundCitation,
    Resolution,
)
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import AsCited, Event, EventKind, Finding, FindingKind
from archiver.ports import Claim, Judged


@dataclass(frozen=True, slots=True)
class Audited:
    """One citation as audited. ``source`` is None while nobody knows what it means.

    ``memento`` is the outside archive's copy that stands for the source as cited, if one does.
    ``sides`` are what was seen as it was cited and now, with the proof of each. ``looked`` is the
    ID of the newest look there was at the source, if one was.
    """

    citation: Citation | None
    source: Source | None
    finding: Finding
    latest: Capture | None
    memento: Memento | None = None
    sides: Sides = NO_SIDES
    looked: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """The answer to the author's question. ``failed`` are looks that could not be made.

    ``lost`` counts the citations that an older version of the article had, when the newest one
    leaves nothing to audit: that is no good news. ``version`` is the newest state of the article.
    """

    article: Article | None
    audited: tuple[Audited, ...]
    pointers: int
    failed: tuple[Taken, ...]
    lost: int = 0
    version: ArticleVersion | None = None


async def audit(
    target: Target,
    outside: Outside,
    *,
    recent: timedelta | None = None,
    at_once: int = 1,
    progress: Progress = silent,
) -> Audit:
    """Look at every source of the target now, and judge each citation against what it relied on.

    1. Look at each source once; a look not older than ``recent`` is used again. When the article
       itself has changed, its newest version counts, and what it cites now is looked at, too.
    2. Judge each citation: verdict of its source, content and quote against ``as cited``.
    3. Keep an event for each finding that is not the one before.

    A pointer without an address (``READ: …``) is counted, not judged.
    """
    stale = [source for source in target.sources if not await _is_fresh(source, recent, outside)]
    taken = await attend_all(stale, outside, at_once=at_once, progress=progress)
    if target.article is not None and any(
        one.attended and one.attended.read_again for one in taken
    ):
        target, added = await _as_it_is_now(target.article.id, target.sources, outside)
        taken += await attend_all(added, outside, at_once=at_once, progress=progress)
    result = await known(target, outside)
    for one in result.audited:
        if one.citation is not None:
            await note_change(one.citation, one, outside)
    return replace(result, failed=tuple(one for one in taken if one.error is not None))


async def _as_it_is_now(
    article_id: str, before: Sequence[Source], outside: Outside
) -> tuple[Target, list[Source]]:
    """Return an article that turned out to be changed, and the sources it did not cite before."""
    target = await find_target(article_id, outside)
    seen = {source.id for source in before}
    return target, [source for source in target.sources if source.id not in seen]


async def known(target: Target, outside: Outside) -> Audit:
    """Judge a target's citations from what is stored: nothing is asked, nothing is written."""
    known: Histories = {}
    unaddressed = [c for c in target.citations if c.source_id is None and c.found.kind in POINTERS]
    audited = [
        await judge_citation(citation, outside, known, with_sides=True)
        for citation in target.citations
        if citation not in unaddressed
    ]
    if not target.citations and target.article is None:
        audited = [await _judge_bare(source, outside) for source in target.sources]
    lost = 0 if audited else await _lost(target, outside)
    version = await _newest(target.article, outside)
    return Audit(target.article, tuple(audited), len(unaddressed), (), lost, version)


async def _newest(article: Article | None, outside: Outside) -> ArticleVersion | None:
    if article is None:
        return None
    versions = await outside.store.articles.versions(article.id)
    return versions[-1] if versions else None


async def _lost(target: Target, outside: Outside) -> int:
    """Return how many more citations an older version of an article had, at most."""
    if target.article is None:
        return 0
    places = await outside.store.articles.places(target.article.id)
    return max(0, max(places.values(), default=0) - len(target.citations))


Histories = dict[str, tuple[Source, History]]
"""Sources with their looks, by ID: read once while several citations are judged."""


async def judge_citation(
    citation: Citation, outside: Outside, known: Histories, *, with_sides: bool = False
) -> Audited:
    """Judge one citation from what is stored.

    ``known`` is filled with what was read of its source, for the next citation of the same one.
    Both sides are for a person to read: a look that only notes what changed does without them.
    """
    if citation.source_id is None:
        nothing = await choose(citation, None, outside)
        finding = find(citation, None, nothing, relied_on=None, now=None)
        why = citation.resolution_note or "nothing in the article leads to its source"
        reason = f"{why}; name it with: archiver resolve {citation.id} URL"
        finding = replace(finding, rule="source_not_found", reason=reason)
        return Audited(citation, None, finding, None)
    if citation.source_id not in known:
        source = await outside.store.sources.source(citation.source_id)
        known[source.id] = source, await history_of(source.id, outside)
    return await _judge(citation, *known[citation.source_id], outside, with_sides=with_sides)


async def note_change(
    citation: Citation, audited: Audited, outside: Outside, claim: Claim | None = None
) -> None:
    """Keep an event when a citation's finding is not the one noted last.

    A finding that was overtaken, by a later look or by another one noted, is dropped: who looked
    later judges anew.

    Raises:
        ClaimError: the claim was lost; nothing was noted.
    """
    seen = await outside.store.looks.events(citation_id=citation.id)
    told = next((one for one in reversed(seen) if one.kind is EventKind.FINDING), None)
    if not may_be_news(told, audited.finding):
        return
    event = event_of_finding(
        told,
        audited.finding,
        await _pinned_since(told, citation, audited.finding, outside),
        source_id=citation.source_id,
        at=outside.clock.now(),
        new_id=outside.new_id,
    )
    if event is not None:
        judged = Judged(audited.looked, told.id if told is not None else None, claim)
        await outside.store.looks.note([event], judged)


async def _pinned_since(
    told: Event | None, citation: Citation, finding: Finding, outside: Outside
) -> Pinned:
    """Return how often a citation was pinned, and what became of the pin that was told of.

    Whether that is no more is asked only of what is as cited: it takes reading the whole history.
    """
    pins = await outside.store.pins.history(citation.id)
    if told is None:
        return Pinned(len(pins))
    before = told.pins if told.pins is not None else sum(at <= told.at for at, _, _ in pins)
    is_lost = False
    if before and finding.kind is FindingKind.INTACT and citation.source_id is not None:
        history = await history_of(citation.source_id, outside)
        is_lost = await counting(pins[before - 1][2], citation, history, outside) is None
    return Pinned(len(pins), before, is_lost)


async def _judge(
    citation: Citation, source: Source, history: History, outside: Outside, *, with_sides: bool
) -> Audited:
    as_cited = await pinned(citation, history, outside) if citation.id else None
    if as_cited is None:
        as_cited = await choose(citation, history, outside)
    memento = await memento_of(as_cited, citation, outside)
    newest = await history.newest()
    now = newest.reading if newest is not None else None
    relied_on = await _relied_on(as_cited, history, now, outside)
    noise = await history.noise()
    finding = await asyncio.to_thread(
        find,
        citation,
        history.verdict,
        as_cited,
        relied_on=relied_on,
        now=now,
        copy=memento,
        noise=noise,
    )
    finding = doubted(citation, finding)
    finding = await as_withdrawn(source, as_cited, finding, outside)
    sides = NO_SIDES
    if with_sides:
        sides = await sides_of(citation, finding, history, memento, noise)
        sides = replace(sides, relied_on=relied_on)
    latest = history.captures[-1] if history.captures else None
    looked = newest.id if newest is not None else None
    return Audited(citation, source, finding, latest, memento, sides, looked)


async def _judge_bare(source: Source, outside: Outside) -> Audited:
    """Judge a source nobody cites, against our first accepted capture of it."""
    nobody = FoundCitation(
        position=0,
        kind=CitationKind.LINK,
        platform=source.ref.platform,
        source=source.ref,
        url=source.ref.url,
        addresses=(source.ref.url,),
        author=Author(),
        posted_on=None,
        text="",
        start=0,
        end=0,
        resolution=Resolution.RESOLVED,
    )
    bare = Citation("", "", nobody, Resolution.RESOLVED, source.id, source.added_at)
    history = await history_of(source.id, outside)
    return replace(await _judge(bare, source, history, outside, with_sides=True), citation=None)


async def _relied_on(
    as_cited: AsCited, history: History, now: Reading | None, outside: Outside
) -> Reading | None:
    """Return the reading that a pin points at, by the extractor that read the page now."""
    seen = await history.look(as_cited.observation_id)
    if seen is None:
        return None
    then, here = seen.reading.page, now.page if now is not None else None
    if then is None or here is None or then.extractor == here.extractor:
        return seen.reading
    return (await as_read_now(seen, outside)).reading


async def _is_fresh(source: Source, recent: timedelta | None, outside: Outside) -> bool:
    if recent is None:
        return False
    now = outside.clock.now()
    # One of a time that is still to come was made by a wrong clock: nobody knows how long ago.
    return any(
        timedelta(0) <= now - seen.at <= recent
        for seen in await outside.store.looks.glimpses(source.id)
        if seen.signal is not Signal.OFFLINE
    )
