"""Who is taken for dead at a start: never a process of another kernel that may live."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.model.job import Lane
from archiver.model.worker import WorkerState
from archiver.platforms import recognise
from archiver.store.store import SqlStore
from archiver.wiring.worker import free_dead_claims, is_alive, is_dead, worker_name
from tests.build import NOW
from tests.contract.conftest import Ahead

pytestmark = pytest.mark.anyio

LEASE = timedelta(minutes=10)
HOST, BOOT, PID, START, SPACE = worker_name().split("/")
CLONE = f"{HOST}/the-boot-of-a-clone/{PID}/{START}/{SPACE}"
"""Another running kernel under this host's name, with the very numbers of this process."""
BEFORE = f"{HOST}/the-boot-before/{PID}/1/{SPACE}"
CRASHED = f"{HOST}/{BOOT}/{PID}/{START}0/{SPACE}"


async def at_work(store: SqlStore, *workers: str) -> None:
    """Let each worker take a job, and tell of itself."""
    for number, worker in enumerate(workers):
        await store.sources.register(recognise(f"https://site{number}.example/a"), None, NOW)
        await store.queue.enqueue_due(NOW, 1)
        [_] = await store.queue.take(worker, LEASE, lane=Lane.BROWSER, limit=1)
        await store.workers.tell(WorkerState(worker, "daemon", "0.1", NOW, NOW, 1))


async def holding(store: SqlStore) -> set[str]:
    return {claim.worker for claim in await store.claims.standing()}


async def test_two_machines_of_one_name_do_not_free_each_others_jobs(moved: SqlStore) -> None:
    await at_work(moved, CLONE, CRASHED, worker_name())

    await free_dead_claims(moved, NOW, is_server=not moved.is_embedded)

    assert await holding(moved) == {CLONE, worker_name()}
    at = await moved.workers.now()
    alive = {one.name for one in await moved.workers.all() if is_alive(one, at)}
    assert alive == {CLONE, worker_name()}
    assert not is_dead(CLONE)


async def test_on_a_server_who_ran_under_another_kernel_is_left_to_its_lease(
    moved: SqlStore, ahead: Ahead
) -> None:
    await at_work(moved, BEFORE)
    ahead.move(LEASE - timedelta(minutes=1))
    await moved.queue.sweep(NOW)
    before = await holding(moved)

    ahead.move(timedelta(minutes=1))
    swept = await moved.queue.sweep(NOW)

    assert before == {BEFORE}
    assert len(swept.requeued) == 1
    assert await holding(moved) == set()


async def test_what_was_held_before_a_restart_is_free_at_the_next_start_where_one_machine_works(
    moved: SqlStore, ahead: Ahead
) -> None:
    await at_work(moved, BEFORE)
    ahead.move(-timedelta(days=1))  # a machine without a clock of its own starts behind

    await free_dead_claims(moved, NOW, is_server=not moved.is_embedded)

    assert await holding(moved) == (set() if moved.is_embedded else {BEFORE})
