"""Articles that wait to be read: read when due, kept as they were announced, put off in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from typing_extensions import override

from archiver.errors import InputError, UnreachableError
from archiver.flow.add import add
from archiver.flow.bulk import add_listed
from archiver.flow.read import Supplied, find
from archiver.flow.waiting import GIVEN_UP, look_up_new, read_due, read_waiting
from archiver.model.citation import Resolution
from archiver.model.feed import ExpectedArticle
from archiver.model.inquiry import Answer, Outcome, Question
from tests.fakes import unanswered
from tests.flow.world import AT, Web, article, world

pytestmark = pytest.mark.anyio

ONE, TWO = "https://news.example/1", "https://news.example/2"
CITED = "https://ministry.example/statement"


async def test_a_due_article_is_read_and_what_it_cites_is_due(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(ONE, article(CITED))
        [expected] = await outside.store.articles.expect([ExpectedArticle(ONE)], AT)

        [read] = await read_due(outside)

        assert read.error is None
        kept = await outside.store.articles.article(ONE)
        assert (kept.id, kept.title, kept.read_due_at) == (expected.id, "Gates", None)
        due = await outside.store.sources.due(AT, 10)
        assert {source.ref.name for source in due} == {f"web:{ONE}", f"web:{CITED}"}
        assert await read_due(outside) == []


async def test_an_article_keeps_what_its_list_said_when_its_page_tells_none(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(ONE, f"Said at {CITED} today.\n", "text/plain")
        told = ExpectedArticle(ONE, "From the list", date(2020, 1, 2))
        await outside.store.articles.expect([told], AT)

        await read_due(outside)

        kept = await outside.store.articles.article(ONE)
        assert (kept.title, kept.published_on) == (told.title, told.published_on)


async def test_one_that_does_not_answer_is_due_later_and_stops_no_other(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve_failure(unanswered(ONE, Outcome.TIMEOUT))
        web.serve(TWO, article(CITED))
        await outside.store.articles.expect([ExpectedArticle(ONE), ExpectedArticle(TWO)], AT)

        failed, read = await read_due(outside)

        assert isinstance(failed.error, UnreachableError)
        assert read.followed is not None
        waiting = await outside.store.articles.article(ONE)
        assert waiting.read_due_at is not None
        assert waiting.read_due_at >= AT + timedelta(minutes=10)
        assert "timeout" in (waiting.note or "")
        clock.advance(timedelta(days=1))
        web.serve(ONE, article(CITED))
        await read_due(outside)
        assert (await outside.store.articles.article(ONE)).note is None


async def test_a_server_that_asks_to_wait_is_left_alone_so_long(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(ONE, "later", status=503, headers=(("Retry-After", "7200"),))
        await outside.store.articles.expect([ExpectedArticle(ONE)], AT)

        await read_due(outside)

        waiting = await outside.store.articles.article(ONE)
        assert waiting.read_due_at == AT + timedelta(hours=2)


async def test_what_never_comes_is_given_up_with_the_reason_kept(tmp_path):
    async with world(tmp_path) as (_, outside, _web, clock):
        await outside.store.articles.expect([ExpectedArticle(ONE)], AT)
        tries = 0
        while (await outside.store.articles.article(ONE)).read_due_at is not None:
            tries += len(await read_due(outside))
            clock.advance(timedelta(hours=6))

        assert 10 < tries < 60
        assert clock.now() - AT > GIVEN_UP
        assert "404" in ((await outside.store.articles.article(ONE)).note or "")


async def test_what_is_no_article_is_not_asked_for_again(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve(ONE, b"\x89PNG\r\n", "image/png")
        await outside.store.articles.expect([ExpectedArticle(ONE)], AT)

        [read] = await read_due(outside)

        assert isinstance(read.error, InputError)
        clock.advance(timedelta(days=9))
        assert await read_due(outside) == []
        assert "image/png" in ((await outside.store.articles.article(ONE)).note or "")


async def test_a_redirected_article_keeps_the_address_it_was_given_by(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(TWO, article(CITED))
        web.answers[ONE] = web.answers[TWO]
        [expected] = await outside.store.articles.expect([ExpectedArticle(ONE)], AT)

        await read_due(outside)

        assert (await outside.store.articles.article(expected.id)).url == ONE
        assert (await outside.store.articles.version(expected.id)).fetched_from == TWO
        assert (await outside.store.sources.source(f"web:{ONE}")).ref.url == ONE


async def test_two_addresses_of_one_article_become_one(tmp_path):
    campaign = f"{ONE}?from=feed"
    page = article(CITED).replace("<head>", f'<head><link rel="canonical" href="{ONE}">')
    async with world(tmp_path) as (_, outside, web, _clock):
        for url in (ONE, campaign):
            web.serve(url, page)
        await outside.store.articles.expect([ExpectedArticle(ONE)], AT)
        await read_due(outside)
        await outside.store.articles.expect([ExpectedArticle(campaign)], AT)

        await read_due(outside)

        [only] = await outside.store.articles.all()
        assert only.url == ONE
        other = await outside.store.articles.article(campaign)
        assert (other.removed_at, other.read_due_at) == (AT, None)
        assert other.note == f"the same article as {only.id}"


async def test_an_article_in_somebody_elses_hands_is_left_to_them(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        web.serve(ONE, article(CITED))
        [expected] = await outside.store.articles.expect([ExpectedArticle(ONE)], AT)
        await read_waiting(expected, outside)

        assert await read_waiting(expected, outside) is None
        assert len(web.asked_for(ONE)) == 1


async def test_an_interrupted_list_leaves_the_rest_due(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        listed = [ExpectedArticle(ONE), ExpectedArticle(TWO)]
        for one in listed:
            web.serve(one.url, article(CITED))
        await outside.store.articles.expect(listed, AT)
        reading = add_listed(listed, outside)

        first = await anext(reading)
        await reading.aclose()

        assert first.added is not None
        assert [one.url for one in await outside.store.articles.due(AT, 9)] == [TWO]


async def test_a_list_says_of_each_what_came_of_it(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        known, fresh, lost = (f"https://news.example/{n}" for n in "abc")
        for url in (known, fresh):
            web.serve(url, article(CITED))
        listed = [ExpectedArticle(url) for url in (known, fresh, lost)]
        await outside.store.articles.expect(listed[:1], AT)
        await read_due(outside)
        await outside.store.articles.expect(listed, AT)

        came = [one async for one in add_listed(listed, outside)]

        assert [one.added is not None for one in came] == [False, True, False]
        assert [one.error is not None for one in came] == [False, False, True]
        assert came[1].added is not None
        assert [c.resolution for c in came[1].added.citations] == [Resolution.RESOLVED]


async def test_a_fault_of_ours_stops_no_other_article_and_is_noted(tmp_path):
    class Broken(Web):
        @override
        async def ask(self, question: Question) -> Answer:
            if question.url == ONE:
                raise RecursionError("too deep")
            return await super().ask(question)

    async with world(tmp_path) as (_, outside, _web, clock):
        web = Broken()
        web.serve(TWO, article(CITED))
        await outside.store.articles.expect([ExpectedArticle(ONE), ExpectedArticle(TWO)], AT)

        failed, read = await read_due(replace(outside, fetcher=web))

        assert "too deep" in str(failed.error)
        assert read.followed is not None
        waiting = await outside.store.articles.article(ONE)
        assert waiting.read_due_at is not None
        assert waiting.read_due_at > clock.now()
        assert "RecursionError" in (waiting.note or "")


async def test_what_is_only_kept_is_looked_up_by_the_daemon_once(tmp_path):
    short = "https://bit.ly/3gates"
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve(short, b"", status=301, headers=(("Location", CITED),))
        web.serve(CITED, article())
        found = find(Supplied(article(short).encode(), ONE, "text/html"))
        added = await add(found, outside, later=True)

        looked_up = await look_up_new(outside)

        assert [one.resolution for one in added.citations] == [Resolution.NEEDS_LOOKUP]
        assert [one.resolution for one in looked_up] == [Resolution.RESOLVED]
        due = await outside.store.sources.due(clock.now(), 9)
        assert f"web:{CITED}" in {source.ref.name for source in due}
        assert await look_up_new(outside) == []
