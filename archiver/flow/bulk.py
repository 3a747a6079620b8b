"""Follow many articles at once: register all, then read and capture one after the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from archiver.errors import ArchiverError
from archiver.flow.add import Added, capture_all
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.flow.waiting import read_waiting
from archiver.model.article import Article
from archiver.model.feed import ExpectedArticle


@dataclass(frozen=True, slots=True)
class Listed:
    """One article of a list. Neither ``added`` nor ``error``: it was read before."""

    article: Article
    added: Added | None = None
    error: ArchiverError | None = None


async def add_listed(
    expected: Sequence[ExpectedArticle],
    outside: Outside,
    *,
    at_once: int = 1,
    progress: Progress = silent,
) -> AsyncGenerator[Listed, None]:
    """Read and capture the articles of a list that wait for it, in its order.

    They are registered before, all in one go: what an interruption leaves unread is still due, and
    the daemon reads it. One that cannot be read is due later and stops no other.
    """
    for number, one in enumerate(expected):
        progress(one.url, number, len(expected))
        article = await outside.store.articles.article(one.url)
        read = await read_waiting(article, outside)
        if read is None:
            yield Listed(article)
        elif read.followed is None:
            yield Listed(article, error=read.error)
        else:
            added = await capture_all(read.followed, outside, at_once=at_once)
            yield Listed(added.kept.article, added)
