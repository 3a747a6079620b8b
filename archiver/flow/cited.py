"""The day a source was cited."""

from __future__ import annotations

from datetime import date

from archiver.flow.outside import Outside
from archiver.model.citation import Citation


async def cited_on(citation: Citation, outside: Outside) -> date | None:
    """Return the day the article cited it, as near as the article tells.

    That is the article's own date; without one, the printed day of the post, which is the
    earliest it can have been. None when neither is known.
    """
    if not citation.article_id:
        return None
    article = await outside.store.articles.article(citation.article_id)
    return article.published_on or citation.found.posted_on
