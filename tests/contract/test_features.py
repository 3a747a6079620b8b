from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from archiver.model.inquiry import Reading
from archiver.model.observation import Observation
from archiver.model.seen import Seen, seen_of
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import VerdictKind
from archiver.ports import Digest, Known
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days
from tests.withdrawn import withdraw_observation

pytestmark = pytest.mark.anyio

HOST = "news.example"


async def a_source(store: SqlStore, path: str = "a") -> Source:
    return await store.sources.register(build.page(f"https://www.{HOST}/{path}"), None, NOW)


async def looked(
    store: SqlStore,
    source: Source,
    at: datetime = NOW,
    digest: Digest | None = None,
    **verdict: Any,
) -> Observation:
    """Keep one look at a source, with or without its digest."""
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    reading = Reading(Signal.PRESENT, "served", page=build.page_text())
    seen = build.observation(source.id, at, reading=reading)
    if digest is not None:
        digest = replace(digest, seen=replace(seen_of(seen), features="packed"))
    await store.looks.keep(claim, seen, replace(build.verdict(), **verdict), [], None, digest)
    await store.claims.release(claim)
    return seen


def digest() -> Digest:
    return Digest(Seen("", NOW, Signal.PRESENT))


async def test_digests_come_back_in_order_without_the_text(store: SqlStore) -> None:
    source = await a_source(store)
    second = await looked(store, source, NOW + days(1), digest())
    first = await looked(store, source, NOW, digest())

    kept = await store.features.of(source.id)

    assert [one.id for one in kept] == [first.id, second.id]
    assert kept[0] == replace(seen_of(first), page=None, features="packed")


async def test_several_sources_are_read_in_one_go(store: SqlStore) -> None:
    one, other, bare = [await a_source(store, name) for name in "abc"]
    first = await looked(store, one, NOW, digest())
    second = await looked(store, other, NOW, kind=VerdictKind.SUSPECT)
    ids = [one.id, other.id, bare.id]

    found = await store.features.several(ids)
    verdicts = await store.looks.verdicts(ids)

    assert {name: [seen.id for seen in looks] for name, looks in found.items()} == {
        one.id: [first.id],
        other.id: [second.id],
    }
    assert verdicts.keys() == {one.id, other.id}
    assert verdicts[other.id] == await store.looks.verdict(other.id)


async def test_all_that_is_known_of_a_source_comes_in_one_go(store: SqlStore) -> None:
    source, bare = await a_source(store), await a_source(store, "b")
    first = await looked(store, source, NOW, digest())
    second = await looked(store, source, NOW + days(1), kind=VerdictKind.SUSPECT)

    known, nothing = await store.features.known(source.id), await store.features.known(bare.id)

    assert known.seen == await store.features.of(source.id)
    assert [one.id for one in known.seen] == [first.id, second.id]
    assert known.shown == second
    assert known.verdict == await store.looks.verdict(source.id)
    assert nothing == Known(seen=[])


async def test_a_look_from_before_there_were_digests_is_read_whole(store: SqlStore) -> None:
    source = await a_source(store)
    old = await looked(store, source, NOW)

    assert await store.features.of(source.id) == [seen_of(old)]


async def test_a_withdrawn_look_keeps_its_signal_and_loses_its_content(store: SqlStore) -> None:
    source = await a_source(store)
    old = await looked(store, source, NOW, digest())

    await withdraw_observation(store.database, old.id, NOW)

    [left] = await store.features.of(source.id)
    assert (left.signal, left.features, left.has_content) == (Signal.PRESENT, None, False)


async def test_the_author_of_a_look_becomes_the_sources(store: SqlStore) -> None:
    source, other = await a_source(store), await a_source(store, "b")
    await looked(store, source, NOW, replace(digest(), author="x:1"))
    await looked(store, other, NOW, replace(digest(), author="x:2"))
    await looked(store, source, NOW + days(1), digest())

    assert [one.id for one in await store.sources.of_author("x:1")] == [source.id]
    assert await store.sources.author(source.id) == "x:1"
    assert await store.sources.author((await a_source(store, "c")).id) is None


async def test_paused_and_removed_sources_of_an_author_are_left_out(store: SqlStore) -> None:
    paused, removed = await a_source(store), await a_source(store, "b")
    for one in (paused, removed):
        await looked(store, one, NOW, replace(digest(), author="x:1"))
    await store.sources.pause(paused.id, paused=True)
    await store.sources.remove(removed.id, NOW)

    assert await store.sources.of_author("x:1") == []


async def test_addresses_of_a_host_that_turned_absent_together_are_found(store: SqlStore) -> None:
    gone, late, there, other = [await a_source(store, name) for name in "abcd"]
    suspect: dict[str, Any] = {"kind": VerdictKind.SUSPECT, "first_gone": NOW}
    await looked(store, gone, NOW, **suspect)
    await looked(store, gone, NOW + days(1), **suspect)
    await looked(store, late, NOW, kind=VerdictKind.GONE, first_gone=NOW + days(2))
    await looked(store, there, NOW, kind=VerdictKind.PRESENT, first_gone=None)
    elsewhere = await store.sources.register(build.page("https://other.example/a"), None, NOW)
    await looked(store, elsewhere, NOW, **suspect)
    await looked(store, other, NOW, kind=VerdictKind.UNKNOWN, first_gone=NOW)

    found = await store.features.turned_bad([HOST], NOW - days(1), NOW + days(1))

    assert found == {HOST: {gone.id: NOW}}


async def test_sources_whose_redirects_end_at_one_place_are_counted(store: SqlStore) -> None:
    sink = replace(digest(), ended_at=f"{HOST}/notice")
    for name in "abbd":
        await looked(store, await a_source(store, name), NOW, sink)
    await looked(store, await a_source(store, "c"), NOW, digest())
    own = await a_source(store, "d")

    assert await store.features.ending_at(HOST, f"{HOST}/notice", own.id) == 2
    assert await store.features.ending_at("other.example", f"{HOST}/notice", own.id) == 0


async def test_a_pinned_look_read_by_another_extractor_is_outdated_until_it_is_read_again(
    store: SqlStore,
) -> None:
    ref = build.page()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source = await store.sources.source(ref.name)
    look = await looked(store, source, NOW, digest())
    await looked(store, source, NOW + days(1), digest())
    await store.pins.pin(kept.citations[0].id, build.as_cited(observation_id=look.id), "a", NOW)
    page = replace(build.page_text(), extractor="new")
    again = Digest(replace(seen_of(look), features="read anew"))

    before = await store.features.outdated("new", 9)
    await store.features.keep(look, again, "new", page)

    assert before == [look]
    assert await store.features.outdated("new", 9) == []
    assert await store.features.page(look.id, "new") == page
    assert await store.features.page(look.id, "other") is None
    assert (await store.features.of(source.id))[0].features == "read anew"


async def test_a_pinned_look_without_a_page_is_never_outdated(store: SqlStore) -> None:
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source = await store.sources.source(ref.name)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    post = build.observation(source.id)
    await store.looks.keep(claim, post, build.verdict(), [], None, Digest(seen_of(post)))
    await store.pins.pin(kept.citations[0].id, build.as_cited(observation_id=post.id), "a", NOW)

    assert await store.features.outdated("new", 9) == []


async def test_due_times_of_a_host_within_a_time_are_told_soonest_first(store: SqlStore) -> None:
    for name, day in (("a", 3), ("b", 1), ("c", 9)):
        source = await a_source(store, name)
        await store.sources.schedule(source.id, NOW + days(day))

    busy = await store.sources.busy(HOST, NOW, NOW + days(5))

    assert busy == [NOW + days(1), NOW + days(3)]


async def test_a_host_that_asks_to_be_left_alone_is(store: SqlStore) -> None:
    soon, late, claimed = [await a_source(store, name) for name in "abc"]
    other = await store.sources.register(build.page("https://other.example/a"), None, NOW)
    await store.sources.schedule(late.id, NOW + days(9))
    await store.claims.claim(claimed.id, "w", timedelta(minutes=1))

    await store.sources.hold_host(HOST, NOW, days(2))

    found = await store.sources.several([soon.id, late.id, claimed.id, other.id])
    assert [one.next_due_at for one in found] == [NOW + days(2), NOW + days(9), NOW, NOW]
