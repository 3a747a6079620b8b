"""Pin what a citation relied on; only a person's word pins it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.judge.findings import choose_as_cited
from archiver.model.capture import Capture, Gate
from archiver.model.citation import Citation
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind

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
        newest = await outside.store.pins.newest(citation.id)
        if newest is not None and newest.kind is AsCitedKind.CAPTURE:
            continue
        chosen = await choose(citation, captures, outside)
        if newest is None or chosen.kind is AsCitedKind.CAPTURE:
            await outside.store.pins.pin(citation.id, chosen, BY_ITSELF, outside.clock.now())


async def choose(citation: Citation, captures: list[Capture], outside: Outside) -> AsCited:
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
    """Pin the newest accepted capture: a person has seen the change and stands by the citation.

    Raises:
        InputError: the citation has no source, or nothing was captured to rely on.
    """
    if citation.source_id is None:
        message = f"citation {citation.id} has no source yet; name it with: archiver resolve"
        raise InputError(message)
    captures = await outside.store.captures.of(citation.source_id)
    accepted = [kept for kept in captures if kept.gate is Gate.ACCEPTED]
    chosen = await choose(citation, accepted[-1:], outside)
    if chosen.kind is not AsCitedKind.CAPTURE:
        message = f"nothing was captured of citation {citation.id} that could be relied on"
        raise InputError(message)
    pinned = replace(chosen, note=note)
    await outside.store.pins.pin(citation.id, pinned, by, outside.clock.now())
    return pinned
