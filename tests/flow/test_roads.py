"""From a post that was flattened to words, without a code, to the post itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from archiver.demo.wayback_site import Mood, Snapshot
from archiver.flow.resolve import resolve, resolve_due
from archiver.model.citation import Certainty, CitationKind, Resolution, Road
from archiver.model.inquiry import Answer, Outcome
from tests.answers.wayback import old_page, script_page
from tests.fakes import FrozenClock, answered, unanswered
from tests.flow.bench import (
    HANDLE,
    WORDS,
    article,
    bench,
    embedding,
    flattened,
    post_id,
    status_url,
)

pytestmark = pytest.mark.anyio

POST, OTHER = post_id(1), post_id(2)
URL = "https://paper.example/2020/01/14/tower"
TEXT = "text/plain"
SNAPPED = datetime(2020, 1, 14, 10, tzinfo=UTC)


def held(status_id: str, words: str | None, **changes) -> Snapshot:
    body = old_page(status_id, HANDLE, words) if words is not None else script_page()
    return replace(Snapshot(status_url(status_id), SNAPPED, body), **changes)


class WithPage:
    """Answers the article's address as told, and the rest as the miniature web does."""

    def __init__(self, inner, answer: Answer):
        self.inner = inner
        self.answer = answer

    async def ask(self, question):
        if question.url == URL:
            return replace(self.answer, question=question)
        return await self.inner.ask(question)


def gone() -> Answer:
    return answered(URL, 404, b"<html><title>Not found</title></html>")


async def test_a_post_is_found_in_the_articles_own_html(tmp_path):
    async with bench(tmp_path) as on:
        page = answered(URL, 200, embedding(POST))
        outside = replace(on.outside, fetcher=WithPage(on.outside.fetcher, page))
        added = await on.add(article(flattened(), media_type=TEXT, url=URL), outside)
        (citation,) = added.citations
        (attempt,) = await outside.store.articles.attempts(citation.id)
        source = await outside.store.sources.source(citation.source_id or "")

    assert citation.found.resolution is Resolution.UNRESOLVED
    assert source.ref.name == f"x:{POST}"
    assert (citation.road, citation.certainty) == (Road.ARTICLE, Certainty.CHECKED)
    assert attempt.answers[0].url == URL
    assert attempt.answers[0].body_sha256
    assert "handle, day and words agree" in attempt.note


async def test_a_post_is_found_in_an_archived_copy_of_the_article(tmp_path):
    copies = [
        Snapshot(URL, datetime(2020, 1, 15, tzinfo=UTC), embedding(POST)),
        Snapshot(URL, datetime(2023, 5, 1, tzinfo=UTC), embedding(OTHER)),
    ]
    async with bench(tmp_path, copies) as on:
        outside = replace(on.outside, fetcher=WithPage(on.outside.fetcher, gone()))
        added = await on.add(article(flattened(), media_type=TEXT, url=URL), outside)
        (citation,) = added.citations
        (attempt,) = await outside.store.articles.attempts(citation.id)

    assert attempt.source is not None
    assert attempt.source.name == f"x:{POST}"
    assert (citation.road, citation.certainty) == (Road.ARTICLE_MEMENTO, Certainty.CHECKED)
    assert "15 January 2020" in attempt.note


async def test_other_words_of_the_same_author_and_day_are_not_taken(tmp_path):
    async with bench(tmp_path) as on:
        page = answered(URL, 200, embedding(POST, "Quite another sentence, of the same morning."))
        outside = replace(on.outside, fetcher=WithPage(on.outside.fetcher, page))
        added = await on.add(article(flattened(), media_type=TEXT, url=URL), outside)

    assert added.citations[0].resolution is Resolution.UNRESOLVED
    assert "no post agrees" in (added.citations[0].resolution_note or "")


INDEX = {
    "the only one, words agree": (
        [held(POST, WORDS)],
        (POST, Certainty.CHECKED),
        "its words are those printed",
    ),
    "one of several has the words": (
        [held(POST, WORDS), held(OTHER, "Something else that was said on that morning.")],
        (POST, Certainty.CHECKED),
        "its words are those printed",
    ),
    "one agrees beside one that cannot be read": (
        [held(POST, WORDS), held(OTHER, None)],
        (POST, Certainty.CHECKED),
        "its words are those printed",
    ),
    "under the newer host, the handle in other letters": (
        [held(POST, WORDS, url=f"https://x.com/TowerSight/status/{POST}?s=20")],
        (POST, Certainty.CHECKED),
        "its words are those printed",
    ),
    "the only one, and no copy can be read": (
        [held(POST, None)],
        (POST, Certainty.LIKELY),
        "its words were not checked",
    ),
    "several that cannot be read": (
        [held(POST, None), held(OTHER, None)],
        None,
        f"could not be read: https://x.com/{HANDLE}/status/{POST}, ",
    ),
    "two with the same words": ([held(POST, WORDS), held(OTHER, WORDS)], None, "have the printed"),
    "the only one says something else": (
        [held(POST, "Something else that was said on that morning.")],
        None,
        "none of 1 posts",
    ),
    "of the day after": (
        [held(post_id(1, date(2020, 1, 14)), WORDS)],
        None,
        "no post of that author and day",
    ),
    "of another author": (
        [held(POST, WORDS, url=f"https://twitter.com/towersight2/status/{POST}")],
        None,
        "no post of that author and day",
    ),
    "nothing held": ([], None, "no post of that author and day"),
}


@pytest.mark.parametrize(("snapshots", "expected", "note"), INDEX.values(), ids=INDEX.keys())
async def test_an_index_is_searched_by_author_and_day(tmp_path, snapshots, expected, note):
    async with bench(tmp_path, snapshots) as on:
        added = await on.add(article(flattened(), media_type=TEXT))
        (citation,) = added.citations
        (attempt,) = await on.outside.store.articles.attempts(citation.id)

    taken = (
        (attempt.source.key, attempt.certainty) if attempt.source and attempt.certainty else None
    )
    assert taken == expected
    assert attempt.road is Road.INDEX
    assert note in attempt.note
    state = Resolution.RESOLVED if expected else Resolution.UNRESOLVED
    assert citation.resolution is state


async def test_an_index_that_broke_off_makes_nothing_likely_and_is_asked_again_later(tmp_path):
    async with bench(tmp_path, [held(POST, WORDS)], mood=Mood.FAILING) as on:
        added = await on.add(article(flattened(), media_type=TEXT))
        (citation,) = added.citations
        on.wayback.mood = Mood.WELL
        at_once = await resolve_due(on.outside)
        on.clock.advance(timedelta(hours=2))
        later = await resolve_due(on.outside)
        found = await on.outside.store.articles.citation(citation.id)
        tried = await on.outside.store.articles.attempts(citation.id)

    assert citation.resolution is Resolution.NEEDS_LOOKUP
    assert (at_once, later) == (0, 1)
    assert found.resolution is Resolution.RESOLVED
    assert len(tried) == 2


async def test_an_attempt_of_a_time_to_come_keeps_no_road_from_being_tried(tmp_path):
    async with bench(tmp_path, mood=Mood.FAILING) as on:
        await on.add(article(flattened(), media_type=TEXT))
        ahead = FrozenClock(on.clock.now() + timedelta(days=400))
        by_wrong_clock = await resolve_due(replace(on.outside, clock=ahead))
        on.clock.advance(timedelta(days=1))

        tried = await resolve_due(on.outside)

    assert (by_wrong_clock, tried) == (1, 1)


async def test_roads_that_fail_and_fail_are_given_up(tmp_path):
    async with bench(tmp_path, mood=Mood.FAILING) as on:
        added = await on.add(article(flattened(), media_type=TEXT))
        for _ in range(12):
            on.clock.advance(timedelta(days=8))
            await resolve_due(on.outside)
        (citation,) = added.citations
        found = await on.outside.store.articles.citation(citation.id)
        tried = await on.outside.store.articles.attempts(citation.id)

    assert found.resolution is Resolution.UNRESOLVED
    assert len(tried) == 6


async def test_what_nothing_leads_to_is_tried_once_and_again_only_by_hand(tmp_path):
    async with bench(tmp_path) as on:
        added = await on.add(article(flattened(), media_type=TEXT))
        (citation,) = added.citations
        before = len(on.asked_of_wayback())
        await resolve(citation, on.outside)
        untouched = len(on.asked_of_wayback())
        on.wayback.snapshots.append(held(POST, WORDS))
        found = await resolve(citation, on.outside, again=True)

    assert untouched == before
    assert found.resolution is Resolution.RESOLVED


async def test_an_article_address_that_fails_for_now_keeps_the_citation_waiting(tmp_path):
    async with bench(tmp_path) as on:
        down = unanswered(URL, Outcome.TIMEOUT)
        outside = replace(on.outside, fetcher=WithPage(on.outside.fetcher, down))
        added = await on.add(article(flattened(), media_type=TEXT, url=URL), outside)

    assert added.citations[0].resolution is Resolution.NEEDS_LOOKUP


async def test_a_pointer_is_found_by_its_title_in_the_articles_own_html(tmp_path):
    title = "The night the harbour lights went out, hour by hour"
    text = (
        f"What the tower saw\n\nNobody believed it at first.\n\nREAD: {title}\n\nThe end of it.\n"
    )
    page = f"""<html><head><title>What the tower saw</title></head><body><article>
<p>Nobody believed it at first, and then the picture went round the town by noon.</p>
<p><strong>READ: <a href="https://paper.example/lights">{title}</a></strong></p>
<p>The end of it came with the morning.</p></article></body></html>"""
    async with bench(tmp_path) as on:
        answer = answered(URL, 200, page.encode())
        outside = replace(on.outside, fetcher=WithPage(on.outside.fetcher, answer))
        added = await on.add(article(text.encode(), media_type=TEXT, url=URL), outside)
        (citation,) = added.citations
        source = await outside.store.sources.source(citation.source_id or "")

    assert citation.found.kind is CitationKind.RELATED
    assert source.ref.name == "web:https://paper.example/lights"
    assert citation.road is Road.ARTICLE


async def test_the_article_is_fetched_once_for_all_its_citations(tmp_path):
    body = (
        flattened()
        + b"\nThe crane stood still until noon. \xe2\x80\x94 Old Crane (@oldcrane) January 13, 2020\n"
    )
    async with bench(tmp_path) as on:
        fetcher = WithPage(on.outside.fetcher, gone())
        asked: list[str] = []

        class Counting:
            async def ask(self, question):
                asked.append(question.url)
                return await fetcher.ask(question)

        outside = replace(on.outside, fetcher=Counting())
        added = await on.add(article(body, media_type=TEXT, url=URL), outside)

    assert len(added.citations) == 2
    assert asked.count(URL) - 1 <= 1  # and once more as a source of its own


async def test_archives_are_asked_for_a_few_citations_at_once_and_for_the_rest_later(tmp_path):
    words = [
        f"The crane number {number} stood still until noon on that day." for number in range(6)
    ]
    text = "".join(f"{one} — The Tower (@{HANDLE}) January 13, 2020\n\n" for one in words)
    snapshots = [held(post_id(number), one) for number, one in enumerate(words)]
    async with bench(tmp_path, snapshots) as on:
        added = await on.add(article(text.encode(), media_type=TEXT))
        at_first = [citation.resolution for citation in added.citations]
        on.clock.advance(timedelta(hours=2))
        tried = await resolve_due(on.outside)
        later = await on.outside.store.articles.citations(added.kept.article.id)

    assert at_first.count(Resolution.RESOLVED) == 3
    assert at_first.count(Resolution.NEEDS_LOOKUP) == 3
    assert tried == 3
    assert {citation.resolution for citation in later} == {Resolution.RESOLVED}


async def test_a_reader_that_breaks_costs_the_road_and_not_the_article(tmp_path, caplog):
    class Broken:
        name, title = "wayback", "Wayback"

        def holds(self, wanted, near):
            raise RuntimeError("a fault of ours")

    faulty: Any = Broken()
    async with bench(tmp_path) as on:
        broken = replace(on.outside.archives, asked=(faulty,))
        added = await on.add(
            article(flattened(), media_type=TEXT, url=URL),
            replace(on.outside, archives=broken, fetcher=WithPage(on.outside.fetcher, gone())),
        )

    assert added.citations[0].resolution is Resolution.UNRESOLVED
    assert "failed by our own fault" in (added.citations[0].resolution_note or "")
    assert [record.message for record in caplog.records].count("a road failed") == 2


async def test_no_archive_is_asked_for_copies_of_an_article_on_an_inner_network(tmp_path):
    async with bench(tmp_path) as on:
        body = flattened()
        inner = "http://wiki.corp/2020/tower"
        added = await on.add(article(body, media_type=TEXT, url=inner))
        attempts = await on.outside.store.articles.attempts(added.citations[0].id)
        asked = on.asked_of_wayback()

    assert not [path for path in asked if "wiki.corp" in path]
    assert "no outside archive may learn" in (attempts[-1].note or "")
