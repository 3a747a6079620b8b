"""Follow feeds and sitemaps: what they announce is read when it appears."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archiver.citations.feeds import FeedContent, read_feed
from archiver.errors import ArchiverError, InputError, TurnError, UnreachableError
from archiver.flow.outside import Outside
from archiver.flow.patience import asked_to_wait, backed_off
from archiver.flow.read import SHOWN, what_came_back
from archiver.model.article import Article
from archiver.model.feed import ExpectedArticle, Feed
from archiver.model.inquiry import Answer, Headers, Outcome, Question
from archiver.platforms import recognise

FEED_TYPES = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.9,application/json;q=0.8,*/*;q=0.5"
)
MOST_SITEMAPS = 50  # documents asked in one look at an index; one of all the years has thousands
MOST_ARTICLES = 100_000  # of one look; each is to be read one day
IN_ONE_GO = 20  # feeds of one round; more wait for the next one
LATEST = timedelta(days=1)
"""How long a feed that fails again and again is left alone at most, unless it is due seldomer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One look at a feed. ``error`` says why it could not be read; ``announced`` counts entries.

    ``is_unchanged`` is the server's word that nothing is new since the last look.
    """

    feed: Feed
    announced: int = 0
    new: tuple[Article, ...] = ()
    is_unchanged: bool = False
    error: ArchiverError | None = None


async def watch_due(outside: Outside, every: timedelta) -> list[Watched]:
    """Look at feeds that are due, a bounded number, one after the other."""
    due = await outside.store.feeds.due(outside.clock.now(), IN_ONE_GO)
    return [await _look_at_one(feed, outside, every) for feed in due]


async def _look_at_one(feed: Feed, outside: Outside, every: timedelta) -> Watched:
    try:
        return await look_at(feed, outside, every)
    except TurnError as not_ours:
        return await _keep_later(feed, not_ours, outside)
    except Exception as fault:  # noqa: BLE001 - the border of the loop
        error = ArchiverError(f"reading it failed: {type(fault).__name__}: {fault}")
        return await _keep_failure(feed, timedelta(0), error, feed.every or every, outside)


async def follow_feed(
    url: str,
    outside: Outside,
    *,
    every: timedelta,
    own_every: timedelta | None = None,
    from_now: bool = False,
) -> Watched:
    """Follow a feed and look at it once; ``own_every`` is how often it alone is looked at.

    One that does not answer stays followed: it may answer later.

    Raises:
        AddressError: it is no http(s) address.
        InputError: what is there is no feed; it is not followed, unless it was before.
    """
    recognise(url)
    store, now = outside.store.feeds, outside.clock.now()
    known = {feed.id for feed in await store.all()}
    feed = await store.follow(url, now, every=own_every, from_now=from_now)
    watched = await look_at(feed, outside, every)
    if isinstance(watched.error, InputError) and feed.id not in known:
        await store.remove(feed.id, now)
        raise watched.error
    return watched


async def look_at(feed: Feed, outside: Outside, every: timedelta) -> Watched:
    """Look at a feed once, and expect the articles that it had not announced before.

    1. Ask for it, unless it is unchanged since the last look.
    2. Read it; the sitemaps that an index names are asked for, too, a bounded number.
    3. Keep its new state and what it announces in one transaction.

    A failure is noted at the feed, which is then left alone the longer the oftener it fails, and
    for as long as its server asks.
    """
    now = outside.clock.now()
    every = feed.every or every
    answer = await outside.fetcher.ask(
        Question(feed.url, accept=FEED_TYPES, headers=_conditions(feed))
    )
    if answer.status == 304:
        return await _keep_unchanged(feed, now, every, outside)
    try:
        content = await asyncio.to_thread(_read, answer)
    except (InputError, UnreachableError) as error:
        wait = asked_to_wait(answer, now)
        return await _keep_failure(feed, wait, error, every, outside)
    articles, missed = list(content.articles), ""
    if content.sitemaps:
        more, missed = await _read_sitemaps(content.sitemaps, outside)
        articles += more
    return await _keep_news(feed, answer, content, articles[:MOST_ARTICLES], missed, every, outside)


def _conditions(feed: Feed) -> Headers:
    etag = (("If-None-Match", feed.etag),) if feed.etag else ()
    modified = (("If-Modified-Since", feed.modified),) if feed.modified else ()
    return etag + modified


def _read(answer: Answer) -> FeedContent:
    if answer.outcome is not Outcome.ANSWERED or answer.status not in SHOWN:
        raise UnreachableError(what_came_back(answer))
    media_type = answer.header("content-type")
    return read_feed(answer.body, url=answer.url, media_type=media_type)


async def _read_sitemaps(
    urls: Sequence[str], outside: Outside
) -> tuple[list[ExpectedArticle], str]:
    """Return what the sitemaps of an index announce, and a note on those not read."""
    waiting, asked, failed = deque(dict.fromkeys(urls)), set[str](), 0
    articles: list[ExpectedArticle] = []
    while waiting and len(asked) < MOST_SITEMAPS and len(articles) < MOST_ARTICLES:
        url = waiting.popleft()
        asked.add(url)
        answer = await outside.fetcher.ask(Question(url, accept=FEED_TYPES))
        try:
            content = await asyncio.to_thread(_read, answer)
        except (InputError, UnreachableError):
            failed += 1
            continue
        articles += content.articles
        waiting.extend(new for new in dict.fromkeys(content.sitemaps) if new not in asked)
    notes = [f"{failed} of its sitemaps could not be read"] if failed else []
    notes += [f"{len(waiting)} of its sitemaps were not asked for: too many"] if waiting else []
    return articles, "; ".join(notes)


async def _keep_unchanged(feed: Feed, now: datetime, every: timedelta, outside: Outside) -> Watched:
    seen = replace(feed, looked_at=now, next_due_at=now + every, failures=0, note=None)
    await outside.store.feeds.looked(seen, [], now)
    return Watched(seen, is_unchanged=True)


async def _keep_later(feed: Feed, error: TurnError, outside: Outside) -> Watched:
    """Look again when it is our turn at its site: that says nothing of the feed."""
    now = outside.clock.now()
    later = replace(feed, next_due_at=now + timedelta(seconds=error.wait_s))
    await outside.store.feeds.looked(later, [], now)
    return Watched(later, error=error)


async def _keep_failure(
    feed: Feed, wait: timedelta, error: ArchiverError, every: timedelta, outside: Outside
) -> Watched:
    now = outside.clock.now()
    wait = max(wait, backed_off(every, feed.failures + 1, LATEST))
    failed = replace(feed, next_due_at=now + wait, failures=feed.failures + 1, note=str(error))
    await outside.store.feeds.looked(failed, [], now)
    return Watched(failed, error=error)


async def _keep_news(
    feed: Feed,
    answer: Answer,
    content: FeedContent,
    articles: Sequence[ExpectedArticle],
    missed: str,
    every: timedelta,
    outside: Outside,
) -> Watched:
    now = outside.clock.now()
    # An index stays the same while its sitemaps change: it is asked for whole every time.
    is_index = bool(content.sitemaps)
    seen = replace(
        feed,
        title=content.title or feed.title,
        looked_at=now,
        next_due_at=now + every,
        etag=None if is_index else answer.header("etag"),
        modified=None if is_index else answer.header("last-modified"),
        failures=0,
        note=missed or None,
        from_now=False,
    )
    sound = [one for one in articles if _is_address(one.url)]
    new = await outside.store.feeds.looked(seen, sound, now)
    return Watched(seen, announced=len(sound), new=tuple(new))


def _is_address(url: str) -> bool:
    try:
        recognise(url)
    except InputError:
        return False
    return url.lower().startswith(("http://", "https://"))
