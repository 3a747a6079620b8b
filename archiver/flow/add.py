"""Follow an article: keep it, find its sources, capture them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from archiver.citations import Extraction
from archiver.errors import ArchiverError, ClaimError, OutsideError
from archiver.flow.attend import Attended, Take, attend
from archiver.flow.outside import Outside
from archiver.flow.resolve import register, resolve, roads_of
from archiver.flow.roads import ArticleRoads
from archiver.model.citation import Citation
from archiver.model.source import Source
from archiver.platforms import recognise
from archiver.ports import KeptArticle

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One source attended to: what came of it, or the error that stopped it."""

    source: Source
    attended: Attended | None
    error: ArchiverError | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """An article followed, with its citations resolved as far as they can be."""

    kept: KeptArticle
    citations: tuple[Citation, ...]
    taken: tuple[Taken, ...]


async def add(
    extraction: Extraction, outside: Outside, *, at_once: int = 1, progress: Progress = silent
) -> Added:
    """Follow an article.

    1. Keep the article, its version and its citations.
    2. Look up the citations that need it.
    3. Capture the article itself and every source, ``at_once`` of them at a time.

    What cannot be captured now is due at the next tick; nothing is lost by it.
    """
    article = extraction.article
    own = recognise(article.url) if article.url else None
    kept = await outside.store.articles.keep(
        article, extraction.citations, own, outside.clock.now()
    )
    citations = await resolve_all(kept.citations, outside, progress)
    await _date_sources(kept.citations, outside)
    sources = await sources_of(citations, kept.article.source_id, outside)
    taken = await attend_all(sources, outside, at_once=at_once, progress=progress)
    return Added(kept, tuple(citations), tuple(taken))


async def resolve_all(
    citations: Sequence[Citation], outside: Outside, progress: Progress = silent
) -> list[Citation]:
    """Resolve citations one after the other; short-link hosts dislike haste."""
    resolved = []
    roads: dict[str, ArticleRoads] = {}
    for number, citation in enumerate(citations):
        progress("resolving", number, len(citations))
        if citation.article_id not in roads:
            roads[citation.article_id] = await roads_of(citation, outside)
        resolved.append(await resolve(citation, outside, roads=roads[citation.article_id]))
    return resolved


async def _date_sources(citations: Sequence[Citation], outside: Outside) -> None:
    """Tell each source when it was published, as far as its identity alone says."""
    for citation in citations:
        if citation.found.source is not None:
            await register(citation.found.source, outside)


async def sources_of(
    citations: Sequence[Citation], own_id: str | None, outside: Outside
) -> list[Source]:
    """Return the distinct sources, the article's own first, then in reading order."""
    ids = [own_id, *(citation.source_id for citation in citations)]
    distinct = dict.fromkeys(source_id for source_id in ids if source_id is not None)
    return [await outside.store.sources.source(source_id) for source_id in distinct]


async def attend_all(
    sources: Sequence[Source],
    outside: Outside,
    *,
    take: Take = Take.NEWS,
    at_once: int = 1,
    patience: timedelta = timedelta(minutes=2),
    progress: Progress = silent,
) -> list[Taken]:
    """Attend to sources, ``at_once`` at a time; one that fails does not stop the others."""
    gate = asyncio.Semaphore(at_once)
    done = 0

    async def one(source: Source) -> Taken:
        nonlocal done
        async with gate:
            progress(source.ref.name, done, len(sources))
            try:
                taken = Taken(source, await attend(source, outside, take=take, patience=patience))
            except (OutsideError, ClaimError) as error:
                taken = Taken(source, None, error)
            done += 1
            progress(source.ref.name, done, len(sources))
            return taken

    return list(await asyncio.gather(*(one(source) for source in sources)))
