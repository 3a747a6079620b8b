"""Keep an article with its citations, and find the sources they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.citations import Extraction
from archiver.errors import HeldBackError, NotFoundError
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.flow.resolve import resolve, roads_of
from archiver.flow.roads import SEARCHES_AT_ONCE, ArticleRoads
from archiver.flow.shown import doubt, hold_back
from archiver.model.article import Article
from archiver.model.citation import Citation
from archiver.model.source import Source
from archiver.platforms import platform, recognise
from archiver.ports import Claim, KeptArticle


@dataclass(frozen=True, slots=True)
class Followed:
    """An article kept, with its citations resolved as far as they can be."""

    kept: KeptArticle
    citations: tuple[Citation, ...]


async def follow(
    extraction: Extraction,
    outside: Outside,
    *,
    article: Article | None = None,
    look_up: bool = True,
    searches: int = SEARCHES_AT_ONCE,
    progress: Progress = silent,
    claim: Claim | None = None,
) -> Followed:
    """Keep an article with its citations, and find their sources; nothing is captured.

    Without ``look_up`` nobody is asked now: the daemon does it. ``searches`` is for how many of
    them outside archives are asked now. A known article keeps the address it is known by, wherever
    that leads to.

    Raises:
        HeldBackError: what came may not be the article; nothing is kept but a note of it.
        ClaimError: another worker has the source that ``claim`` was of; nothing is kept.
    """
    text = extraction.article
    held = await doubt(article or await known_article(text.url, outside), extraction, outside)
    if held is not None:
        note = await hold_back(held, outside)
        message = f"{text.fetched_from}: {note}; to keep it all the same, add it from a file"
        raise HeldBackError(message)
    address = article.url if article is not None else text.url
    own = recognise(address) if address else None
    kept = await outside.store.articles.keep(
        text,
        extraction.citations,
        own,
        outside.clock.now(),
        article_id=article.id if article is not None else None,
        claim=claim,
    )
    await _date_sources(kept.citations, outside)
    if not look_up:
        return Followed(kept, kept.citations)
    citations = await resolve_all(kept.citations, outside, progress, searches=searches)
    return Followed(kept, tuple(citations))


async def known_article(address: str | None, outside: Outside) -> Article | None:
    """Return the article of that address, a removed one too, or None."""
    try:
        return await outside.store.articles.article(address or "")
    except NotFoundError:
        return None


async def resolve_all(
    citations: Sequence[Citation],
    outside: Outside,
    progress: Progress = silent,
    *,
    searches: int = SEARCHES_AT_ONCE,
) -> list[Citation]:
    """Resolve citations one after the other; short-link hosts dislike haste."""
    resolved = []
    roads: dict[str, ArticleRoads] = {}
    for number, citation in enumerate(citations):
        progress("resolving", number, len(citations))
        if citation.article_id not in roads:
            roads[citation.article_id] = await roads_of(citation, outside, searches=searches)
        resolved.append(await resolve(citation, outside, roads=roads[citation.article_id]))
    return resolved


async def _date_sources(citations: Sequence[Citation], outside: Outside) -> None:
    """Tell each source when it was published, as far as its identity alone says."""
    refs = [citation.found.source for citation in citations]
    dates = {ref.name: platform(ref.platform).posted_at(ref) for ref in refs if ref is not None}
    await outside.store.sources.date({name: at for name, at in dates.items() if at is not None})


async def sources_of(
    citations: Sequence[Citation], own_id: str | None, outside: Outside
) -> list[Source]:
    """Return the distinct sources, the article's own first, then in reading order."""
    ids = [own_id, *(citation.source_id for citation in citations)]
    distinct = dict.fromkeys(source_id for source_id in ids if source_id is not None)
    return await outside.store.sources.several(list(distinct))
