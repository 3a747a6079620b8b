from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from archiver.errors import NotFoundError
from archiver.model.source import SourceRef
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio

POSTED = datetime(2020, 1, 13, 8, 0, 0, 7, tzinfo=UTC)


async def test_a_new_source_is_due_at_once(store: SqlStore) -> None:
    ref = build.ref()

    source = await store.sources.register(ref, POSTED, NOW)

    assert (source.ref, source.posted_at, source.added_at) == (ref, POSTED, NOW)
    assert await store.sources.due(NOW, limit=10) == [source]
    assert await store.sources.source(source.id) == source
    assert await store.sources.source(ref.name) == source


async def test_a_known_source_is_returned_as_it_is(store: SqlStore) -> None:
    ref = build.ref()
    first = await store.sources.register(ref, POSTED, NOW)
    await store.sources.schedule(first.id, NOW + days(9))

    again = await store.sources.register(ref, POSTED + days(1), NOW + days(1))

    assert again == await store.sources.source(first.id)
    assert (again.id, again.posted_at, again.next_due_at) == (first.id, POSTED, NOW + days(9))


async def test_the_time_of_posting_fills_a_gap(store: SqlStore) -> None:
    ref = build.ref()
    await store.sources.register(ref, None, NOW)

    assert (await store.sources.register(ref, POSTED, NOW)).posted_at == POSTED


async def test_an_address_of_any_length_and_content_names_a_source(store: SqlStore) -> None:
    address = "https://news.example/?q=" + "\x00مراقب\ud83d" * 1500
    ref = SourceRef("web", address, address)

    source = await store.sources.register(ref, None, NOW)

    assert await store.sources.source(ref.name) == source
    assert (await store.sources.register(ref, None, NOW)).id == source.id


async def test_sources_that_differ_in_platform_or_case_are_different_ones(store: SqlStore) -> None:
    refs = [SourceRef("x", "1", "u"), SourceRef("web", "1", "u"), SourceRef("web", "A", "u")]
    refs.append(SourceRef("web", "a", "u"))

    ids = {(await store.sources.register(ref, None, NOW)).id for ref in refs}

    assert len(ids) == 4


async def test_due_sources_come_longest_due_first_and_no_more_than_asked(store: SqlStore) -> None:
    made = [await store.sources.register(build.ref(), None, NOW) for _ in range(4)]
    for source, late in zip(made, (1, 3, -1, 2), strict=True):
        await store.sources.schedule(source.id, NOW - timedelta(microseconds=late))

    due = await store.sources.due(NOW, limit=2)

    assert [source.id for source in due] == [made[1].id, made[3].id]
    assert len(await store.sources.due(NOW, limit=10)) == 3


async def test_a_time_in_another_zone_is_the_same_moment(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    elsewhere = timezone(timedelta(hours=-11))

    await store.sources.schedule(source.id, NOW.astimezone(elsewhere))

    [due] = await store.sources.due(NOW.astimezone(elsewhere), limit=1)
    assert due.next_due_at == NOW
    assert due.next_due_at.tzinfo is UTC
    assert await store.sources.due(NOW - timedelta(microseconds=1), limit=1) == []


async def test_a_naive_time_is_refused(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)

    with pytest.raises(ValueError, match="no time zone"):
        await store.sources.schedule(source.id, datetime(2026, 1, 1))

    assert (await store.sources.source(source.id)).next_due_at == NOW


async def test_sources_without_a_due_time_paused_removed_or_claimed_are_not_due(
    store: SqlStore,
) -> None:
    made = [await store.sources.register(build.ref(), None, NOW) for _ in range(5)]
    await store.sources.schedule(made[0].id, None)
    await store.sources.pause(made[1].id, paused=True)
    await store.sources.remove(made[2].id, NOW)
    await store.claims.claim(made[3].id, "w", timedelta(minutes=1))

    assert [source.id for source in await store.sources.due(NOW, limit=10)] == [made[4].id]


async def test_a_source_is_due_again_when_it_goes_on_or_its_lease_ends(store: SqlStore) -> None:
    paused = await store.sources.register(build.ref(), None, NOW)
    claimed = await store.sources.register(build.ref(), None, NOW)
    await store.sources.pause(paused.id, paused=True)
    await store.claims.claim(claimed.id, "w", timedelta(seconds=-1))

    await store.sources.pause(paused.id, paused=False)

    assert len(await store.sources.due(NOW, limit=10)) == 2


async def test_a_removed_source_keeps_its_row(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)

    await store.sources.remove(source.id, NOW + days(1))

    assert await store.sources.all() == []
    assert (await store.sources.source(source.ref.name)).removed_at == NOW + days(1)


async def test_a_removed_source_that_is_cited_again_is_followed_again(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    await store.sources.schedule(source.id, NOW + days(90))
    await store.sources.remove(source.id, NOW + days(1))

    again = await store.sources.register(source.ref, None, NOW + days(2))

    assert (again.id, again.removed_at, again.next_due_at) == (source.id, None, NOW + days(2))


async def test_all_sources_come_oldest_first(store: SqlStore) -> None:
    made = [await store.sources.register(build.ref(), None, NOW) for _ in range(5)]

    assert await store.sources.all() == made


async def test_a_source_that_is_not_there_is_said_to_be_unknown(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no source goes by 'x:1'"):
        await store.sources.source("x:1")
    with pytest.raises(NotFoundError):
        await store.sources.source("nothing")
    with pytest.raises(NotFoundError):
        await store.sources.schedule("nothing", NOW)
    with pytest.raises(NotFoundError):
        await store.sources.pause("nothing", paused=True)
    with pytest.raises(NotFoundError):
        await store.sources.remove("nothing", NOW)
