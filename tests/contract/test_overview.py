"""The archive in a few numbers, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from archiver.model.citation import CitationKind, Resolution
from archiver.model.seen import seen_of
from archiver.model.verdict import EventKind, VerdictKind
from archiver.ports import Digest, SourceCounts
from archiver.store import overview
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


SOON = NOW + days(3)


async def looked_at(store: SqlStore, kind: VerdictKind, due_at: datetime = SOON) -> str:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    await store.looks.keep(claim, build.observation(source.id), build.verdict(kind), [], due_at)
    return source.id


async def test_sources_are_counted_by_their_newest_verdict_and_removed_ones_not(store: SqlStore):
    for kind in (VerdictKind.PRESENT, VerdictKind.PRESENT, VerdictKind.GONE):
        await looked_at(store, kind)
    removed = await looked_at(store, VerdictKind.GONE)
    await store.sources.remove(removed, NOW)
    await store.sources.register(build.ref(), None, NOW + days(1))

    counts = await store.overview.sources(NOW)

    assert counts == SourceCounts(4, 0, 0, NOW + days(1), {"gone": 1, "present": 2})


async def test_what_is_paused_is_counted_and_is_neither_due_nor_next(store: SqlStore):
    due = await looked_at(store, VerdictKind.PRESENT, NOW - days(1))
    paused = await looked_at(store, VerdictKind.PRESENT, NOW - days(2))
    await store.sources.pause(paused, paused=True)

    counts = await store.overview.sources(NOW)

    assert (counts.followed, counts.paused, counts.due, counts.next_due_at) == (2, 1, 1, None)
    assert due != paused


async def test_an_empty_archive_has_nothing_to_count(store: SqlStore):
    assert await store.overview.sources(NOW) == SourceCounts(0, 0, 0, None, {})
    assert await store.overview.articles(20) == []
    assert await store.overview.events(20) == []


async def keep_article(store: SqlStore, *kinds: CitationKind):
    found = [
        replace(
            build.found(build.ref() if kind is CitationKind.EMBED else None),
            kind=kind,
            position=place,
            text=f"Words {place}",
            resolution=Resolution.RESOLVED
            if kind is CitationKind.EMBED
            else Resolution.NEEDS_LOOKUP,
        )
        for place, kind in enumerate(kinds)
    ]
    url = f"https://news.example/{build.fresh('a')}"
    return await store.articles.keep(build.article(url=url, text=url), found, None, NOW)


async def test_an_article_is_counted_with_what_was_found_last_and_what_has_no_source(
    store: SqlStore,
):
    kept = await keep_article(
        store, CitationKind.EMBED, CitationKind.EMBED, CitationKind.LINK, CitationKind.MENTION
    )
    first, second, *_ = kept.citations
    finding = {"kind": EventKind.FINDING, "source_id": None}
    await store.looks.note([build.event(citation_id=first.id, after="intact", **finding)])
    await store.looks.note([build.event(citation_id=first.id, after="changed", **finding)])
    await store.looks.note([build.event(citation_id=second.id, after="intact", **finding)])

    (counted,) = await store.overview.articles(20)

    assert counted.article.id == kept.article.id
    assert (counted.citations, counted.unresolved) == (4, 1)
    assert counted.findings == {"changed": 1, "intact": 1}


async def test_the_newest_articles_come_first_and_no_more_than_asked_for(store: SqlStore):
    kept = [(await keep_article(store)).article.id for _ in range(3)]

    assert [one.article.id for one in await store.overview.articles(2)] == kept[:0:-1]
    assert [one.article.id for one in await store.overview.articles()] == kept[::-1]
    assert await store.overview.article_count() == 3


async def test_only_the_newest_version_of_an_article_is_counted(store: SqlStore):
    kept = await keep_article(store, CitationKind.EMBED, CitationKind.EMBED)
    newer = build.article(url=kept.article.url, text="Another text.")
    await store.articles.keep(newer, [replace(kept.citations[0].found)], None, NOW + days(1))

    (counted,) = await store.overview.articles(20)

    assert counted.citations == 1


async def test_articles_to_be_read_are_counted(store: SqlStore):
    kept = await keep_article(store)
    await keep_article(store)
    await store.articles.postpone(kept.article.id, NOW + days(1), "later")

    assert await store.overview.waiting() == 1


async def test_the_events_noted_last_come_first(store: SqlStore):
    source_id = await looked_at(store, VerdictKind.PRESENT)
    events = [build.event(source_id=source_id) for _ in range(3)]
    await store.looks.note(events)

    assert await store.overview.events(2) == events[:0:-1]


async def test_so_many_of_the_newest_looks_come_oldest_first(store: SqlStore):
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    looks = [build.observation(source.id, NOW + days(day)) for day in range(4)]
    for look in looks:
        digest = Digest(seen_of(look))
        await store.looks.keep(claim, look, build.verdict(), [], None, digest)

    assert await store.looks.of(source.id, newest=2) == looks[2:]
    assert await store.looks.glimpses(source.id) == [build.glimpse(look) for look in looks]


@pytest.mark.parametrize("recount_s", [600.0, -1.0], ids=["kept", "anew"])
async def test_sources_that_came_since_the_last_count_are_counted(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, recount_s: float
):
    monkeypatch.setattr(overview, "UNSETTLED", 2)
    monkeypatch.setattr(overview, "RECOUNT_S", recount_s)
    counted = []
    for _ in range(3):
        for _ in range(4):
            await store.sources.register(build.ref(), None, NOW)
        counted.append((await store.overview.sources(NOW)).followed)

    assert counted == [4, 8, 12]
