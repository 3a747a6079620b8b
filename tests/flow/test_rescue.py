"""Sources that are lost when they are registered are taken over from outside archives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.demo.wayback_site import Mood, Snapshot
from archiver.flow.add import add
from archiver.flow.audit import audit, known
from archiver.flow.rescue import rescue
from archiver.flow.targets import find_target
from archiver.model.citation import CitedMemento
from archiver.model.inquiry import Outcome
from archiver.model.memento import Memento
from archiver.model.signals import Signal
from archiver.model.verdict import AsCitedKind, FindingKind, Quote
from tests.answers.wayback import json_v2, old_page, script_page, sorry_page
from tests.fakes import unanswered
from tests.flow.bench import (
    HANDLE,
    WORDS,
    Bench,
    article,
    bench,
    embedding,
    post_id,
    status_url,
)

pytestmark = pytest.mark.anyio

POST = post_id()
JSON = "application/json"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def good(when: datetime, host: str = "twitter.com", words: str = WORDS) -> Snapshot:
    return Snapshot(status_url(POST, host), when, old_page(POST, HANDLE, words))


async def mementos(on: Bench) -> list[Memento]:
    source = await on.outside.store.sources.source(f"x:{POST}")
    return await on.outside.store.mementos.of(source.id)


async def test_a_post_deleted_before_its_article_was_registered_is_rescued(tmp_path):
    snapshots = [
        good(at(2020, 1, 9, 10)),
        good(at(2020, 1, 16, 10), host="mobile.twitter.com"),
        Snapshot(status_url(POST), at(2020, 1, 14, 11), sorry_page()),
        Snapshot(status_url(POST), at(2020, 1, 14, 13), script_page()),
    ]
    async with bench(tmp_path, snapshots) as on:
        added = await on.add(article(embedding(POST)))
        on.clock.advance(timedelta(hours=7))
        target = await find_target(added.kept.article.id, on.outside)
        finding = (await audit(target, on.outside)).audited[0].finding
        (memento,) = await mementos(on)

    assert added.taken[0].attended is not None
    assert added.taken[0].attended.look.observation.reading.signal is Signal.NOT_FOUND
    assert (memento.archive, memento.at) == ("wayback", at(2020, 1, 16, 10))
    assert memento.url == f"https://web.archive.org/web/20200116100000/{snapshots[1].url}"
    assert memento.reading.post is not None
    assert memento.reading.post.text == WORDS
    assert [answer.outcome for answer in memento.answers].count(Outcome.ANSWERED) > 3
    assert "passed over the copy of 14 January 2020 13:00" in (memento.note or "")
    pin = finding.as_cited
    assert (pin.kind, pin.memento_id) == (AsCitedKind.MEMENTO, memento.id)
    assert pin.lag == timedelta(days=2)
    assert finding.kind in {FindingKind.GONE, FindingKind.SUSPECT}
    copy = "An outside archive's copy of 16 January 2020 (Wayback) shows the words printed"
    assert copy in finding.reason


async def test_a_copy_captured_as_data_is_read_too(tmp_path):
    body = json_v2(POST, HANDLE, f"{WORDS} https://t.co/y2MZyT187R")
    held = [Snapshot(status_url(POST), at(2020, 1, 13, 9), body, media_type=JSON)]
    async with bench(tmp_path, held) as on:
        await on.add(article(embedding(POST)))
        (memento,) = await mementos(on)

    assert memento.reading.post is not None
    assert memento.reading.post.text == WORDS


async def test_a_page_that_is_lost_is_rescued_and_its_soft_404_passed_over(tmp_path):
    url = "https://weather.example/2020/storm-log"
    words = "<p>" + "The pier stood under water for three hours that night, says the log. " * 12
    page = (
        f"<html><head><title>Storm log</title></head><body><article>{words}</article></body></html>"
    )
    lost = "<html><head><title>Page not found</title></head><body><p>Sorry.</p></body></html>"
    held = [
        Snapshot("http://www.weather.example/2020/storm-log", at(2020, 1, 20), page.encode()),
        Snapshot(url, at(2020, 1, 14, 12), lost.encode()),
        Snapshot("https://weather.example/2020/Storm-Log", at(2020, 1, 14, 15), page.encode()),
    ]
    body = f'<html><body><article><p>{"The log of the night tells more. " * 9}<a href="{url}">The log</a></p></article></body></html>'
    async with bench(tmp_path, held) as on:
        await on.add(article(body.encode()))
        source = await on.outside.store.sources.source(f"web:{url}")
        (memento,) = await on.outside.store.mementos.of(source.id)

    assert memento.original == "http://www.weather.example/2020/storm-log"
    assert memento.reading.page is not None
    assert "three hours" in memento.reading.page.visible


async def test_an_archive_that_is_down_costs_neither_look_nor_capture_and_is_left_alone(tmp_path):
    async with bench(tmp_path, [good(at(2020, 1, 13, 10))], mood=Mood.FAILING) as on:
        added = await on.add(article(embedding(POST)))
        state = await on.outside.store.services.state("archive:wayback")
        asked = len(on.asked_of_wayback())
        again = await rescue(added.taken[0].source, (), on.outside)
        asked_again = len(on.asked_of_wayback())
        on.clock.advance(timedelta(minutes=2))
        on.wayback.mood = Mood.WELL
        later = await rescue(added.taken[0].source, added.citations, on.outside)
        after = await on.outside.store.services.state("archive:wayback")

    assert added.taken[0].error is None
    assert added.taken[0].attended is not None
    assert added.taken[0].attended.capture is not None
    assert state is not None
    assert (state.is_paused, state.failures) == (True, 1)
    assert "fails (HTTP 503)" in (state.reason or "")
    assert asked > 0
    assert asked_again == asked
    assert "is left alone until" in again.notes[0]
    assert again.is_passing
    assert len(later.mementos) == 1
    assert after is not None
    assert (after.is_paused, after.failures) == (False, 0)


async def test_a_limit_pauses_for_a_minute_and_a_second_one_for_two(tmp_path):
    async with bench(tmp_path, [good(at(2020, 1, 13, 10))], mood=Mood.LIMITED) as on:
        added = await on.add(article(embedding(POST)))
        first = await on.outside.store.services.state("archive:wayback")
        on.clock.advance(timedelta(seconds=61))
        await rescue(added.taken[0].source, added.citations, on.outside)
        second = await on.outside.store.services.state("archive:wayback")

    assert first is not None
    assert second is not None
    assert first.paused_until is not None
    assert second.paused_until is not None
    assert first.paused_until - first.changed_at == timedelta(seconds=60)
    assert second.paused_until - second.changed_at == timedelta(seconds=120)


async def test_an_index_that_answers_with_a_web_page_is_gone_round(tmp_path):
    async with bench(tmp_path, [good(at(2020, 1, 13, 10))], mood=Mood.WALLED) as on:
        await on.add(article(embedding(POST)))
        found = await mementos(on)

    assert [memento.at for memento in found] == [at(2020, 1, 13, 10)]


async def test_an_excluded_address_is_told_and_pauses_nobody(tmp_path):
    async with bench(tmp_path, [good(at(2020, 1, 13, 10))], excluded=[status_url(POST)]) as on:
        added = await on.add(article(embedding(POST)))
        state = await on.outside.store.services.state("archive:wayback")
        told = await rescue(added.taken[0].source, added.citations, on.outside)

    assert state is None
    assert told.mementos == ()
    assert not told.is_passing
    assert "does not show this address to anybody" in told.notes[0]


async def test_an_archive_that_does_not_answer_costs_nothing(tmp_path):
    class Silent:
        def __init__(self, inner):
            self.inner = inner

        async def ask(self, question):
            if "archive.org" in question.url:
                return unanswered(question.url, Outcome.TIMEOUT)
            return await self.inner.ask(question)

    async with bench(tmp_path) as on:
        outside = replace(on.outside, fetcher=Silent(on.outside.fetcher))
        added = await on.add(article(embedding(POST)), outside)
        state = await on.outside.store.services.state("archive:wayback")

    assert added.taken[0].error is None
    assert state is not None
    assert state.is_paused


async def test_no_archive_is_asked_when_asking_is_off(tmp_path):
    async with bench(tmp_path, [good(at(2020, 1, 13, 10))], archives={"enabled": False}) as on:
        await on.add(article(embedding(POST)))

        assert on.asked_of_wayback() == []
        assert await mementos(on) == []


async def test_a_redirect_to_a_far_capture_is_not_the_capture_asked_for(tmp_path):
    near = good(at(2020, 1, 14, 10))
    far = good(at(2021, 6, 1, 10), words="Other words that were put there later on, all of them.")
    async with bench(tmp_path, [near, far]) as on:
        added = await on.add(
            article(embedding(POST)),
            replace(on.outside, archives=replace(on.outside.archives, asked=())),
        )
        source = added.taken[0].source
        listed = on.wayback.snapshots
        (archive,) = on.outside.archives.asked

        class Stale:
            name, title = archive.name, archive.title
            holding_at = archive.holding_at
            fetch = archive.fetch

            def holds(self, wanted, near_day):
                listing = yield from archive.holds(wanted, near_day)
                listed.remove(near)  # the index knows more than playback does
                return listing

        outside = replace(on.outside, archives=replace(on.outside.archives, asked=(Stale(),)))
        told = await rescue(source, added.citations, outside)

    assert any("what came is a copy of 01 June 2021" in note for note in told.notes)
    assert [memento.at for memento in told.mementos] == [far.at]


async def test_what_was_edited_before_our_first_look_is_compared_with_the_copy(tmp_path):
    handle = "layla_tides"
    async with bench(tmp_path) as on:
        post = on.web._stage.posts[handle]
        printed = "The 05:10 ferry sailed at the usual hour. I counted all of the gates shut."
        day = post.posted_at
        body = embedding(post.id, printed).replace(HANDLE.encode(), handle.encode())
        body = body.replace(b"January 13, 2020", f"{day:%B} {day.day}, {day.year}".encode())
        body = body.replace(b"2020-01-14", f"{day:%Y-%m-%d}".encode())
        on.wayback.snapshots.append(
            Snapshot(post.status_url, day + timedelta(hours=1), old_page(post.id, handle, printed))
        )
        on.clock.advance(timedelta(days=1))
        added = await on.add(article(body))
        target = await find_target(added.kept.article.id, on.outside)
        finding = (await known(target, on.outside)).audited[0].finding

    assert finding.as_cited.kind is AsCitedKind.MEMENTO
    assert finding.kind is FindingKind.CHANGED
    assert finding.quote in {Quote.ALTERED, Quote.MISSING}


async def test_an_article_that_cites_an_archived_copy_rests_on_that_copy(tmp_path):
    first, second = good(at(2020, 1, 13, 10)), good(at(2020, 3, 1, 10))
    cited = CitedMemento(
        "wayback", f"https://web.archive.org/web/20200301100000/{second.url}", second.at
    )
    async with bench(tmp_path, [first, second]) as on:
        extraction = article(embedding(POST))
        named = tuple(replace(one, memento=cited) for one in extraction.citations)
        added = await on.add(replace(extraction, citations=named))
        target = await find_target(added.kept.article.id, on.outside)
        finding = (await known(target, on.outside)).audited[0].finding
        found = await mementos(on)

    assert [memento.at for memento in found] == [second.at]
    assert finding.as_cited.memento_id == found[0].id


async def test_lost_sources_take_turns_and_none_is_forgotten(tmp_path):
    others = [post_id(number) for number in range(2, 6)]
    held = [
        Snapshot(status_url(one), at(2020, 1, 14, 10), old_page(one, HANDLE, f"{WORDS} {one}"))
        for one in others
    ]
    pages = [embedding(one, f"{WORDS} {one}").partition(b"<blockquote") for one in others]
    quotes = [b"<blockquote" + rest.partition(b"</blockquote>")[0] for _, _, rest in pages]
    body = pages[0][0] + b"</blockquote>".join([*quotes, b"</article></body></html>"])
    async with bench(tmp_path, held) as on:
        added = await add(article(body), on.outside, at_once=4)
        found = [
            await on.outside.store.mementos.of(source.id)
            for source in added.sources
            if source.ref.platform == "x"
        ]

    assert [len(mementos) for mementos in found] == [1, 1, 1, 1]


async def test_a_link_to_an_archived_copy_is_a_citation_of_the_original_resting_on_that_copy(
    tmp_path,
):
    url = "https://weather.example/2020/storm-log"
    words = "<p>" + "The pier stood under water for three hours that night, says the log. " * 12
    page = (
        f"<html><head><title>Storm log</title></head><body><article>{words}</article></body></html>"
    )
    held = [
        Snapshot(url, at(2020, 1, 14, 9), page.encode()),
        Snapshot(url, at(2020, 3, 1, 10), page.replace("three", "four").encode()),
    ]
    cited = f"https://web.archive.org/web/20200301100000/{url}"
    body = f'<html><body><article><p>{"The log of the night tells more. " * 9}<a href="{cited}">The log</a></p></article></body></html>'
    async with bench(tmp_path, held) as on:
        added = await on.add(article(body.encode()))
        target = await find_target(added.kept.article.id, on.outside)
        (audited,) = (await known(target, on.outside)).audited

    assert audited.source is not None
    assert audited.source.ref.name == f"web:{url}"
    assert audited.memento is not None
    assert (audited.memento.at, audited.memento.url) == (at(2020, 3, 1, 10), cited)
    assert audited.finding.as_cited.kind is AsCitedKind.MEMENTO


def linking(url: str) -> bytes:
    said = "Nobody on the quay believed it at first, and the master has not answered us. " * 4
    return f"""<html><head><title>What</title>
<meta property="article:published_time" content="2020-01-14T08:00:00Z"></head>
<body><article><p>{said}<a href="{url}">The picture</a></p></article></body></html>""".encode()


async def test_a_login_page_that_an_archive_holds_is_no_copy_of_a_post(tmp_path):
    url = "https://www.instagram.com/p/CCCCCCCCCCC/"
    login = b"<html><head><title>Login - Instagram</title></head><body>Log in to see photos."
    async with bench(tmp_path, [Snapshot(url, at(2020, 1, 14, 11), login)]) as on:
        added = await on.add(article(linking(url)))
        source = await on.outside.store.sources.source("instagram:CCCCCCCCCCC")
        told = await rescue(source, added.citations, on.outside)

        assert await on.outside.store.mementos.of(source.id) == []
    assert "passed over the copy of 14 January 2020 11:00" in told.notes[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/intranet/secret?token=abc",
        "https://wiki.corp/page",
        "https://weather.example/a?access_token=abc",
    ],
)
async def test_an_address_of_an_inner_network_or_with_a_secret_is_told_to_no_archive(tmp_path, url):
    async with bench(tmp_path) as on:
        added = await on.add(article(linking(url)))
        told = await rescue(added.taken[0].source, added.citations, on.outside)
        asked = on.asked_of_wayback()

    assert asked == []
    assert not told.mementos
    assert "is not asked" in told.notes[0]
