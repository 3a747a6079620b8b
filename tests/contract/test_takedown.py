"""Taking content down, on both databases: all of it, of that source alone, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from archiver.errors import ClaimError, InputError
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.delivery import DeliveryState
from archiver.model.source import Source
from archiver.ports import Claim, Plan
from archiver.store.store import SqlStore
from archiver.store.tables import APPEND_ONLY, METADATA
from tests import build
from tests.build import NOW
from tests.told import deliveries_of

pytestmark = pytest.mark.anyio

SHARED, OWN, OTHERS = "a" * 64, "b" * 64, "c" * 64
OF_A_SOURCE = {"observations", "verdicts", "events", "captures", "artifacts", "records"}
OF_A_SOURCE |= {"mementos", "attempts", "pins"}


@dataclass
class Filled:
    """Two sources, cited by one article, with all there can be of them."""

    article_id: str
    one: Source
    other: Source


@pytest.fixture
async def filled(store: SqlStore) -> Filled:
    refs = [build.ref(), build.ref()]
    found = [build.found(ref, position=n) for n, ref in enumerate(refs)]
    kept = await store.articles.keep(build.article(), found, None, NOW)
    sources = [await store.sources.source(ref.name) for ref in refs]
    for source, citation, blob in zip(sources, kept.citations, (OWN, OTHERS), strict=True):
        await fill(store, source, citation.id, blob)
    return Filled(kept.article.id, sources[0], sources[1])


async def fill(store: SqlStore, source: Source, citation_id: str, blob: str) -> None:
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    answers = tuple(build.kept_answer(body_sha256=each) for each in (SHARED, blob))
    look = build.observation(source.id, answers=answers)
    await store.looks.keep(claim, look, build.verdict(), [build.event(source_id=source.id)], NOW)
    capture = build.capture(source.id, id=f"01C{blob[:1]}")
    await store.captures.keep(claim, capture, [build.record()])
    await store.mementos.keep(build.memento(source.id, answers=answers))
    await store.articles.resolve(citation_id, build.attempt(source.ref, answers=answers))
    await store.pins.pin(citation_id, build.as_cited(capture_id=capture.id), "archiver", NOW)
    await store.looks.note([build.event(source_id=None, citation_id=citation_id)])
    await store.claims.release(claim)


def entry(source: Source | None, article_id: str | None = None) -> CustodyEntry:
    source_id = source.id if source is not None else None
    act, name = CustodyAct.TAKEDOWN, build.fresh("e")
    return CustodyEntry(name, act, NOW, "a clerk", "order", source_id, {}, article_id)


async def take_down(
    store: SqlStore, source: Source, claim: Claim | None = None, **more: Any
) -> CustodyEntry:
    claim = claim or await store.claims.claim(source.id, "clerk", timedelta(minutes=1))
    return await store.custody.take_down(entry(source, **more), claim, keep_watching=False)


async def withdrawn(store: SqlStore) -> dict[str, list[bool]]:
    """Say of every append-only table which of its rows are emptied."""

    def rows(table: str) -> Any:
        columns = METADATA.tables[table].c
        content = [columns[name] for name in APPEND_ONLY[table]]
        return select(columns.withdrawn_at, *content).order_by(columns.seq)

    def emptied(found: Sequence[Any]) -> list[bool]:
        for row in found:
            assert row[0] is None or not any(value is not None for value in row[1:])
        return [row[0] is not None for row in found]

    return await store.database.read(
        lambda c: {table: emptied(c.execute(rows(table)).all()) for table in APPEND_ONLY}
    )


async def test_every_row_of_the_source_is_emptied_and_none_of_another(
    store: SqlStore, filled: Filled
) -> None:
    await take_down(store, filled.one)

    found = await withdrawn(store)
    for table in OF_A_SOURCE:
        half = len(found[table]) // 2
        assert found[table] == [True] * half + [False] * half, table
    assert not any(found["article_versions"] + found["citation_places"])


async def test_how_its_citations_were_resolved_is_forgotten(
    store: SqlStore, filled: Filled
) -> None:
    await take_down(store, filled.one)

    cited = await store.articles.citations(filled.article_id)
    notes = {one.source_id: one.resolution_note for one in cited}
    assert notes[filled.one.id] is None
    assert notes[filled.other.id]


async def test_the_entry_lists_the_files_that_are_to_go(store: SqlStore, filled: Filled) -> None:
    kept = await take_down(store, filled.one)

    assert kept.detail["captures"] == ["01Cb"]
    assert [one.is_withdrawn for one in await store.captures.of(filled.one.id)] == [True]
    assert kept.detail["blobs"] == [SHARED, OWN]
    assert await store.custody.of(filled.one.id) == [kept]
    assert await store.custody.rested_on([SHARED, OWN]) == {SHARED}


async def test_the_entry_counts_the_rows_of_each_table_that_were_emptied(
    store: SqlStore, filled: Filled
) -> None:
    kept = await take_down(store, filled.one)

    found = await withdrawn(store)
    assert kept.detail["rows"] == {name: sum(found[name]) for name in found if any(found[name])}


@pytest.mark.parametrize("odd", ["", "\ud800", '"body_sha256":"'])
async def test_a_body_is_found_in_whatever_rests_on_it(store: SqlStore, odd: str) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    other = build.kept_answer(body_sha256=OTHERS, headers=(("X-Odd", odd + SHARED),))
    answers = (build.kept_answer(body_sha256=None), other)
    look = build.observation(source.id, answers=answers)
    await store.looks.keep(claim, look, build.verdict(), [], NOW)
    await store.mementos.keep(build.memento(source.id, answers=[replace(other, body_sha256=OWN)]))

    assert await store.custody.rested_on([SHARED, OWN, OTHERS]) == {OWN, OTHERS}


async def test_a_source_taken_down_is_not_followed_again_by_itself(
    store: SqlStore, filled: Filled
) -> None:
    await take_down(store, filled.one)

    again = await store.sources.register(filled.one.ref, None, NOW)

    assert (again.removed_at, again.next_due_at) == (NOW, None)
    with pytest.raises(ClaimError, match="taken down"):
        await store.claims.claim(filled.one.id, "w", timedelta(minutes=1))


async def test_nothing_more_is_taken_over_of_it(store: SqlStore, filled: Filled) -> None:
    await take_down(store, filled.one)

    await store.mementos.keep(build.memento(filled.one.id, url="https://web.archive.example/2"))

    assert len(await store.mementos.of(filled.one.id)) == 1


async def test_a_lost_claim_takes_nothing_down(store: SqlStore, filled: Filled) -> None:
    lost = await store.claims.claim(filled.one.id, "clerk", timedelta(0))
    await store.claims.claim(filled.one.id, "w", timedelta(minutes=1))

    with pytest.raises(ClaimError):
        await take_down(store, filled.one, lost)

    assert not any(flag for flags in (await withdrawn(store)).values() for flag in flags)
    assert await store.custody.all() == []


@pytest.mark.parametrize("on_article", [True, False])
async def test_a_hold_forbids_it(store: SqlStore, filled: Filled, on_article: bool) -> None:
    hold = entry(None if on_article else filled.one, filled.article_id if on_article else None)
    await store.custody.keep(replace(hold, act=CustodyAct.HOLD))

    with pytest.raises(InputError, match="under a hold"):
        await take_down(store, filled.one)

    assert not any((await withdrawn(store))["observations"])


async def test_a_hold_on_an_article_is_on_all_that_it_cites(
    store: SqlStore, filled: Filled
) -> None:
    await store.custody.keep(replace(entry(None, filled.article_id), act=CustodyAct.HOLD))

    assert await store.custody.held() == sorted([filled.one.id, filled.other.id])


@pytest.mark.parametrize("was_tried", [True, False])
async def test_a_hold_on_an_article_outlasts_another_resolution(
    store: SqlStore, was_tried: bool
) -> None:
    before, after = build.ref(), build.ref()
    printed = build.found(None if was_tried else before)
    kept = await store.articles.keep(build.article(), [printed], None, NOW)
    [citation] = kept.citations
    if was_tried:
        await store.articles.resolve(citation.id, build.attempt(before))
    await store.custody.keep(replace(entry(None, kept.article.id), act=CustodyAct.HOLD))

    await store.articles.resolve(citation.id, build.attempt(after))

    both = [await store.sources.source(ref.name) for ref in (before, after)]
    assert await store.custody.held() == sorted(one.id for one in both)
    with pytest.raises(InputError, match="under a hold"):
        await take_down(store, both[0])


async def test_a_hold_on_what_an_article_cites_forbids_taking_its_text_down(
    store: SqlStore, filled: Filled
) -> None:
    hold = replace(entry(filled.other), act=CustodyAct.HOLD)
    await store.custody.keep(hold)
    before = await withdrawn(store)

    named = rf"^{filled.other.ref.name}, which .* is under a hold since .*--release {hold.id} "
    with pytest.raises(InputError, match=named):
        await store.custody.take_down(entry(None, filled.article_id), None, keep_watching=False)

    assert await withdrawn(store) == before
    assert (await store.articles.article(filled.article_id)).removed_at is None


async def test_a_hold_on_what_a_citation_once_meant_forbids_taking_down_what_it_means_now(
    store: SqlStore, filled: Filled
) -> None:
    citation = (await store.articles.citations(filled.article_id))[0]
    after = build.ref()
    await store.articles.resolve(citation.id, build.attempt(after))
    await store.custody.keep(replace(entry(filled.one), act=CustodyAct.HOLD))
    before = await withdrawn(store)

    with pytest.raises(InputError, match=rf"^{filled.one.ref.name}, which .* is under a hold"):
        await take_down(store, await store.sources.source(after.name))

    assert await withdrawn(store) == before


async def test_a_hold_names_the_takedowns_that_were_before_it(
    store: SqlStore, filled: Filled
) -> None:
    taken = await take_down(store, filled.one)

    await store.custody.keep(replace(entry(None, filled.article_id), act=CustodyAct.HOLD))

    [hold] = await store.custody.holds()
    assert hold.detail == {"taken_down_before": [taken.id]}


async def test_an_articles_text_and_places_are_emptied(store: SqlStore, filled: Filled) -> None:
    await store.custody.take_down(entry(None, filled.article_id), None, keep_watching=False)

    found = await withdrawn(store)
    assert all(found["article_versions"] + found["citation_places"] + found["attempts"])
    assert not any(found["observations"] + found["captures"])
    article = await store.articles.article(filled.article_id)
    assert (article.title, article.removed_at) == (None, NOW)


async def test_a_source_is_looked_at_again_when_somebody_says_so(
    store: SqlStore, filled: Filled
) -> None:
    await take_down(store, filled.one)

    await store.custody.watch_again(replace(entry(filled.one), act=CustodyAct.WATCH))

    source = await store.sources.source(filled.one.id)
    assert (source.removed_at, source.taken_down_at, source.next_due_at) == (None, None, NOW)


async def planned(store: SqlStore, source: Source) -> str:
    """Plan news of a source: one delivery waits, one was told and will be told again."""
    [event] = await store.looks.events(source_id=source.id)
    waits = build.delivery(event.id)
    repeats = build.delivery(
        event.id, notifier="cms", state=DeliveryState.SENT, sent_at=NOW, repetition=1
    )
    assert await store.deliveries.plan(Plan(event.id, (waits, repeats)))
    return event.id


async def test_news_of_it_that_waits_is_dropped_and_none_is_repeated(
    store: SqlStore, filled: Filled
) -> None:
    ours, theirs = [await planned(store, one) for one in (filled.one, filled.other)]

    await take_down(store, filled.one)

    ended = await deliveries_of(store, ours)
    assert [(one.state, one.next_try_at) for one in ended] == [
        (DeliveryState.DROPPED, None),
        (DeliveryState.SENT, None),
    ]
    assert {one.note for one in ended} == {"its source was taken down"}
    assert all(one.next_try_at == NOW for one in await deliveries_of(store, theirs))
    # Of the two findings, one of each source, that nobody planned yet.
    assert await store.deliveries.waiting() == 1


async def test_news_of_what_is_still_watched_is_told(store: SqlStore, filled: Filled) -> None:
    event = await planned(store, filled.one)
    claim = await store.claims.claim(filled.one.id, "clerk", timedelta(minutes=1))

    await store.custody.take_down(entry(filled.one), claim, keep_watching=True)

    assert all(one.next_try_at == NOW for one in await deliveries_of(store, event))
    assert await store.deliveries.waiting() == 3  # two findings, and the other source's news


async def test_takedowns_are_given_in_their_order_and_counted(
    store: SqlStore, filled: Filled
) -> None:
    await store.custody.keep(replace(entry(filled.one), act=CustodyAct.HOLD))
    await store.custody.keep(replace(entry(filled.one), act=CustodyAct.RELEASE))
    kept = [await take_down(store, one) for one in (filled.one, filled.other)]

    found = await store.custody.takedowns()
    assert [one for _, one in found] == kept
    assert found[0][0] < found[1][0]
    assert await store.custody.takedown_count() == 2
