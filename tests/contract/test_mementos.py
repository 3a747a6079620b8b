from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.errors import NotFoundError
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


async def test_mementos_come_back_as_kept_oldest_capture_first(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    late = build.memento(source.id, NOW - days(1))
    early = build.memento(source.id, NOW - days(900), note=None)

    await store.mementos.keep(late)
    await store.mementos.keep(early)

    assert await store.mementos.of(source.id) == [early, late]
    assert await store.mementos.memento(late.id) == late


async def test_the_same_memento_twice_is_kept_once(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    memento = build.memento(source.id)
    await store.mementos.keep(memento)

    await store.mementos.keep(replace(memento, id=build.fresh("01AGAIN"), note="again"))

    assert await store.mementos.of(source.id) == [memento]


async def test_two_sources_may_share_a_memento(store: SqlStore) -> None:
    sources = [await store.sources.register(build.ref(), None, NOW) for _ in range(2)]

    for source in sources:
        await store.mementos.keep(build.memento(source.id))

    assert [len(await store.mementos.of(source.id)) for source in sources] == [1, 1]


async def test_a_pin_can_rest_on_a_memento(store: SqlStore) -> None:
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    memento = build.memento((await store.sources.source(ref.name)).id)
    await store.mementos.keep(memento)
    pin = build.as_cited(memento_id=memento.id)

    await store.pins.pin(kept.citations[0].id, pin, "archiver", NOW)

    assert await store.pins.newest(kept.citations[0].id) == pin


async def test_a_memento_that_is_not_there_is_said_to_be_unknown(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no memento goes by 'nothing'"):
        await store.mementos.memento("nothing")
