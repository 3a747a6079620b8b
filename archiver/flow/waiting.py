"""Articles known by their address: read them when they are due, or when they changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.citations import Extraction
from archiver.errors import ArchiverError, InputError, OutsideError
from archiver.flow.follow import Followed, follow, known_article, resolve_all
from archiver.flow.outside import Outside
from archiver.flow.patience import asked_to_wait
from archiver.flow.read import ask, find, supplied_by
from archiver.model.article import Article
from archiver.model.citation import Citation

AT_ONCE = 4  # articles read at the same time
IN_ONE_GO = 40  # articles of one round; more wait for the next one
BEING_READ = timedelta(minutes=10)
"""For so long an article in hand is not due: whoever else looks meanwhile leaves it alone."""
SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=1)
GIVEN_UP = timedelta(days=30)  # after its registration, an article that never came is let be
SHARE_OF_AGE = 0.5


@dataclass(frozen=True, slots=True)
class WasRead:
    """One article that was waiting: what came of it, or why it could not be read."""

    article: Article
    followed: Followed | None
    error: ArchiverError | None = None


async def read_due(outside: Outside) -> list[WasRead]:
    """Read articles that are due, a bounded number; what they cite is then due, too.

    One that cannot be read is due later, with the reason, and stops no other.
    """
    due = await outside.store.articles.due(outside.clock.now(), IN_ONE_GO)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(article: Article) -> WasRead | None:
        async with gate:
            try:
                return await read_waiting(article, outside)
            except Exception as fault:  # noqa: BLE001 - the border of the loop
                return await _put_off(article, fault, outside)

    read = await asyncio.gather(*(one(article) for article in due))
    return [each for each in read if each is not None]


async def look_up_new(outside: Outside) -> list[Citation]:
    """Look up citations that were only kept so far, a bounded number.

    What does not lead anywhere at once is tried again with all others: archives are not asked here.
    """
    untried = await outside.store.articles.untried(IN_ONE_GO)
    return await resolve_all(untried, outside, searches=0)


async def read_waiting(article: Article, outside: Outside) -> WasRead | None:
    """Read an article that waits for it; None when somebody else did meanwhile.

    1. Take it in hand, so that it is not due to anybody else.
    2. Ask for it at its address, and find what it cites.
    3. Keep it under its own identity; it waits no longer.

    A failure is noted at the article, which is due again later.
    """
    store, now = outside.store.articles, outside.clock.now()
    fresh = await store.article(article.id)
    if fresh.read_due_at is None or fresh.removed_at is not None:
        return None
    await store.postpone(article.id, now + BEING_READ, fresh.note)
    wait = timedelta(0)
    try:
        answer = await ask(fresh.url or "", outside.fetcher)
        wait = asked_to_wait(answer, now)
        extraction = await asyncio.to_thread(find, supplied_by(answer))
        kept_as = await _kept_as(fresh, extraction, outside)
        followed = await follow(extraction, outside, article=kept_as, searches=0)
    except InputError as error:
        await store.postpone(article.id, None, str(error))  # asking again would bring the same
        return WasRead(fresh, None, error)
    except OutsideError as error:
        await store.postpone(article.id, next_try(fresh, now, wait), str(error))
        return WasRead(fresh, None, error)
    return WasRead(fresh, followed)


async def _put_off(article: Article, fault: Exception, outside: Outside) -> WasRead:
    """Note a fault of ours at the article, so that it stops no other and is tried again."""
    error = ArchiverError(f"reading it failed: {type(fault).__name__}: {fault}")
    due_at = next_try(article, outside.clock.now(), timedelta(0))
    await outside.store.articles.postpone(article.id, due_at, str(error))
    return WasRead(article, None, error)


def next_try(article: Article, now: datetime, wait: timedelta) -> datetime | None:
    """Return when to ask again for an article that did not come; None is never.

    The older the article's registration, the longer: its age grows by half from try to try.
    """
    age = now - article.added_at
    if age > GIVEN_UP:
        return None
    return now + max(wait, SOONEST, min(age * SHARE_OF_AGE, LATEST))


async def _kept_as(article: Article, extraction: Extraction, outside: Outside) -> Article:
    """Return the article to keep what was read as: another one, when the page is known as that.

    A feed's address and a list's may both lead to one page, whose own address it tells. The one
    that was never read becomes a tombstone.
    """
    known = await known_article(extraction.article.url, outside)
    if known is None or known.id == article.id or known.removed_at is not None:
        return article
    if await outside.store.articles.versions(article.id):
        return article
    await outside.store.articles.postpone(article.id, None, f"the same article as {known.id}")
    await outside.store.articles.remove(article.id, outside.clock.now())
    return known
