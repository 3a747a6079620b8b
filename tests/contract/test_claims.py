from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.errors import ClaimError, NotFoundError
from archiver.ports import Claim
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
OVER = timedelta(seconds=-1)


async def make_source(store: SqlStore) -> str:
    return (await store.sources.register(build.ref(), None, NOW)).id


async def take(store: SqlStore, source_id: str, worker: str, lease: timedelta = MINUTE) -> Claim:
    claim = await store.claims.claim(source_id, worker, lease)
    assert claim is not None
    return claim


async def test_a_free_source_can_be_claimed(store: SqlStore) -> None:
    source_id = await make_source(store)

    assert await store.claims.claim(source_id, "a", MINUTE) == Claim(source_id, "a", 1)


@pytest.mark.parametrize("worker", ["a", "b"])
async def test_a_living_lease_excludes_everybody(store: SqlStore, worker: str) -> None:
    source_id = await make_source(store)
    await take(store, source_id, "a")

    assert await store.claims.claim(source_id, worker, MINUTE) is None


async def test_a_lease_that_ran_out_can_be_taken_over_with_a_higher_fence(store: SqlStore) -> None:
    source_id = await make_source(store)
    first = await take(store, source_id, "a", OVER)

    second = await take(store, source_id, "b")

    assert second.fence > first.fence


async def test_the_fence_grows_also_after_a_release(store: SqlStore) -> None:
    source_id = await make_source(store)
    fences = []
    for _ in range(3):
        claim = await take(store, source_id, "a")
        fences.append(claim.fence)
        await store.claims.release(claim)

    assert fences == [1, 2, 3]


async def test_an_extended_lease_lives_on(store: SqlStore) -> None:
    source_id = await make_source(store)
    claim = await take(store, source_id, "a", OVER)

    assert await store.claims.extend(claim, MINUTE)

    assert await store.claims.claim(source_id, "b", MINUTE) is None


async def test_a_lost_or_released_claim_cannot_be_extended(store: SqlStore) -> None:
    source_id, other_id = await make_source(store), await make_source(store)
    lost = await take(store, source_id, "a", OVER)
    await take(store, source_id, "b")
    released = await take(store, other_id, "a")
    await store.claims.release(released)

    assert not await store.claims.extend(lost, MINUTE)
    assert not await store.claims.extend(released, MINUTE)


async def test_releasing_a_lost_claim_leaves_the_new_one_alone(store: SqlStore) -> None:
    source_id = await make_source(store)
    lost = await take(store, source_id, "a", OVER)
    await take(store, source_id, "b")

    await store.claims.release(lost)

    assert await store.claims.claim(source_id, "c", MINUTE) is None


async def test_a_source_that_is_not_there_cannot_be_claimed(store: SqlStore) -> None:
    with pytest.raises(NotFoundError):
        await store.claims.claim("nothing", "a", MINUTE)


async def keep_look(store: SqlStore, claim: Claim, source_id: str) -> None:
    await store.looks.keep(
        claim,
        build.observation(source_id),
        build.verdict(),
        [build.event(source_id=source_id)],
        NOW,
    )


async def keep_capture(store: SqlStore, claim: Claim, source_id: str) -> None:
    await store.captures.keep(claim, build.capture(source_id), [build.record()])


async def is_empty(store: SqlStore, source_id: str) -> bool:
    kept = [
        await store.looks.of(source_id),
        await store.looks.verdict(source_id),
        await store.looks.events(),
        await store.captures.of(source_id),
        await store.captures.held(source_id),
    ]
    return not any(kept)


@pytest.mark.parametrize("keep", [keep_look, keep_capture])
async def test_work_under_a_lost_claim_stores_nothing(store: SqlStore, keep) -> None:
    source_id = await make_source(store)
    lost = await take(store, source_id, "a", OVER)
    await take(store, source_id, "b")

    with pytest.raises(ClaimError, match="another worker"):
        await keep(store, lost, source_id)

    assert await is_empty(store, source_id)


@pytest.mark.parametrize("keep", [keep_look, keep_capture])
async def test_work_under_a_lost_claim_stores_nothing_after_the_other_is_done(
    store: SqlStore, keep
) -> None:
    source_id = await make_source(store)
    lost = await take(store, source_id, "a", OVER)
    await store.claims.release(await take(store, source_id, "a"))

    with pytest.raises(ClaimError):
        await keep(store, lost, source_id)

    assert await is_empty(store, source_id)


@pytest.mark.parametrize("keep", [keep_look, keep_capture])
async def test_late_work_counts_while_nobody_else_has_claimed_the_source(
    store: SqlStore, keep
) -> None:
    source_id = await make_source(store)
    late = await take(store, source_id, "a", OVER)

    await keep(store, late, source_id)

    assert not await is_empty(store, source_id)


@pytest.mark.parametrize("keep", [keep_look, keep_capture])
async def test_a_claim_of_another_source_or_worker_is_worth_nothing(store: SqlStore, keep) -> None:
    source_id, other_id = await make_source(store), await make_source(store)
    other = await take(store, other_id, "a")
    claim = await take(store, source_id, "a")

    for wrong in (other, replace(claim, worker="b"), replace(claim, fence=claim.fence + 1)):
        with pytest.raises(ClaimError):
            await keep(store, wrong, source_id)

    assert await is_empty(store, source_id)


async def test_of_many_who_claim_at_once_one_wins(store: SqlStore) -> None:
    source_id = await make_source(store)

    claims = await asyncio.gather(
        *(store.claims.claim(source_id, f"w{number}", MINUTE) for number in range(20))
    )

    assert len([claim for claim in claims if claim]) == 1


RACER = """
import asyncio, sys
from datetime import timedelta
from archiver.store.store import SqlStore

async def main():
    store = await SqlStore.open(sys.argv[1], sys.argv[2])
    sources = await store.sources.all()
    print("ready", flush=True)
    sys.stdin.readline()
    for source in sources:
        if await store.claims.claim(source.id, sys.argv[3], timedelta(minutes=1)):
            print(source.id, flush=True)
    await store.close()

asyncio.run(main())
"""


async def test_two_processes_never_hold_the_same_source(
    store: SqlStore, database: str, tmp_path
) -> None:
    wanted = sorted([await make_source(store) for _ in range(40)])
    racers = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            RACER,
            str(tmp_path),
            database,
            f"process{number}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert await racer.stdout.readline() == b"ready\n"

    outputs = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))

    taken = [line for output, _ in outputs for line in output.decode().split()]
    assert sorted(taken) == wanted


async def test_claims_that_were_not_given_back_are_listed(store):
    first = (await store.sources.register(build.ref(), None, NOW)).id
    second = (await store.sources.register(build.ref(), None, NOW)).id
    kept = await store.claims.claim(first, "worker", timedelta(minutes=1))
    given_back = await store.claims.claim(second, "worker", timedelta(minutes=1))
    await store.claims.release(given_back)

    standing = await store.claims.standing()

    assert kept in standing
    assert given_back not in standing
