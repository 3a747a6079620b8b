from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from archiver.errors import ClaimError, InputError, NotFoundError, StoreError
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.job import Job, Lane
from archiver.model.source import Source
from archiver.ports import Depth, QueueSweep, Taken
from archiver.store.jobs import MICROSECOND, new_job
from archiver.store.lost import AT_ONCE, MOST_ROUNDS
from archiver.store.store import SqlStore
from archiver.store.tables import jobs, sources
from tests import build
from tests.build import NOW, days
from tests.contract.conftest import Ahead

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
OVER = timedelta(minutes=3)
DAY = timedelta(days=1)
BOTH = (Lane.BROWSER, Lane.LIGHT)


async def add(store: SqlStore, url: str | None = None) -> Source:
    url = url or f"https://{build.fresh('site')}.example/a"
    return await store.sources.register(build.page(url), None, NOW)


async def queued(store: SqlStore, number: int = 1) -> list[Source]:
    """Return sources, each on a site of its own, with a job that waits."""
    made = [await add(store) for _ in range(number)]
    assert await store.queue.enqueue_due(NOW, 1000) == number
    return made


async def take(
    store: SqlStore,
    worker: str = "w",
    *,
    lane: Lane = Lane.BROWSER,
    limit: int = 10,
    but: tuple[str, ...] = (),
) -> list[Taken]:
    return await store.queue.take(worker, LEASE, lane=lane, limit=limit, but=but)


async def take_one(store: SqlStore, worker: str = "w", lane: Lane = Lane.BROWSER) -> Taken:
    [taken] = await take(store, worker, lane=lane)
    return taken


async def look(store: SqlStore, taken: Taken, due_in: timedelta = DAY) -> str:
    """Commit a look under a job; return its ID."""
    observation = build.observation(taken.claim.source_id)
    await store.looks.keep(taken.claim, observation, build.verdict(), [], NOW + due_in)
    return observation.id


async def capture(store: SqlStore, source: Source) -> None:
    claim = await store.claims.claim(source.id, "w", MINUTE)
    assert claim is not None
    await store.captures.keep(claim, build.capture(source.id), [])
    await store.claims.release(claim)


async def seen(store: SqlStore, source: Source) -> int:
    return len(await store.looks.of(source.id))


async def is_waiting(store: SqlStore) -> bool:
    depth = await store.queue.depth()
    return bool(sum(depth.queued.values()))


async def test_what_a_worker_holds_is_what_it_took_and_has_not_ended(store: SqlStore) -> None:
    for number in range(4):
        await add(store, f"https://site{number}.example/1")
    await store.queue.enqueue_due(NOW, 10)
    taken = await store.queue.take("w", MINUTE, lane=Lane.BROWSER, limit=3)
    await store.queue.take("other", MINUTE, lane=Lane.BROWSER, limit=1)
    claimed = await add(store, "https://no-job.example/1")
    await store.claims.claim(claimed.id, "w", MINUTE)

    await store.queue.give_back(taken.pop())
    held = await store.queue.taken_by("w")

    by_id = {one.job.id: one for one in held}
    assert by_id == {one.job.id: one for one in taken}


# Queueing what is due


async def test_a_due_source_gets_one_job_of_its_slot(store: SqlStore) -> None:
    source = await add(store, "https://a.news.example/1")

    made = [await store.queue.enqueue_due(NOW, 10) for _ in range(2)]

    taken = await take_one(store)
    assert made == [1, 0]
    assert taken.job == Job(
        id=taken.job.id,
        source=source,
        slot=NOW,
        domain="news.example",
        lane=Lane.BROWSER,
        is_urgent=False,
        is_asked=False,
        tries=0,
        deaths=0,
    )
    assert taken.claim.job_id == taken.job.id


async def test_many_who_queue_at_once_make_each_slot_once(store: SqlStore) -> None:
    for _ in range(40):
        await add(store)

    made = await asyncio.gather(*(store.queue.enqueue_due(NOW, 7) for _ in range(12)))

    assert sum(made) == 40
    assert sum((await store.queue.depth()).queued.values()) == 40


async def test_what_is_not_due_paused_removed_or_waiting_already_is_not_queued(
    store: SqlStore,
) -> None:
    await queued(store)
    later, paused, removed = [await add(store) for _ in range(3)]
    await store.sources.schedule(later.id, NOW + timedelta(microseconds=1))
    await store.sources.pause(paused.id, paused=True)
    await store.sources.remove(removed.id, NOW)

    assert await store.queue.enqueue_due(NOW, 10) == 0


async def test_the_longest_due_are_queued_and_taken_first(store: SqlStore) -> None:
    made = [await add(store) for _ in range(4)]
    for source, hours in zip(made, (3, 1, 4, 2), strict=True):
        await store.sources.schedule(source.id, NOW - timedelta(hours=hours))

    assert await store.queue.enqueue_due(NOW, 3) == 3

    taken = [(await take(store, limit=1))[0].job.source.id for _ in range(3)]
    assert taken == [made[2].id, made[0].id, made[3].id]


async def test_a_source_without_files_needs_a_browser_and_one_with_files_a_light_look(
    store: SqlStore,
) -> None:
    known = await add(store)
    await capture(store, known)
    new = await add(store)
    await store.queue.enqueue_due(NOW, 10)

    lanes = {
        one.job.source.id: one.job.lane for lane in BOTH for one in await take(store, lane=lane)
    }

    assert lanes == {known.id: Lane.LIGHT, new.id: Lane.BROWSER}


async def test_a_source_whose_address_has_no_host_is_queued_too(store: SqlStore) -> None:
    await store.sources.register(build.ref(url="urn:post:1"), None, NOW)
    await store.queue.enqueue_due(NOW, 10)

    assert (await take_one(store)).job.domain == "x"


async def test_a_source_is_queued_again_when_its_slot_was_used_up_without_a_look(
    store: SqlStore,
) -> None:
    [source] = await queued(store)
    await store.sources.pause(source.id, paused=True)
    await store.sources.pause(source.id, paused=False)

    made = [await store.queue.enqueue_due(NOW + MINUTE * n, 10) for n in range(3)]

    assert made == [1, 0, 0]
    assert (await take_one(store)).job.slot > NOW


async def test_what_waits_for_its_job_is_not_due_for_others(store: SqlStore) -> None:
    await queued(store)
    free = await add(store)

    assert [source.id for source in await store.sources.due(NOW, 10)] == [free.id]


# Taking


async def test_a_job_is_taken_by_one_of_many(store: SqlStore) -> None:
    made = await queued(store, 40)

    taken = await asyncio.gather(*(take(store, f"w{n}", limit=4) for n in range(20)))

    ids = [one.job.source.id for each in taken for one in each]
    assert sorted(ids) == sorted(source.id for source in made)


async def test_taking_a_job_claims_its_source(store: SqlStore) -> None:
    [source] = await queued(store)

    taken = await take_one(store)

    assert await store.claims.claim(source.id, "other", MINUTE) is None
    assert await store.claims.extend(taken.claim, LEASE)
    assert await store.claims.standing() == [taken.claim]


async def test_a_claim_without_a_job_is_told_from_that_of_a_job(store: SqlStore) -> None:
    [source] = await queued(store)
    claim = await store.claims.claim(source.id, "w", MINUTE)

    assert claim is not None
    assert await store.claims.standing() == [claim]
    assert claim.job_id is None


async def test_one_call_takes_one_job_of_a_domain(store: SqlStore) -> None:
    for path in "abc":
        await add(store, f"https://{path}.news.example/{path}")
    await add(store, "https://other.example/")
    await store.queue.enqueue_due(NOW, 10)

    taken = await take(store)

    assert sorted(one.job.domain for one in taken) == ["news.example", "other.example"]


async def test_a_domain_of_which_the_caller_has_enough_is_left_out(store: SqlStore) -> None:
    [source] = await queued(store)
    domain = source.ref.host
    assert domain is not None

    assert await take(store, but=(domain,)) == []
    assert len(await take(store, but=("elsewhere.example",))) == 1


async def test_a_job_of_another_lane_is_left_alone(store: SqlStore) -> None:
    await queued(store)

    assert await take(store, lane=Lane.LIGHT) == []


async def test_a_claimed_source_is_left_alone_until_its_lease_ends(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    await moved.claims.claim(source.id, "somebody", MINUTE)

    before = await take(moved)
    ahead.move(MINUTE * 2)

    assert before == []
    assert len(await take(moved)) == 1


async def test_a_domain_at_which_another_worker_has_the_turn_is_left_alone(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    await moved.turns.take(source.ref.host or "", "a", MINUTE)

    before = await take(moved, "b")
    ahead.move(MINUTE * 2)

    assert before == []
    assert len(await take(moved, "b")) == 1


async def test_who_has_the_turn_at_a_domain_takes_its_jobs(store: SqlStore) -> None:
    [source] = await queued(store)
    await store.turns.take(source.ref.host or "", "a", MINUTE)

    assert len(await take(store, "a")) == 1


async def test_a_domain_is_left_alone_until_its_pause_is_over(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    await moved.turns.hold(source.ref.host or "", MINUTE)

    before = await take(moved)
    ahead.move(MINUTE)

    assert before == []
    assert len(await take(moved)) == 1


async def test_a_host_that_asks_to_be_left_alone_holds_its_jobs_too(
    moved: SqlStore, ahead: Ahead
) -> None:
    host = "a.news.example"
    await add(moved, f"https://{host}/1")
    await add(moved, "https://b.news.example/1")
    await moved.queue.enqueue_due(NOW, 10)
    await moved.sources.hold_host(host, NOW, MINUTE)

    before = await take(moved)
    ahead.move(MINUTE)
    after = await take(moved)

    assert [one.job.source.ref.host for one in before] == ["b.news.example"]
    assert [one.job.source.ref.host for one in after] == [host]


async def test_each_domain_gets_its_turn_however_many_wait_at_others(store: SqlStore) -> None:
    for number in range(30):
        await add(store, f"https://busy.example/{number}")
    quiet = [await add(store, f"https://{name}.example/") for name in ("aa", "zz")]
    for source in quiet:
        await store.sources.schedule(source.id, NOW + timedelta(seconds=1))
    await store.queue.enqueue_due(NOW + MINUTE, 100)

    taken = await take(store, limit=3)

    assert {one.job.domain for one in taken} == {"aa.example", "busy.example", "zz.example"}


@pytest.mark.parametrize("stop", ["pause", "remove"])
async def test_a_job_of_a_source_that_is_no_longer_looked_at_is_closed(
    store: SqlStore, stop: str
) -> None:
    [source] = await queued(store)
    if stop == "pause":
        await store.sources.pause(source.id, paused=True)
    else:
        await store.sources.remove(source.id, NOW)

    assert await take(store) == []
    assert not await is_waiting(store)


async def test_a_job_given_back_after_its_source_was_paused_is_closed_when_it_is_taken(
    store: SqlStore,
) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await store.sources.pause(source.id, paused=True)
    await store.queue.give_back(taken)

    assert await take(store) == []
    assert not await is_waiting(store)


# Committing and ending


async def test_a_finished_job_leaves_its_source_to_its_next_slot(store: SqlStore) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await look(store, taken)

    await store.queue.finish(taken)

    assert await store.claims.standing() == []
    assert await store.queue.enqueue_due(NOW + DAY - MINUTE, 10) == 0
    assert await store.queue.enqueue_due(NOW + DAY, 10) == 1
    assert await seen(store, source) == 1


async def test_no_job_gets_two_looks(store: SqlStore) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await look(store, taken)

    with pytest.raises(ClaimError, match="has its look already"):
        await look(store, taken)

    assert await seen(store, source) == 1


async def test_of_two_looks_of_a_job_at_once_one_is_kept(store: SqlStore) -> None:
    [source] = await queued(store)
    taken = await take_one(store)

    told = await asyncio.gather(look(store, taken), look(store, taken), return_exceptions=True)

    assert [isinstance(one, ClaimError) for one in told] == [False, True]
    assert await seen(store, source) == 1


async def test_a_look_told_of_again_since_its_commit_was_not_heard_of_is_kept_once(
    store: SqlStore,
) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    observation = build.observation(source.id)

    for _ in range(2):
        await store.looks.keep(taken.claim, observation, build.verdict(), [], NOW + DAY)

    await store.queue.finish(taken)
    assert await store.looks.of(source.id) == [observation]
    assert not await is_waiting(store)


async def test_an_end_told_of_again_since_its_commit_was_not_heard_of_is_no_loss(
    store: SqlStore,
) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await look(store, taken)

    for _ in range(2):
        await store.queue.finish(taken, "its browser broke down")

    with pytest.raises(ClaimError):
        await store.queue.finish(taken, "something else")
    assert await seen(store, source) == 1
    assert not await is_waiting(store)


async def test_a_job_without_a_look_cannot_be_finished(store: SqlStore) -> None:
    await queued(store)
    taken = await take_one(store)

    with pytest.raises(StoreError, match="no look was committed"):
        await store.queue.finish(taken)

    assert await store.claims.extend(taken.claim, LEASE)


async def test_a_job_given_back_is_ready_after_a_time_and_unharmed(
    moved: SqlStore, ahead: Ahead
) -> None:
    await queued(moved)
    first = await take_one(moved)
    await moved.queue.give_back(first, MINUTE)

    before = await take(moved)
    ahead.move(MINUTE)
    again = await take_one(moved, "other")

    assert before == []
    assert again.job == first.job
    assert again.claim.fence > first.claim.fence


async def test_a_job_that_failed_counts_its_tries(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved)
    taken = await take_one(moved)
    for _ in range(2):
        await moved.queue.retry(taken, MINUTE, "the database was away")
        ahead.move(MINUTE)
        taken = await take_one(moved)

    assert (taken.job.tries, taken.job.deaths) == (2, 0)


async def test_a_job_given_up_lets_its_source_be_due_again(store: SqlStore) -> None:
    await queued(store)
    taken = await take_one(store)

    await store.queue.give_up(taken, NOW + DAY, "failed five times")

    assert not await is_waiting(store)
    assert await store.claims.standing() == []
    assert await store.queue.enqueue_due(NOW + DAY - MINUTE, 10) == 0
    assert await store.queue.enqueue_due(NOW + DAY, 10) == 1


async def test_what_was_asked_for_while_it_failed_is_tried_anew(store: SqlStore) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await store.queue.order(source, NOW)

    await store.queue.give_up(taken, NOW + DAY, "failed five times")

    again = await take_one(store)
    assert (again.job.is_asked, again.job.tries) == (True, 0)


@pytest.mark.parametrize("how", ["give_back", "retry"])
async def test_a_job_that_has_its_look_is_followed_by_one_for_the_rest(
    store: SqlStore, how: str
) -> None:
    [source] = await queued(store)
    taken = await take_one(store)
    await look(store, taken)

    if how == "retry":
        await store.queue.retry(taken, timedelta(0), "the browser did not start")
    else:
        await store.queue.give_back(taken)

    again = await take_one(store)
    assert again.job.id != taken.job.id
    assert again.job.slot > taken.job.slot
    assert again.job.tries == (1 if how == "retry" else 0)
    await look(store, again)
    await store.queue.finish(again)
    assert await seen(store, source) == 2


ENDINGS = ["finish", "give_back", "retry", "give_up"]


async def end(store: SqlStore, how: str, taken: Taken) -> None:
    match how:
        case "finish":
            await store.queue.finish(taken)
        case "give_back":
            await store.queue.give_back(taken)
        case "retry":
            await store.queue.retry(taken, MINUTE, "it failed")
        case _:
            await store.queue.give_up(taken, NOW, "it failed")


@pytest.mark.parametrize("how", ENDINGS)
async def test_who_lost_a_job_changes_nothing(moved: SqlStore, ahead: Ahead, how: str) -> None:
    [source] = await queued(moved)
    paused = await take_one(moved, "paused")
    ahead.move(OVER)
    await moved.queue.sweep(NOW)
    ahead.move(MINUTE)
    other = await take_one(moved, "other")

    with pytest.raises(ClaimError):
        await look(moved, paused)
    with pytest.raises(ClaimError):
        await end(moved, how, paused)

    await look(moved, other)
    await moved.queue.finish(other)
    assert await seen(moved, source) == 1


@pytest.mark.parametrize("how", ENDINGS)
async def test_who_wakes_up_when_another_is_done_changes_nothing(
    moved: SqlStore, ahead: Ahead, how: str
) -> None:
    [source] = await queued(moved)
    paused = await take_one(moved, "paused")
    ahead.move(OVER)
    await moved.queue.sweep(NOW)
    ahead.move(MINUTE)
    other = await take_one(moved, "other")
    await look(moved, other)
    await moved.queue.finish(other)

    with pytest.raises(ClaimError):
        await look(moved, paused)
    with pytest.raises(ClaimError):
        await end(moved, how, paused)

    assert await seen(moved, source) == 1
    assert not await is_waiting(moved)


async def test_late_work_counts_while_nobody_took_the_job_back(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    late = await take_one(moved)
    ahead.move(OVER)

    await look(moved, late)
    await moved.queue.finish(late)

    assert await seen(moved, source) == 1


async def test_leases_are_prolonged_in_one_go_and_lost_ones_told(
    moved: SqlStore, ahead: Ahead
) -> None:
    await queued(moved, 3)
    taken = await take(moved)
    lost = replace(taken[1].claim, fence=taken[1].claim.fence + 1)
    claims = [taken[0].claim, lost, taken[2].claim]

    assert await moved.claims.extend_all(claims, MINUTE * 60) == [lost]

    ahead.move(OVER)
    assert (await moved.queue.sweep(NOW)).requeued == (taken[1].job.id,)


async def test_prolonging_nothing_loses_nothing(store: SqlStore) -> None:
    assert await store.claims.extend_all([], MINUTE) == []


# Looks that nobody queued


async def one_off(store: SqlStore, source: Source) -> None:
    claim = await store.claims.claim(source.id, "command", MINUTE)
    assert claim is not None
    await store.looks.keep(claim, build.observation(source.id), build.verdict(), [], NOW + DAY)
    await store.claims.release(claim)


async def test_a_look_that_nobody_queued_serves_the_job_that_waits(store: SqlStore) -> None:
    [source] = await queued(store)

    await one_off(store, source)

    assert not await is_waiting(store)
    assert await store.queue.enqueue_due(NOW + DAY, 10) == 1


async def test_a_look_that_nobody_queued_leaves_what_somebody_asked_for(store: SqlStore) -> None:
    source = await add(store)
    await store.queue.order(source, NOW)

    await one_off(store, source)

    assert (await take_one(store)).job.is_asked


async def test_a_look_that_took_over_from_a_lost_job_serves_it(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    lost = await take_one(moved)
    ahead.move(OVER)

    await one_off(moved, source)

    assert await moved.queue.sweep(NOW) == QueueSweep()
    with pytest.raises(ClaimError):
        await look(moved, lost)
    assert await seen(moved, source) == 1


# Asked for


async def test_what_is_asked_for_overtakes(store: SqlStore) -> None:
    await queued(store, 3)
    wanted = await add(store)

    ordered = await store.queue.order(wanted, NOW)

    [first] = await take(store, limit=1)
    assert first.job == ordered
    assert (ordered.is_urgent, ordered.is_asked, ordered.lane) == (True, True, Lane.BROWSER)


async def test_a_job_that_waits_becomes_urgent_when_it_is_asked_for(store: SqlStore) -> None:
    known = await add(store)
    await capture(store, known)
    await store.queue.enqueue_due(NOW, 10)

    ordered = await store.queue.order(known, NOW)

    taken = await take_one(store)
    assert taken.job == ordered
    assert (ordered.slot, ordered.is_urgent) == (NOW, True)
    assert ordered.lane is Lane.BROWSER


async def test_asking_twice_makes_one_job(store: SqlStore) -> None:
    source = await add(store)

    ordered = await asyncio.gather(*(store.queue.order(source, NOW) for _ in range(5)))

    assert len({job.id for job in ordered}) == 1


async def test_asking_again_in_the_same_slot_finds_another(store: SqlStore) -> None:
    source = await add(store)
    slots = []
    for _ in range(3):
        slots.append((await store.queue.order(source, NOW)).slot)
        taken = await take_one(store)
        await look(store, taken)
        await store.queue.finish(taken)

    assert len(set(slots)) == 3


async def test_what_is_asked_for_while_it_runs_is_done_again(store: SqlStore) -> None:
    [source] = await queued(store)
    taken = await take_one(store)

    await store.queue.order(source, NOW)
    await look(store, taken)
    await store.queue.finish(taken)

    again = await take_one(store)
    assert again.job.is_asked
    assert again.job.id != taken.job.id


@pytest.mark.parametrize("how", ["give_back", "retry"])
@pytest.mark.parametrize("has_look", [True, False])
async def test_what_is_asked_for_waits_for_nothing_that_held_up_the_look_before(
    store: SqlStore, how: str, has_look: bool
) -> None:
    source = await add(store)
    await capture(store, source)
    await store.queue.enqueue_due(NOW, 1)
    taken = await take_one(store, lane=Lane.LIGHT)
    await store.queue.order(source, NOW)
    if has_look:
        await look(store, taken)

    async def put_off(taken: Taken) -> None:
        if how == "retry":
            await store.queue.retry(taken, DAY, "the browser did not start")
        else:
            await store.queue.give_back(taken, DAY)

    await put_off(taken)
    ordered = await take_one(store)
    await put_off(ordered)

    assert ordered.job.is_asked
    assert await take(store) == []


async def test_a_look_asked_for_while_it_ran_needs_a_browser_when_its_worker_died(
    moved: SqlStore, ahead: Ahead
) -> None:
    source = await add(moved)
    await capture(moved, source)
    await moved.queue.enqueue_due(NOW, 1)
    await take_one(moved, lane=Lane.LIGHT)
    await moved.queue.order(source, NOW)
    ahead.move(OVER)
    await moved.queue.sweep(NOW)
    ahead.move(MINUTE)

    assert (await take_one(moved)).job.is_asked


async def test_a_paused_source_is_captured_when_somebody_asks(store: SqlStore) -> None:
    source = await add(store)
    await store.sources.pause(source.id, paused=True)

    await store.queue.order(source, NOW)
    await store.sources.pause(source.id, paused=True)

    assert (await take_one(store)).job.source.id == source.id


async def test_a_source_that_is_not_followed_cannot_be_asked_for(store: SqlStore) -> None:
    source = await add(store)
    await store.sources.remove(source.id, NOW)

    with pytest.raises(NotFoundError):
        await store.queue.order(source, NOW)


# Dead workers


async def test_a_job_of_a_worker_that_died_is_queued_again(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved)
    lost = await take_one(moved, "dead")
    ahead.move(OVER)

    swept = await moved.queue.sweep(NOW)

    ahead.move(MINUTE)
    again = await take_one(moved, "other")
    assert swept == QueueSweep(requeued=(lost.job.id,))
    assert (again.job.id, again.job.deaths, again.job.tries) == (lost.job.id, 1, 0)
    assert again.claim.fence > lost.claim.fence


async def test_a_job_whose_worker_lives_is_left_alone(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved)
    taken = await take_one(moved)
    ahead.move(LEASE - MINUTE)
    await moved.claims.extend(taken.claim, LEASE)
    ahead.move(LEASE - MINUTE)

    assert await moved.queue.sweep(NOW) == QueueSweep()


async def test_sweeping_twice_counts_a_death_once(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved, 5)
    await take(moved)
    ahead.move(OVER)

    swept = await asyncio.gather(*(moved.queue.sweep(NOW) for _ in range(6)))

    assert sum(len(one.requeued) for one in swept) == 5
    ahead.move(MINUTE)
    assert {one.job.deaths for one in await take(moved)} == {1}


async def test_a_job_whose_source_another_claimed_is_queued_again_and_the_claim_stays(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    await take_one(moved, "dead")
    ahead.move(OVER)
    claim = await moved.claims.claim(source.id, "command", LEASE)
    assert claim is not None

    swept = await moved.queue.sweep(NOW)

    assert len(swept.requeued) == 1
    assert await moved.claims.extend(claim, LEASE)


async def test_a_job_whose_capture_is_missing_is_followed_by_another_at_once(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    lost = await take_one(moved)
    await look(moved, lost)
    ahead.move(OVER)

    swept = await moved.queue.sweep(NOW + MINUTE)

    ahead.move(MINUTE)
    again = await take_one(moved)
    assert swept == QueueSweep(closed=(lost.job.id,))
    assert (again.job.slot, again.job.deaths) == (NOW + MINUTE, 1)
    assert again.job.source.next_due_at == NOW + MINUTE
    await look(moved, again)
    assert await seen(moved, source) == 2


async def taken_down(store: SqlStore, source: Source) -> None:
    claim = await store.claims.claim(source.id, "clerk", LEASE)
    assert claim is not None
    act = CustodyEntry("t", CustodyAct.TAKEDOWN, NOW, "a clerk", "case 12/26", source.id, {})
    await store.custody.take_down(act, claim, keep_watching=False)
    await store.claims.release(claim)


async def test_a_job_whose_worker_died_ends_with_the_takedown_of_its_source(
    moved: SqlStore, ahead: Ahead
) -> None:
    for path in "ab":
        await add(moved, f"https://one.example/{path}")
    await moved.queue.enqueue_due(NOW, 10)
    lost = await take_one(moved, "dead")
    ahead.move(OVER)

    await taken_down(moved, lost.job.source)

    assert await moved.queue.sweep(NOW) == QueueSweep()
    other = await take_one(moved)
    assert other.job.source.id != lost.job.source.id
    assert not await is_waiting(moved)
    with pytest.raises(ClaimError):
        await look(moved, lost)


async def wait_for_none(store: SqlStore, source: Source) -> None:
    """Leave a source's job without a source that waits for it."""
    left = update(sources).where(sources.c.id == source.id).values(job_id=None, removed_at=NOW)
    await store.database.write(lambda connection: connection.execute(left).rowcount)


async def test_a_lost_job_that_its_source_does_not_wait_for_is_not_queued_again(
    moved: SqlStore, ahead: Ahead
) -> None:
    await queued(moved)
    lost = await take_one(moved, "dead")
    await wait_for_none(moved, lost.job.source)
    ahead.move(OVER)

    swept = await moved.queue.sweep(NOW)

    assert swept == QueueSweep(closed=(lost.job.id,))
    assert not await is_waiting(moved)
    assert await moved.queue.sweep(NOW) == QueueSweep()


async def test_a_job_that_its_source_does_not_wait_for_hides_no_other_of_its_domain(
    store: SqlStore,
) -> None:
    first, second = [await add(store, f"https://one.example/{path}") for path in "ab"]
    await store.sources.schedule(first.id, NOW - DAY)
    await store.queue.enqueue_due(NOW, 10)
    await wait_for_none(store, first)

    assert (await take_one(store)).job.source.id == second.id


async def test_what_was_asked_for_is_asked_for_again_when_its_worker_died(
    moved: SqlStore, ahead: Ahead
) -> None:
    source = await add(moved)
    await moved.queue.order(source, NOW)
    await look(moved, await take_one(moved))
    ahead.move(OVER)
    await moved.queue.sweep(NOW)
    ahead.move(MINUTE)

    again = await take_one(moved)

    assert (again.job.is_urgent, again.job.is_asked) == (True, True)


async def die(store: SqlStore, ahead: Ahead) -> tuple[Taken, QueueSweep]:
    taken = await take_one(store)
    ahead.move(OVER)
    swept = await store.queue.sweep(NOW)
    ahead.move(MINUTE)
    return taken, swept


async def test_a_job_of_which_two_workers_died_is_left_alone_for_a_day(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    await die(moved, ahead)

    taken, swept = await die(moved, ahead)

    assert swept == QueueSweep(quarantined=(taken.job.id,))
    [(job, why)] = await moved.queue.quarantined()
    assert (job.source.id, job.deaths) == (source.id, 2)
    assert "2 workers died of it" in why
    assert await take(moved) == []
    assert await moved.queue.enqueue_due(NOW + days(30), 10) == 0
    ahead.move(DAY)
    assert (await moved.queue.sweep(NOW)).released == (taken.job.id,)
    assert (await take_one(moved)).job.deaths == 2


async def test_what_a_dead_worker_had_in_hand_is_taken_one_by_one_and_holds_up_nothing_else(
    moved: SqlStore, ahead: Ahead
) -> None:
    innocent = await queued(moved, 30)
    await take(moved, "dead", limit=30)
    ahead.move(OVER)
    assert len((await moved.queue.sweep(NOW)).requeued) == 30
    ahead.move(MINUTE)
    [fresh] = await queued(moved)

    first = await take(moved, limit=2)
    none = await moved.queue.take("w", LEASE, lane=Lane.BROWSER, limit=2, risky=False)
    another = await take(moved, "other", limit=2)
    ahead.move(OVER)
    swept = await moved.queue.sweep(NOW)

    assert [sorted(one.job.deaths for one in some) for some in (first, another)] == [[0, 1], [1]]
    assert fresh.id in {one.job.source.id for one in first}
    assert none == []
    assert len(swept.quarantined) == 2
    assert {job.source.id for job, _ in await moved.queue.quarantined()} < {
        one.id for one in innocent
    }


async def test_what_is_in_quarantine_cannot_be_asked_for_and_stays_as_it_is(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    for _ in range(2):
        await die(moved, ahead)
    before = await moved.queue.quarantined()

    with pytest.raises(InputError, match=f"`archiver resume {re.escape(source.ref.name)}`"):
        await moved.queue.order(source, NOW)

    assert await moved.queue.quarantined() == before
    await moved.queue.pardon(source.id)
    assert (await moved.queue.order(source, NOW)).is_asked


async def test_a_quarantine_doubles_with_each_death(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved)
    for _ in range(2):
        await die(moved, ahead)
    ahead.move(DAY)
    await moved.queue.sweep(NOW)
    taken, _ = await die(moved, ahead)

    ahead.move(DAY)
    early = await moved.queue.sweep(NOW)
    ahead.move(DAY)
    late = await moved.queue.sweep(NOW)

    assert (early.released, late.released) == ((), (taken.job.id,))


async def test_a_job_that_kills_after_its_look_comes_into_quarantine_too(
    moved: SqlStore, ahead: Ahead
) -> None:
    await queued(moved)
    swept = []
    for _ in range(2):
        await look(moved, await take_one(moved))
        ahead.move(OVER)
        swept.append(await moved.queue.sweep(NOW))
        ahead.move(MINUTE)

    assert [len(one.quarantined) for one in swept] == [0, 1]
    assert await take(moved) == []


async def test_a_pardoned_job_is_ready_with_its_deaths_forgotten(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    for _ in range(2):
        await die(moved, ahead)

    pardoned = [await moved.queue.pardon(source.id) for _ in range(2)]

    assert pardoned == [True, False]
    assert (await take_one(moved)).job.deaths == 0


async def test_claims_of_dead_processes_are_freed_without_waiting(
    moved: SqlStore, ahead: Ahead
) -> None:
    [source] = await queued(moved)
    taken = await take_one(moved, "dead")
    other = await add(moved)
    claim = await moved.claims.claim(other.id, "dead", LEASE)
    assert claim is not None

    swept = await moved.queue.sweep(NOW, dead=await moved.claims.standing())

    assert swept == QueueSweep(requeued=(taken.job.id,))
    assert await moved.claims.standing() == []
    with pytest.raises(ClaimError):
        await look(moved, taken)
    ahead.move(MINUTE)
    again = await take_one(moved)
    assert (again.job.source.id, again.job.deaths) == (source.id, 1)


async def test_who_is_only_silent_keeps_his_job_when_the_dead_are_freed(
    moved: SqlStore, ahead: Ahead
) -> None:
    await queued(moved, 2)
    [dead] = await take(moved, "dead", limit=1)
    [silent] = await take(moved, "silent", limit=1)
    ahead.move(LEASE * 2)

    swept = await moved.queue.sweep(NOW, dead=[dead.claim], expired=False)

    assert swept == QueueSweep(requeued=(dead.job.id,))
    assert await moved.claims.extend(silent.claim, LEASE)


async def test_a_dead_claim_of_long_ago_frees_nobody(store: SqlStore) -> None:
    await queued(store)
    first = await take_one(store, "w")
    await store.queue.give_back(first)
    second = await take_one(store, "w")

    swept = await store.queue.sweep(NOW, dead=[first.claim])

    assert swept == QueueSweep()
    assert await store.claims.extend(second.claim, LEASE)


async def test_jobs_that_ended_long_ago_are_forgotten(moved: SqlStore, ahead: Ahead) -> None:
    await queued(moved, 3)
    for taken in await take(moved):
        await look(moved, taken)
        await moved.queue.finish(taken)
    ahead.move(days(6))
    early = await moved.queue.sweep(NOW)
    ahead.move(days(2))

    assert (early.forgotten, (await moved.queue.sweep(NOW)).forgotten) == (0, 3)


async def test_one_sweep_forgets_more_jobs_than_one_round_and_not_all_at_once(
    store: SqlStore,
) -> None:
    ended_long_ago = AT_ONCE * MOST_ROUNDS + 1
    [source] = await queued(store)
    long_ago = NOW - days(3650)
    values = {"state": "done", "finished_at": long_ago}
    rows = [
        new_job(source.id, long_ago + number * MICROSECOND, "d", Lane.LIGHT, long_ago, **values)
        for number in range(ended_long_ago)
    ]
    await store.database.write(lambda connection: connection.execute(insert(jobs), rows).rowcount)

    forgotten = [(await store.queue.sweep(NOW)).forgotten for _ in range(2)]

    assert forgotten == [ended_long_ago - 1, 1]


# Counting


async def test_what_waits_and_runs_is_counted_by_lane(moved: SqlStore, ahead: Ahead) -> None:
    known = await add(moved)
    await capture(moved, known)
    for _ in range(2):
        await add(moved)
    await moved.queue.enqueue_due(NOW, 10)
    await take(moved, limit=1)
    ahead.move(MINUTE)

    depth = await moved.queue.depth()

    assert depth.queued == {Lane.LIGHT: 1, Lane.BROWSER: 1}
    assert depth.running == {Lane.BROWSER: 1}
    assert depth.quarantined == 0
    assert MINUTE - timedelta(seconds=1) <= depth.oldest


async def test_an_empty_queue_has_no_depth(store: SqlStore) -> None:
    assert await store.queue.depth() == Depth({}, {}, 0, timedelta(0))
