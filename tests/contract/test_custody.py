"""The record of acts on evidence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.errors import InputError
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio


def entry(act: CustodyAct, source_id: str | None, number: int = 1) -> CustodyEntry:
    at = NOW + timedelta(minutes=number)
    return CustodyEntry(f"c{number}", act, at, "a clerk", "case 12/26", source_id, {"files": 2})


async def test_entries_come_back_as_they_were_given_oldest_first(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    given = [entry(CustodyAct.HOLD, source.id), entry(CustodyAct.BACKUP, None, 2)]
    for one in given:
        await store.custody.keep(one)

    assert await store.custody.all() == given
    assert await store.custody.of(source.id) == given[:1]


async def test_a_hold_counts_until_it_is_released(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    held = entry(CustodyAct.HOLD, source.id)
    await store.custody.keep(held)
    assert await store.custody.held() == [source.id]

    await store.custody.keep(replace(held, id="r", act=CustodyAct.RELEASE))
    assert await store.custody.held() == []


async def test_a_release_ends_the_hold_that_it_names_and_no_other(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    holds = [entry(CustodyAct.HOLD, source.id, number) for number in (1, 2, 3)]
    for one in holds:
        await store.custody.keep(one)

    named = replace(entry(CustodyAct.RELEASE, source.id, 4), detail={"hold": holds[1].id})
    await store.custody.keep(named)

    assert await store.custody.holds() == [holds[0], holds[2]]
    assert await store.custody.holding(source.id) == [holds[0], holds[2]]


@pytest.mark.parametrize("of_article", [False, True])
async def test_of_two_who_release_one_hold_at_once_one_is_refused(
    store: SqlStore, of_article: bool
) -> None:
    kept = await store.articles.keep(build.article(), [build.found(build.ref())], None, NOW)
    source_id = None if of_article else kept.citations[0].source_id
    article_id = kept.article.id if of_article else None
    holds = [
        replace(entry(CustodyAct.HOLD, source_id, number), article_id=article_id)
        for number in (1, 2)
    ]
    for one in holds:
        await store.custody.keep(one)
    ends = replace(holds[0], act=CustodyAct.RELEASE, detail={"hold": holds[0].id})

    released = [replace(ends, id=f"r{number}") for number in (1, 2)]
    came = await asyncio.gather(*map(store.custody.keep, released), return_exceptions=True)

    [refused] = [one for one in came if one is not None]
    assert isinstance(refused, InputError)
    assert str(refused) == "hold c1 was released meanwhile"
    assert await store.custody.holds() == holds[1:]
    assert len(await store.custody.all()) == 3


async def test_a_release_of_before_that_names_none_ended_all_that_stood_there(
    store: SqlStore,
) -> None:
    source, other = [await store.sources.register(build.ref(), None, NOW) for _ in range(2)]
    elsewhere = entry(CustodyAct.HOLD, other.id, 3)
    later = entry(CustodyAct.HOLD, source.id, 5)
    for one in (
        entry(CustodyAct.HOLD, source.id, 1),
        entry(CustodyAct.HOLD, source.id, 2),
        elsewhere,
        entry(CustodyAct.RELEASE, source.id, 4),
        later,
    ):
        await store.custody.keep(one)

    assert await store.custody.holds() == [elsewhere, later]
