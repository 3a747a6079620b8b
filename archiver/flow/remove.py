"""Stop following an article."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.flow.outside import Outside
from archiver.model.article import Article
from archiver.model.source import Source


async def remove_article(article: Article, sources: Sequence[Source], outside: Outside) -> None:
    """Stop following an article, and every source that no other article cites.

    1. The article becomes a tombstone; its citations no longer count.
    2. A source that nobody cites any more is no longer looked at. Evidence stays.
    """
    store, now = outside.store, outside.clock.now()
    await store.articles.remove(article.id, now)
    own = {other.source_id for other in await store.articles.all()}
    for source in sources:
        if source.id not in own and not await store.articles.citations_of(source.id):
            await store.sources.remove(source.id, now)
