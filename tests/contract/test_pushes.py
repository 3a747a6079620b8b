from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.errors import NotFoundError
from archiver.model.memento import Push, PushState
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


async def new_push(store: SqlStore, **changes: object) -> Push:
    """Return a push of a capture that is kept; it is not added."""
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture = build.capture(source.id)
    await store.captures.keep(claim, capture, [])
    return build.push(source.id, capture.id, **changes)


async def test_a_push_is_due_when_its_time_has_come(store: SqlStore) -> None:
    push, later = await new_push(store), await new_push(store, next_try_at=NOW + days(1))
    for one in (later, push):
        await store.pushes.add(one)

    assert await store.pushes.due(NOW, limit=10) == [push]
    assert await store.pushes.due(NOW + days(1), limit=10) == [push, later]
    assert await store.pushes.due(NOW + days(1), limit=1) == [push]


@pytest.mark.parametrize("state", [PushState.WAITING, PushState.SENT, PushState.DONE])
async def test_a_capture_is_not_pushed_twice(store: SqlStore, state: PushState) -> None:
    push = await new_push(store, state=state)
    await store.pushes.add(push)

    await store.pushes.add(replace(push, id=build.fresh("01AGAIN")))

    assert await store.pushes.of(push.source_id) == [push]


async def test_a_capture_that_was_refused_may_be_pushed_again(store: SqlStore) -> None:
    push = await new_push(store, state=PushState.REFUSED)
    again = replace(push, id=build.fresh("01AGAIN"), added_at=NOW + days(1))
    elsewhere = replace(again, id=build.fresh("01ELSE"), archive="another")

    for one in (push, again, elsewhere):
        await store.pushes.add(one)

    assert await store.pushes.of(push.source_id) == [push, again, elsewhere]


async def test_of_many_that_push_a_capture_at_once_one_does(store: SqlStore) -> None:
    push = await new_push(store)
    twins = [replace(push, id=build.fresh("01TWIN")) for _ in range(8)]

    await asyncio.gather(*(store.pushes.add(one) for one in twins))

    assert len(await store.pushes.of(push.source_id)) == 1


async def test_a_push_is_brought_up_to_date(store: SqlStore) -> None:
    push = await new_push(store)
    await store.pushes.add(push)
    sent = replace(
        push, state=PushState.SENT, tries=1, job="spn2-1", next_try_at=NOW + days(1), note="taken"
    )
    done = replace(
        sent, state=PushState.DONE, next_try_at=None, memento_url="https://web.archive.example/1"
    )

    await store.pushes.keep(sent)
    assert await store.pushes.due(NOW + days(1), limit=10) == [sent]
    await store.pushes.keep(done)

    assert await store.pushes.of(push.source_id) == [done]
    assert await store.pushes.due(NOW + days(9), limit=10) == []


async def test_a_push_that_was_not_added_cannot_be_kept(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no push goes by"):
        await store.pushes.keep(await new_push(store))
