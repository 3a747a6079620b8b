"""A changed article becomes a new version; noise, walls and absences do not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from archiver.errors import HeldBackError, UnreachableError
from archiver.flow.add import add
from archiver.flow.attend import attend
from archiver.flow.audit import audit
from archiver.flow.outside import Outside
from archiver.flow.read import Supplied, fetch, find
from archiver.flow.targets import find_target
from archiver.model.source import Source
from tests.flow.world import SENTENCE, Web, article, world

pytestmark = pytest.mark.anyio

URL = "https://news.example/gates"
ONE, TWO, THREE = (f"https://ministry.example/{n}" for n in "123")


async def follow(outside: Outside, web: Web, page: str) -> tuple[str, Source]:
    """Follow an article at its address; return its identity and its own source."""
    web.serve(URL, page)
    found = find(await fetch(URL, web))
    added = await add(found, outside, later=True)
    article_id = added.kept.article.id
    own = await outside.store.sources.source(added.kept.article.source_id or "")
    return article_id, own


async def test_a_changed_text_is_a_new_version_whose_new_citations_are_due(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        article_id, own = await follow(outside, web, article(ONE, TWO))
        before = await outside.store.articles.citations(article_id)
        web.serve(URL, article(TWO, THREE, more="It was corrected."))
        asked = len(web.asked_for(URL))

        attended = await attend(own, outside)

        assert len(web.asked_for(URL)) == asked + 1  # the look's own answer is read
        [followed] = attended.read_again
        assert followed.kept.article.id == article_id
        first, second = await outside.store.articles.versions(article_id)
        assert "It was corrected." in second.text
        assert "It was corrected." not in first.text
        after = await outside.store.articles.citations(article_id)
        assert [one.id for one in after] != [one.id for one in before]
        assert after[0].id == before[1].id
        assert after[0].found.position == 1
        due = await outside.store.sources.due(clock.now(), 10)
        assert f"web:{THREE}" in {source.ref.name for source in due}


@pytest.mark.parametrize(
    "page",
    [
        article(ONE, TWO).replace("<p>", "\n\n  <p class='x'>\n "),
        article(ONE, TWO).replace("<body>", "<body><nav><a href='/a'>Home</a></nav>"),
        article(ONE, TWO).replace("</body>", "<script>var now = 1</script></body>"),
    ],
    ids=["white space", "navigation", "script"],
)
async def test_noise_round_the_main_text_makes_no_version(tmp_path, page):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE, TWO))
        web.serve(URL, page)

        attended = await attend(own, outside)

        assert attended.read_again == ()
        assert len(await outside.store.articles.versions(article_id)) == 1


WALL = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


CHALLENGE = (
    "<html><head><title>news.example</title></head><body><p>Checking your browser before accessing"
    " news.example.</p><p>This is automatic. You will be sent on shortly.</p>{}</body></html>"
)
PAYWALL = (
    "<html><head><title>Gates</title></head><body><article><h1>Gates</h1><p>The gates were open"
    " at noon.</p><p>Subscribe to continue reading</p><p>Already a member? Log in</p></article>"
    "</body></html>"
)
CONSENT = (
    "<html><head><title>News</title></head><body><h1>We value your privacy</h1><p>We and our 812"
    " partners store and read cookies.</p><button>Accept all</button></body></html>"
)
LOGIN_FORM = (
    "<html><head><title>News</title></head><body><form><p>Welcome back</p><input name=u>"
    "<input type=password name=p></form></body></html>"
)
NO_ARTICLE = {
    "challenge": CHALLENGE.format(""),
    "challenge with scripts": CHALLENGE.format("<script>go()</script>"),
    "known wall": WALL,
    "pay wall": PAYWALL,
    "consent": CONSENT,
    "log-in": LOGIN_FORM,
    "not found": "<title>Page not found</title><h1>Page not found</h1>",
    "error": "<title>News</title><h1>Error establishing a database connection</h1>",
    "no words": "<html><head><title>x</title></head><body><script>draw()</script></body></html>",
    "nothing": "",
}


@pytest.mark.parametrize("page", NO_ARTICLE.values(), ids=NO_ARTICLE)
async def test_what_stands_before_an_article_is_neither_one_nor_a_version_of_one(tmp_path, page):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE))
        web.serve(URL, page)

        attended = await attend(own, outside)

        assert attended.read_again == ()
        assert len(await outside.store.articles.citations(article_id)) == 1
        with pytest.raises(UnreachableError, match=re.escape(URL)) as told:
            await fetch(URL, web)
        assert "\n" not in str(told.value)
        assert told.value.exit_code == 4


@pytest.mark.parametrize(
    ("status", "page"),
    [(404, "not here"), (403, WALL), (503, WALL), (200, WALL), (500, article(THREE))],
)
async def test_a_look_that_does_not_show_the_article_makes_no_version(tmp_path, status, page):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE, TWO))
        await attend(own, outside)
        web.serve(URL, page, status=status)

        attended = await attend(own, outside)

        assert attended.read_again == ()
        assert len(await outside.store.articles.versions(article_id)) == 1


async def test_a_redirect_to_the_front_page_makes_no_version(tmp_path):
    front = "https://news.example/"
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE, TWO))
        await attend(own, outside)
        web.serve(front, article(THREE, title="All the news", more="Quite other words. " * 40))
        web.answers[URL] = web.answers[front]

        await attend(own, outside)

        assert len(await outside.store.articles.versions(article_id)) == 1


async def test_what_is_at_the_address_now_unmakes_no_older_version(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE))
        for number in range(3):
            web.serve(URL, article(ONE, more=f"Update {number % 2}."))
            await attend(own, outside)

        versions = await outside.store.articles.versions(article_id)

        said = [text.text.rstrip()[-9:] for text in versions[1:]]
        assert said == ["Update 0.", "Update 1.", "Update 0."]
        [citation] = await outside.store.articles.citations(article_id)
        assert citation.added_at == versions[0].seen_at


async def test_a_supplied_text_stands_until_its_page_changes(tmp_path):
    words = f"{SENTENCE}\n\nSo they said ({ONE}).\n"
    async with world(tmp_path) as (_, outside, web, _clock):
        found = find(Supplied(words.encode(), URL, "text/plain"))
        added = await add(found, outside, later=True)
        article_id = added.kept.article.id
        own = await outside.store.sources.source(f"web:{URL}")
        web.serve(URL, article(TWO))

        await attend(own, outside)
        await attend(own, outside)
        as_supplied = await outside.store.articles.versions(article_id)
        web.serve(URL, article(TWO, more="It was corrected."))
        await attend(own, outside)

        after = await outside.store.articles.versions(article_id)
        assert [one.fetched_from for one in as_supplied] == [None]
        assert [one.fetched_from for one in after] == [None, URL]


async def test_an_address_that_turns_into_something_else_is_noted_at_the_article(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, own = await follow(outside, web, article(ONE))
        web.serve(URL, b"\x89PNG\r\n\x1a\n" + bytes(500), "image/png")

        await attend(own, outside)

        note = (await outside.store.articles.article(article_id)).note
        assert note is not None
        assert "no longer shows an article" in note


async def test_a_source_that_is_no_article_of_ours_is_not_read(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        await follow(outside, web, article(ONE))
        web.serve(ONE, article(TWO))
        cited = await outside.store.sources.source(f"web:{ONE}")

        attended = await attend(cited, outside)

        assert attended.read_again == ()
        assert len(await outside.store.articles.all()) == 1


async def test_an_audit_judges_the_article_as_it_is_now(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, _own = await follow(outside, web, article(ONE))
        for cited in (ONE, TWO):
            web.serve(cited, article(title=cited))
        web.serve(URL, article(TWO, more="It was corrected."))

        audited = await audit(await find_target(article_id, outside), outside)

        assert [one.source.ref.url for one in audited.audited if one.source] == [TWO]
        assert [one.finding.verdict is not None for one in audited.audited] == [True]


async def test_a_look_that_a_clock_ahead_dated_is_not_a_recent_one(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        article_id, _own = await follow(outside, web, article(ONE))
        web.serve(ONE, article(title=ONE))
        target = await find_target(article_id, outside)
        asked = []
        for jump in (timedelta(days=1), timedelta(0), timedelta(days=-1), timedelta(0)):
            clock.set_by(jump)
            before = len(web.asked)
            await audit(target, outside, recent=timedelta(hours=1))
            asked.append(len(web.asked) > before)

    assert asked == [True, False, True, False]


LONG = article(ONE, TWO, more=SENTENCE * 30)
DOUBTFUL = {
    "lost its citations": article(more=SENTENCE * 36),
    "lost most of its text": article(ONE, TWO),
}


@pytest.mark.parametrize("page", DOUBTFUL.values(), ids=DOUBTFUL)
async def test_a_page_that_lost_most_of_an_article_is_kept_back_until_it_lasts(tmp_path, page):
    async with world(tmp_path) as (_, outside, web, clock):
        article_id, own = await follow(outside, web, LONG)
        await attend(own, outside)
        web.serve(URL, page)
        clock.advance(timedelta(days=3))
        first = await attend(own, outside)
        held = await outside.store.articles.article(article_id)
        due = (await outside.store.sources.source(own.id)).next_due_at
        at_first = clock.now()
        clock.advance(timedelta(hours=23))
        soon = await attend(own, outside)
        clock.advance(timedelta(hours=1))

        lasting = await attend(own, outside)

        assert (first.read_again, soon.read_again) == ((), ())
        assert "kept back" in (held.note or "")
        assert due is not None
        assert due <= at_first + timedelta(days=1)
        assert len(lasting.read_again) == 1
        assert (await outside.store.articles.article(article_id)).note is None
        assert len(await outside.store.articles.versions(article_id)) == 2


async def test_a_page_that_is_itself_again_was_never_another_version(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        article_id, own = await follow(outside, web, LONG)
        for page in (DOUBTFUL["lost its citations"], LONG):
            web.serve(URL, page)
            await attend(own, outside)
            clock.advance(timedelta(days=2))

        kept = await outside.store.articles.article(article_id)

        assert kept.note is None
        assert len(await outside.store.articles.versions(article_id)) == 1


@pytest.mark.parametrize("page", DOUBTFUL.values(), ids=DOUBTFUL)
async def test_adding_again_what_lost_most_of_itself_keeps_the_article_as_it_was(tmp_path, page):
    async with world(tmp_path) as (_, outside, web, clock):
        article_id, own = await follow(outside, web, LONG)
        web.serve(URL, page)
        found = find(await fetch(URL, web))

        with pytest.raises(HeldBackError, match="kept back") as told:
            await add(found, outside, later=True)

        assert told.value.exit_code == 4
        assert len(await outside.store.articles.citations(article_id)) == 2
        assert "kept back" in ((await outside.store.articles.article(article_id)).note or "")
        due = await outside.store.sources.due(clock.now(), 10)
        assert own.id in {source.id for source in due}


async def test_a_text_that_a_person_supplies_is_not_doubted(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, _own = await follow(outside, web, LONG)
        words = find(Supplied(b"The gates are shut, and that is all.\n", URL, "text/plain"))

        await add(words, outside, later=True)

        assert len(await outside.store.articles.versions(article_id)) == 2


async def test_an_audit_of_an_article_that_lost_its_citations_says_how_many(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        article_id, _own = await follow(outside, web, LONG)
        words = find(Supplied(b"The gates are shut, and that is all.\n", URL, "text/plain"))
        await add(words, outside, later=True)

        result = await audit(await find_target(article_id, outside), outside)

        assert result.audited == ()
        assert result.lost == 2
