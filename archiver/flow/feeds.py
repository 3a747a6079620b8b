"""What feeds tell: the newest events of an article, or of everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.flow.news import news_of
from archiver.flow.outside import Outside
from archiver.model.article import Article
from archiver.model.custody import CustodyEntry
from archiver.model.news import News
from archiver.model.service import ServiceState
from archiver.model.verdict import Event

SERVICE = "feed:all"
"""Under which the name of the feed of all is kept."""
ENTRIES = 200
"""Newest events in a feed."""
NEAR = 200
"""Numbers below the last event's among which one may turn up late."""
AT_ONCE = 1000
"""Events that one run takes in hand."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Events that files may not tell yet, up to a number, and how many are near that number."""

    events: tuple[Event, ...]
    upto: int
    near: int


@dataclass(frozen=True, slots=True)
class FreshTakedowns:
    """Takedowns that files may not tell yet, the count of all, and the number of the last."""

    takedowns: tuple[CustodyEntry, ...]
    count: int
    upto: int


async def news_of_all(outside: Outside) -> list[News]:
    """Return the newest news, newest first."""
    return await _news(await outside.store.deliveries.latest(ENTRIES), outside)


async def news_of_article(article: Article, outside: Outside) -> list[News]:
    """Return the newest news of what an article cites, and of its own address, newest first."""
    citations = await outside.store.articles.citations(article.id)
    sources = {one.source_id for one in citations if one.source_id is not None}
    if article.source_id is not None:
        sources.add(article.source_id)
    cited = [one.id for one in citations]
    found = await outside.store.deliveries.latest(ENTRIES, sources=sorted(sources), citations=cited)
    return await _news(found, outside)


async def _news(events: list[Event], outside: Outside) -> list[News]:
    # Asked first: of a takedown amid the reading the words may be gone already, and the time comes
    # with the next writing. The other way round old words would have the time of the new ones.
    withdrawn = await _withdrawn(outside)
    found = [await news_of(event, outside) for event in events]
    return [replace(one, withdrawn_at=_last(one, withdrawn)) for one in found]


async def _withdrawn(outside: Outside) -> dict[str, datetime]:
    """Return when content of which source and article was taken down last."""
    at: dict[str, datetime] = {}
    for _, entry in await outside.store.custody.takedowns():
        at |= {one: entry.at for one in (entry.source_id, entry.article_id) if one is not None}
    return at


def _last(news: News, withdrawn: Mapping[str, datetime]) -> datetime | None:
    named = [news.event.source_id, *(cited.article_id for cited in news.cited)]
    return max(
        (withdrawn[one] for one in named if one is not None and one in withdrawn), default=None
    )


async def titled_at(article: Article, outside: Outside) -> datetime:
    """Return when an article got its title, or lost it by a takedown: a feed is called by it."""
    return (await _withdrawn(outside)).get(article.id, article.added_at)


async def name_of_all(outside: Outside) -> tuple[str, datetime]:
    """Return what the feed of all is called for good, and since when; the first who asks names it.

    Before there was such a name, the feed was called by the first event, and goes on being so.
    """
    known = await outside.store.services.state(SERVICE)
    if known is None:
        found = await outside.store.deliveries.events_after(0, 1)
        name = found[0][1].id if found else outside.new_id()
        named = ServiceState(SERVICE, outside.clock.now(), reason=name)
        known = await outside.store.services.keep_first(named)
    return known.reason or SERVICE, known.changed_at


async def fresh_events(upto: int, near: int, outside: Outside) -> Fresh:
    """Return the events after a number, and those near it too where one turned up late."""
    since = max(upto - NEAR, 0)
    found = await outside.store.deliveries.events_after(since, AT_ONCE + NEAR)
    known = [number for number, _ in found if number <= upto]
    is_complete = len(known) == near
    fresh = [event for number, event in found if number > upto or not is_complete]
    last = found[-1][0] if found else upto
    return Fresh(tuple(fresh), last, sum(number > last - NEAR for number, _ in found))


async def fresh_takedowns(count: int, upto: int, outside: Outside) -> FreshTakedowns:
    """Return the takedowns after a number, or all where one turned up late.

    ``count`` is how many there were up to that number when they were last gone through.
    """
    is_known = bool(upto) or not count  # files of an earlier version know of no number
    if is_known and await outside.store.custody.takedown_count() == count:
        return FreshTakedowns((), count, upto)
    found = await outside.store.custody.takedowns()
    fresh = [entry for number, entry in found if number > upto]
    if len(found) - len(fresh) != count:
        fresh = [entry for _, entry in found]
    return FreshTakedowns(tuple(fresh), len(found), found[-1][0] if found else 0)


async def touched(events: tuple[Event, ...], outside: Outside) -> list[Article]:
    """Return the articles that events are news of, each once."""
    found: dict[str, Article] = {}
    for event in events:
        for article_id in await _articles_of(event, outside):
            if article_id not in found:
                found[article_id] = await outside.store.articles.article(article_id)
    return list(found.values())


async def withdrawn_from(takedowns: Sequence[CustodyEntry], outside: Outside) -> set[str]:
    """Return the articles whose feeds may tell what was taken down."""
    found = {one.article_id for one in takedowns if one.article_id is not None}
    for one in takedowns:
        if one.source_id is not None:
            found.update(await _leaning_on(one.source_id, outside))
    return found


async def _articles_of(event: Event, outside: Outside) -> list[str]:
    if event.citation_id is not None:
        return [(await outside.store.articles.citation(event.citation_id)).article_id]
    return await _leaning_on(event.source_id, outside) if event.source_id is not None else []


async def _leaning_on(source_id: str, outside: Outside) -> list[str]:
    store = outside.store.articles
    citing = [one.article_id for one in await store.citations_of(source_id)]
    return citing + [one.id for one in await store.owned(source_id)]
