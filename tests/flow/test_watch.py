"""Feeds and sitemaps: what is new is expected once, what fails is put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from typing_extensions import override

from archiver.errors import AddressError, InputError, UnreachableError
from archiver.flow.watch import MOST_SITEMAPS, Watched, follow_feed, look_at, watch_due
from archiver.model.inquiry import Answer, Outcome, Question
from tests.fakes import answered, unanswered
from tests.flow.world import AT, Web, world

pytestmark = pytest.mark.anyio

URL = "https://news.example/feed.xml"
EVERY = timedelta(minutes=15)


def rss(*names: str, title: str = "All the news") -> str:
    items = "".join(
        f"<item><title>{name}</title><link>https://news.example/{name}</link></item>"
        for name in names
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def sitemap(*names: str) -> str:
    urls = "".join(f"<url><loc>https://news.example/{name}</loc></url>" for name in names)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def index(*urls: str) -> str:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f"<sitemapindex xmlns='{space}'>{entries}</sitemapindex>"


def names(watched: Watched) -> list[str]:
    return [(one.url or "").rpartition("/")[2] for one in watched.new]


async def test_what_a_feed_announces_is_registered_and_then_only_what_is_new(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve(URL, rss("b", "a"), "application/rss+xml")
        first = await follow_feed(URL, outside, every=EVERY)
        web.serve(URL, rss("c", "b"), "application/rss+xml")
        clock.advance(EVERY)

        [second] = await watch_due(outside, EVERY)

        assert (names(first), first.announced, first.feed.title) == (["b", "a"], 2, "All the news")
        assert (names(second), second.announced) == (["c"], 2)
        assert [one.title for one in second.new] == ["c"]
        assert second.feed.next_due_at == AT + 2 * EVERY
        assert await watch_due(outside, EVERY) == []
        assert len(await outside.store.articles.due(clock.now(), 9)) == 3


async def test_a_feed_is_asked_only_for_what_changed(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        validators = (("ETag", 'W/"1"'), ("Last-Modified", "Sun, 01 Mar 2026 00:00:00 GMT"))
        web.serve(URL, rss("a"), "application/rss+xml", headers=validators)
        followed = await follow_feed(URL, outside, every=EVERY)
        web.serve(URL, b"", status=304)

        again = await look_at(followed.feed, outside, EVERY)

        assert again.is_unchanged
        assert again.error is None
        assert dict(web.asked[-1].headers) == {
            "If-None-Match": 'W/"1"',
            "If-Modified-Since": "Sun, 01 Mar 2026 00:00:00 GMT",
        }
        assert again.feed.etag == 'W/"1"'


async def test_a_feed_that_fails_is_left_alone_longer_each_time_and_says_why(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve(URL, rss("a"), "application/rss+xml")
        feed = (await follow_feed(URL, outside, every=EVERY)).feed
        web.serve_failure(unanswered(URL, Outcome.TIMEOUT))
        waits = []
        for _ in range(9):
            watched = await look_at(feed, outside, EVERY)
            assert watched.feed.next_due_at is not None
            waits.append(watched.feed.next_due_at - clock.now())
            feed = watched.feed

        web.serve(URL, rss("a", "b"), "application/rss+xml")
        mended = await look_at(feed, outside, EVERY)

        assert waits[:3] == [2 * EVERY, 4 * EVERY, 8 * EVERY]
        assert waits[-1] == timedelta(days=1)
        assert (feed.failures, "timeout" in (feed.note or "")) == (9, True)
        assert (mended.feed.failures, mended.feed.note, names(mended)) == (0, None, ["b"])


@pytest.mark.parametrize(
    ("wish", "wait"),
    [
        ("86400", timedelta(days=1)),
        ("Mon, 02 Mar 2026 06:00:00 GMT", timedelta(hours=6)),
        ("99999999999999", timedelta(days=7)),
        ("1", 2 * EVERY),
        ("soon", 2 * EVERY),
        ("Sun, 01 Mar 2020 00:00:00 GMT", 2 * EVERY),
    ],
)
async def test_a_server_that_asks_to_wait_is_left_alone_so_long(tmp_path, wish, wait):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(URL, "slow down", status=429, headers=(("Retry-After", wish),))

        watched = await follow_feed(URL, outside, every=EVERY)

        assert isinstance(watched.error, UnreachableError)
        assert watched.feed.next_due_at == AT + wait
        assert len(await outside.store.feeds.all()) == 1


async def test_what_is_no_feed_is_not_followed(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(URL, "<html><body><p>No feed here.</p></body></html>")

        with pytest.raises(InputError):
            await follow_feed(URL, outside, every=EVERY)

        assert await outside.store.feeds.all() == []


async def test_a_feed_that_turns_into_a_page_stays_followed(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(URL, rss("a"), "application/rss+xml")
        await follow_feed(URL, outside, every=EVERY)
        web.serve(URL, "<html><body><p>We are moving.</p></body></html>")

        watched = await follow_feed(URL, outside, every=EVERY)

        assert isinstance(watched.error, InputError)
        assert [feed.failures for feed in await outside.store.feeds.all()] == [1]


async def test_an_address_that_is_none_is_refused_unasked(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        with pytest.raises(AddressError):
            await follow_feed("news.example/feed", outside, every=EVERY)
        assert web.asked == []


async def test_from_now_on_means_what_appears_after_the_first_look(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve_failure(unanswered(URL, Outcome.TIMEOUT))
        failed = await follow_feed(URL, outside, every=EVERY, from_now=True)
        web.serve(URL, rss("a"), "application/rss+xml")
        first = await look_at(failed.feed, outside, EVERY)
        web.serve(URL, rss("b", "a"), "application/rss+xml")

        second = await look_at(first.feed, outside, EVERY)

        assert (first.announced, names(first)) == (1, [])
        assert names(second) == ["b"]


async def test_the_interval_of_a_feed_goes_before_the_setting(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(URL, rss("a"), "application/rss+xml")

        watched = await follow_feed(URL, outside, every=EVERY, own_every=timedelta(hours=3))

        assert watched.feed.next_due_at == AT + timedelta(hours=3)


async def test_the_sitemaps_of_an_index_are_read_and_what_fails_is_said(tmp_path):
    parts = [f"https://news.example/sitemap{n}.xml" for n in range(3)]
    async with world(tmp_path) as (_, outside, web, _clock):
        headers = (("ETag", '"1"'),)
        web.serve(URL, index(*parts), "application/xml", headers=headers)
        web.serve(parts[0], sitemap("a", "b"), "application/xml")
        web.serve(parts[2], index(parts[0], URL), "application/xml")

        watched = await follow_feed(URL, outside, every=EVERY)

        assert names(watched) == ["a", "b"]
        assert watched.feed.note == "1 of its sitemaps could not be read"
        assert watched.feed.etag is None  # an index stays the same while its sitemaps change
        assert len(web.asked_for(parts[0])) == 1


async def test_an_index_without_end_is_bounded_and_says_so(tmp_path):
    parts = [f"https://news.example/sitemap{n}.xml" for n in range(MOST_SITEMAPS + 7)]
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(URL, index(*parts), "application/xml")
        for number, part in enumerate(parts):
            web.serve(part, sitemap(f"a{number}"), "application/xml")

        watched = await follow_feed(URL, outside, every=EVERY)

        assert watched.announced == MOST_SITEMAPS
        assert watched.feed.note == "7 of its sitemaps were not asked for: too many"


async def test_one_feed_that_fails_stops_no_other(tmp_path):
    other = "https://other.example/feed"
    async with world(tmp_path) as (_, outside, web, _clock):
        for url in (URL, other):
            await outside.store.feeds.follow(url, AT)
        web.answers[URL] = answered(URL, 500, b"broken")
        web.serve(other, rss("a"), "application/rss+xml")

        failed, read = await watch_due(outside, EVERY)

        assert failed.error is not None
        assert names(read) == ["a"]


async def test_a_fault_of_ours_stops_no_other_feed_and_is_noted(tmp_path):
    other = "https://other.example/feed"

    class Broken(Web):
        @override
        async def ask(self, question: Question) -> Answer:
            if question.url == URL:
                raise RecursionError("too deep")
            return await super().ask(question)

    async with world(tmp_path) as (_, outside, _web, _clock):
        web = Broken()
        web.serve(other, rss("a"), "application/rss+xml")
        for url in (URL, other):
            await outside.store.feeds.follow(url, AT)

        failed, read = await watch_due(replace(outside, fetcher=web), EVERY)

        assert failed.feed.note == "reading it failed: RecursionError: too deep"
        assert failed.feed.next_due_at == AT + 2 * EVERY
        assert names(read) == ["a"]
