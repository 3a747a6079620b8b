from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.model.worker import SILENT_FOR, Condition, Incident, IncidentKind, WorkerState
from archiver.store.store import SqlStore
from tests.build import NOW, days
from tests.contract.conftest import Ahead

pytestmark = pytest.mark.anyio

STATE = WorkerState(
    name="host/boot/1/1",
    kind="daemon",
    version="0.1.0",
    started_at=NOW,
    seen_at=NOW,
    in_hand=3,
    conditions={Condition.DISK_LOW: "1 GiB is left"},
)


async def test_a_worker_comes_back_as_it_told_seen_by_the_databases_clock(
    store: SqlStore,
) -> None:
    await store.workers.tell(STATE)

    [state] = await store.workers.all()

    assert replace(state, seen_at=NOW) == STATE
    assert state.seen_at != NOW


async def test_a_worker_has_one_row_that_is_brought_up_to_date(store: SqlStore) -> None:
    await store.workers.tell(STATE)
    await store.workers.tell(replace(STATE, in_hand=0, conditions={}))

    [state] = await store.workers.all()

    assert (state.in_hand, state.conditions) == (0, {})


async def test_the_worker_seen_last_comes_first(moved: SqlStore, ahead: Ahead) -> None:
    for name in ("a", "b", "a"):
        await moved.workers.tell(replace(STATE, name=name))
        ahead.move(timedelta(seconds=1))

    assert [state.name for state in await moved.workers.all()] == ["a", "b"]


async def test_who_was_heard_lately_is_told_by_the_databases_clock(
    moved: SqlStore, ahead: Ahead
) -> None:
    for name, then in (
        ("silent", 3 * SILENT_FOR),
        ("ahead", -1.5 * SILENT_FOR),
        ("heard", days(0)),
    ):
        await moved.workers.tell(replace(STATE, name=name))
        ahead.move(then)

    now = await moved.workers.now()

    heard = [one.name for one in await moved.workers.all() if one.was_heard_lately(now)]
    assert heard == ["heard"]


async def test_a_worker_that_ended_has_no_row(store: SqlStore) -> None:
    await store.workers.tell(STATE)

    await store.workers.gone(STATE.name)
    await store.workers.gone("nobody")

    assert await store.workers.all() == []


async def test_a_worker_that_was_never_seen_again_is_forgotten(
    moved: SqlStore, ahead: Ahead
) -> None:
    await moved.workers.tell(STATE)
    ahead.move(days(8))

    await moved.queue.sweep(NOW)

    assert await moved.workers.all() == []


async def test_incidents_come_newest_first(store: SqlStore) -> None:
    noted = [
        Incident(NOW - days(number), "w", kind, f"note {number}")
        for number, kind in enumerate(IncidentKind)
    ]
    await store.workers.note(noted[0])
    await store.workers.note()
    await store.workers.note(*noted[1:])

    assert await store.workers.incidents(2) == [noted[-1], noted[-2]]


async def test_each_text_of_a_kind_of_incident_comes_once_and_the_newest_first(
    store: SqlStore,
) -> None:
    for note in ("a", "b", "a"):
        await store.workers.note(Incident(NOW, "w", IncidentKind.DAMAGED, note))
    await store.workers.note(Incident(NOW, "w", IncidentKind.SLEPT, "c"))

    assert await store.workers.notes(IncidentKind.DAMAGED) == ["a", "b"]
