from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from archiver.model.service import ServiceState
from archiver.store.store import SqlStore
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


async def test_nothing_is_known_of_a_service_at_first(store: SqlStore) -> None:
    assert await store.services.state("archive:wayback") is None
    assert await store.services.all() == []


async def test_the_state_last_set_counts(store: SqlStore) -> None:
    first = ServiceState("archive:wayback", NOW, failures=1, reason="it did not answer")
    await store.services.keep(first)
    paused = replace(
        first, changed_at=NOW + days(1), is_paused=True, paused_until=NOW + days(2), failures=2
    )

    await store.services.keep(paused)

    assert await store.services.state("archive:wayback") == paused


async def test_all_states_come_by_name(store: SqlStore) -> None:
    states = [ServiceState(name, NOW) for name in ("archive:wayback", "account:x", "account:Y")]
    for state in states:
        await store.services.keep(state)

    assert [one.name for one in await store.services.all()] == [
        "account:Y",
        "account:x",
        "archive:wayback",
    ]


async def test_of_many_that_set_the_first_state_of_one_all_get_the_same(store: SqlStore) -> None:
    states = [ServiceState("feed:all", NOW, reason=f"name {number}") for number in range(8)]

    got = await asyncio.gather(*(store.services.keep_first(state) for state in states))

    assert len(set(got)) == 1
    assert await store.services.state("feed:all") == got[0]
    assert got[0] in states
