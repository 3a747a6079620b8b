from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from archiver.store.store import SqlStore
from tests.contract.conftest import Ahead

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
NONE = timedelta(0)
DOMAIN = "news.example"


async def test_a_turn_is_one_workers(store: SqlStore) -> None:
    turns = await asyncio.gather(
        *(store.turns.take(DOMAIN, f"w{number}", MINUTE) for number in range(10))
    )

    assert [turn for turn in turns if turn is not None] == [NONE]


async def test_a_turn_at_one_domain_is_none_at_another(store: SqlStore) -> None:
    await store.turns.take(DOMAIN, "a", MINUTE)

    assert await store.turns.take("other.example", "b", MINUTE) == NONE


async def test_a_turn_is_prolonged_by_its_worker(moved: SqlStore, ahead: Ahead) -> None:
    for _ in range(3):
        assert await moved.turns.take(DOMAIN, "a", MINUTE) == NONE
        ahead.move(MINUTE / 2)

    assert await moved.turns.take(DOMAIN, "b", MINUTE) is None


async def test_a_turn_that_ran_out_is_the_next_ones(moved: SqlStore, ahead: Ahead) -> None:
    await moved.turns.take(DOMAIN, "a", MINUTE)
    ahead.move(MINUTE)

    assert await moved.turns.take(DOMAIN, "b", MINUTE) == NONE
    assert await moved.turns.take(DOMAIN, "a", MINUTE) is None


async def test_a_turn_given_back_leaves_its_pause_to_the_next(
    moved: SqlStore, ahead: Ahead
) -> None:
    await moved.turns.take(DOMAIN, "a", MINUTE)
    await moved.turns.release(DOMAIN, "a", MINUTE)
    ahead.move(MINUTE / 2)

    left = await moved.turns.take(DOMAIN, "b", MINUTE)

    assert left is not None
    assert NONE < left <= MINUTE / 2


async def test_giving_back_a_lost_turn_changes_nothing(moved: SqlStore, ahead: Ahead) -> None:
    await moved.turns.take(DOMAIN, "a", MINUTE)
    ahead.move(MINUTE)
    await moved.turns.take(DOMAIN, "b", MINUTE)

    await moved.turns.release(DOMAIN, "a", MINUTE * 9)

    assert await moved.turns.take(DOMAIN, "b", MINUTE) == NONE
    assert await moved.turns.take(DOMAIN, "a", MINUTE) is None


async def test_a_domain_can_be_held_whoever_has_the_turn(store: SqlStore) -> None:
    await store.turns.take(DOMAIN, "a", MINUTE)

    await store.turns.hold(DOMAIN, MINUTE)

    left = await store.turns.take(DOMAIN, "a", MINUTE)
    assert left is not None
    assert left > NONE


async def test_a_pause_of_a_domain_that_was_asked_before_outlasts_whoever_tries(
    moved: SqlStore, ahead: Ahead
) -> None:
    await moved.turns.take(DOMAIN, "a", MINUTE)
    await moved.turns.release(DOMAIN, "a", NONE)
    await moved.turns.hold(DOMAIN, MINUTE * 10)
    for worker in ("b", "c"):  # each is told to come again, and gives the turn back
        await moved.turns.take(DOMAIN, worker, MINUTE)
        await moved.turns.release(DOMAIN, worker, NONE)
    ahead.move(MINUTE * 9)

    left = await moved.turns.take(DOMAIN, "d", MINUTE)

    assert left is not None
    assert left > NONE


async def test_a_pause_never_gets_shorter(moved: SqlStore, ahead: Ahead) -> None:
    await moved.turns.hold(DOMAIN, MINUTE * 10)
    await moved.turns.hold(DOMAIN, MINUTE)
    await moved.turns.take(DOMAIN, "a", MINUTE)
    await moved.turns.release(DOMAIN, "a", NONE)
    ahead.move(MINUTE * 9)

    left = await moved.turns.take(DOMAIN, "b", MINUTE)

    assert left is not None
    assert left > NONE
