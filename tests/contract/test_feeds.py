from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archiver.errors import NotFoundError
from archiver.model.feed import ExpectedArticle
from archiver.store.store import SqlStore
from tests.build import NOW, days

pytestmark = pytest.mark.anyio

URL = "https://news.example/feed.xml"
ONE = ExpectedArticle("https://news.example/1", "One", date(2026, 11, 1))
TWO = ExpectedArticle("https://news.example/2")


async def test_a_followed_feed_is_due_at_once(store: SqlStore) -> None:
    feed = await store.feeds.follow(URL, NOW, every=timedelta(hours=1))

    assert (feed.url, feed.next_due_at, feed.every) == (URL, NOW, timedelta(hours=1))
    assert await store.feeds.all() == [feed] == await store.feeds.due(NOW, limit=10)
    assert await store.feeds.due(NOW - days(1), limit=10) == []


async def test_a_feed_followed_twice_is_one_and_takes_the_new_interval(store: SqlStore) -> None:
    first = await store.feeds.follow(URL, NOW)
    await store.feeds.looked(replace(first, next_due_at=NOW + days(1)), [], NOW)

    again = await store.feeds.follow(URL, NOW + days(1), every=timedelta(hours=2), from_now=True)

    assert again == replace(first, next_due_at=NOW + days(1), every=timedelta(hours=2))


async def test_what_a_feed_announces_is_expected_once(store: SqlStore) -> None:
    feed = await store.feeds.follow(URL, NOW)
    seen = replace(feed, title="News", looked_at=NOW, etag='"1"', modified="Sun", failures=0)

    first = await store.feeds.looked(seen, [ONE], NOW)
    second = await store.feeds.looked(seen, [ONE, TWO, TWO], NOW + days(1))

    assert [one.url for one in first] == [ONE.url]
    assert (first[0].title, first[0].published_on) == (ONE.title, ONE.published_on)
    assert [one.url for one in second] == [TWO.url]
    assert await store.feeds.all() == [seen]
    assert [one.url for one in await store.articles.due(NOW + days(1), 10)] == [ONE.url, TWO.url]


async def test_an_article_removed_is_not_new_again(store: SqlStore) -> None:
    feed = await store.feeds.follow(URL, NOW)
    [article] = await store.feeds.looked(feed, [ONE], NOW)
    await store.articles.remove(article.id, NOW)

    assert await store.feeds.looked(feed, [ONE], NOW + days(1)) == []
    assert await store.articles.all() == []


async def test_a_feed_followed_from_now_on_passes_over_what_it_announces_first(
    store: SqlStore,
) -> None:
    feed = await store.feeds.follow(URL, NOW, from_now=True)
    failed = replace(feed, failures=1, note="did not answer")
    await store.feeds.looked(failed, [], NOW)
    seen = replace(failed, failures=0, note=None, from_now=False)

    first = await store.feeds.looked(seen, [ONE], NOW)
    second = await store.feeds.looked(seen, [ONE, TWO], NOW)

    assert first == []
    assert [one.url for one in second] == [TWO.url]


async def test_a_look_changes_neither_whether_nor_how_often_a_feed_is_followed(
    store: SqlStore,
) -> None:
    feed = await store.feeds.follow(URL, NOW)
    await store.feeds.follow(URL, NOW, every=timedelta(hours=3))
    await store.feeds.remove(feed.id, NOW)

    await store.feeds.looked(feed, [], NOW)

    assert await store.feeds.all() == []
    assert (await store.feeds.follow(URL, NOW)).every == timedelta(hours=3)


async def test_a_removed_feed_is_followed_again_and_remembers_what_it_announced(
    store: SqlStore,
) -> None:
    feed = await store.feeds.follow(URL, NOW)
    await store.feeds.looked(replace(feed, next_due_at=None, failures=2), [ONE], NOW)
    await store.feeds.remove(feed.id, NOW)

    again = await store.feeds.follow(URL, NOW + days(1))

    assert again == replace(feed, next_due_at=NOW + days(1))
    assert await store.feeds.looked(again, [ONE], NOW + days(1)) == []


async def test_of_two_looks_at_once_one_finds_an_article_new(store: SqlStore) -> None:
    feed = await store.feeds.follow(URL, NOW)

    found = await asyncio.gather(*(store.feeds.looked(feed, [ONE, TWO], NOW) for _ in range(4)))

    assert sorted(len(new) for new in found) == [0, 0, 0, 2]


async def test_what_is_not_there_is_said_to_be_unknown(store: SqlStore) -> None:
    feed = await store.feeds.follow(URL, NOW)

    with pytest.raises(NotFoundError, match="no feed goes by 'nothing'"):
        await store.feeds.remove("nothing", NOW)
    with pytest.raises(NotFoundError):
        await store.feeds.looked(replace(feed, id="nothing"), [], NOW)
