"""Times that a wrong clock wrote."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.feed import Feed
from archiver.model.job import Lane
from archiver.model.memento import Push
from archiver.model.service import ServiceState
from archiver.model.source import Source
from archiver.ports import Longest, Plan
from archiver.store.clock import time_of
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days
from tests.contract.conftest import Ahead

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEASE = timedelta(minutes=2)
LONGEST = Longest(look=180 * DAY, per_day=2, spacing=timedelta(minutes=1), pause=7 * DAY, feed=DAY)


async def looked_at(store: SqlStore, at_days: float, due_in_days: float) -> Source:
    """Return a source with one look, and due at a time."""
    site = f"https://{build.fresh('site')}.example/a"
    source = await store.sources.register(build.page(site), None, NOW)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    seen = build.observation(source.id, at=NOW + days(at_days))
    await store.looks.keep(claim, seen, build.verdict(), [], NOW + days(due_in_days))
    await store.claims.release(claim)
    return source


async def due_in(store: SqlStore, source: Source) -> timedelta:
    due_at = (await store.sources.source(source.id)).next_due_at
    assert due_at is not None
    return due_at - NOW


async def just_before(store: SqlStore) -> datetime:
    """Return a moment before this one, by the database's clock."""
    return await store.database.read(time_of) - MINUTE


async def all_pulled_back(store: SqlStore, limit: int = 2, longest: Longest = LONGEST) -> int:
    pulled, after = 0, ""
    while True:
        last, count = await store.calendar.pull_back(NOW, HOUR, after, limit, longest)
        pulled += count
        if last is None:
            return pulled
        after = last


async def test_a_look_of_its_right_time_does_not_hide_those_of_a_time_to_come(
    store: SqlStore,
) -> None:
    before = await store.calendar.newest_time(LEASE)
    await looked_at(store, 9, 10)
    await looked_at(store, 1, 2)

    assert (before, await store.calendar.newest_time(LEASE)) == (None, NOW + days(9))


async def test_a_job_or_a_claim_tells_what_an_embedded_database_s_clock_was(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    held = await moved.sources.register(build.page("https://b.example/a"), None, NOW + days(9))
    await moved.claims.claim(held.id, "w", LEASE)
    claimed = await moved.calendar.newest_time(LEASE)
    ahead.move(DAY)
    await moved.sources.register(build.page("https://a.example/a"), None, NOW)
    await moved.queue.enqueue_due(NOW, 9)
    queued = await moved.calendar.newest_time(LEASE)
    [_] = await moved.queue.take("w", LEASE, lane=Lane.BROWSER, limit=9)
    taken = await moved.calendar.newest_time(LEASE)
    ahead.move(-2 * DAY)

    now = await moved.database.read(time_of)
    if moved.is_embedded:
        assert None not in {claimed, queued, taken}
        assert [round((one - now) / DAY) for one in (claimed, queued, taken) if one] == [1, 2, 2]
    else:
        assert (claimed, queued, taken) == (None, None, None)  # its clock is not ours


async def test_a_source_added_in_a_time_to_come_and_never_seen_is_due_soon(
    store: SqlStore,
) -> None:
    wrong = await store.sources.register(build.page("https://a.example/a"), None, NOW + days(9))

    await all_pulled_back(store)

    assert timedelta(0) <= await due_in(store, wrong) <= HOUR


async def test_a_source_seen_in_a_time_to_come_is_due_soon(store: SqlStore) -> None:
    wrong = [await looked_at(store, 365, 400) for _ in range(5)]
    right = await looked_at(store, 0, 3)
    soon = await looked_at(store, 365, 0)

    pulled = await all_pulled_back(store)

    assert pulled == 5
    found = [await due_in(store, source) for source in wrong]
    assert all(timedelta(0) <= one <= HOUR for one in found)
    assert len(set(found)) == 5
    assert (await due_in(store, right), await due_in(store, soon)) == (days(3), days(0))


async def test_a_source_seen_in_its_right_time_since_is_due_when_that_look_says(
    store: SqlStore,
) -> None:
    source = await looked_at(store, 365, 400)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    again = build.observation(source.id, at=NOW)
    await store.looks.keep(claim, again, build.verdict(), [], NOW + days(3))

    pulled = await all_pulled_back(store)

    assert (pulled, await due_in(store, source)) == (0, days(3))


async def test_a_feed_looked_at_in_a_time_to_come_is_due_at_once(store: SqlStore) -> None:
    feed = await store.feeds.follow("https://a.example/feed", NOW)
    wrong = replace(feed, looked_at=NOW + days(9), next_due_at=NOW + days(10))
    await store.feeds.looked(wrong, [], NOW + days(9))

    await all_pulled_back(store)

    assert [one.id for one in await store.feeds.due(NOW, 9)] == [feed.id]


async def test_sources_put_off_beyond_all_schedules_are_due_soon(store: SqlStore) -> None:
    held = [await looked_at(store, -1, due) for due in (2, 30, 400)]
    right = [await looked_at(store, -1, due) for due in (2, 179)]
    for source in held:
        await store.sources.hold_host(str(source.ref.host), NOW + 399 * DAY, DAY)

    latest = await store.calendar.latest_due()
    pulled = await all_pulled_back(store)

    assert latest == NOW + 400 * DAY
    assert pulled == len(held)
    assert all([timedelta(0) <= await due_in(store, one) <= HOUR for one in held])
    assert [await due_in(store, one) for one in right] == [2 * DAY, 179 * DAY]


@pytest.mark.parametrize(("ahead", "made_due"), [(DAY, 0), (30 * DAY, 3)], ids=["right", "wrong"])
async def test_sources_of_a_host_that_was_to_be_left_alone_by_a_wrong_clock_are_due_soon(
    store: SqlStore, ahead: timedelta, made_due: int
) -> None:
    for number in range(3):
        await store.sources.register(build.page(f"https://one.example/{number}"), None, NOW)
    await store.sources.hold_host("one.example", NOW + ahead, 5 * DAY)
    for number in range(3):
        url = f"https://other.example/{number}"
        source = await store.sources.register(build.page(url), None, NOW)
        await store.sources.schedule(source.id, NOW + 30 * DAY + number * MINUTE)

    assert await all_pulled_back(store) == made_due


async def test_a_host_with_more_sources_than_its_budget_is_asked_as_late_as_it_was_planned(
    store: SqlStore,
) -> None:
    for number in range(8):
        url = f"https://one.example/{number}"
        source = await store.sources.register(build.page(url), None, NOW)
        await store.sources.schedule(source.id, NOW + 180 * DAY + number * DAY / LONGEST.per_day)

    assert await all_pulled_back(store) == 0


async def test_a_host_that_is_to_be_asked_seldom_is_asked_as_late_as_it_was_planned(
    store: SqlStore,
) -> None:
    for number in range(3):
        url = f"https://one.example/{number}"
        source = await store.sources.register(build.page(url), None, NOW)
        await store.sources.schedule(source.id, NOW + 180 * DAY + number * 30 * DAY)
    seldom = replace(LONGEST, per_day=2000, spacing=30 * DAY)

    assert await all_pulled_back(store, longest=seldom) == 0
    assert await all_pulled_back(store, longest=replace(seldom, spacing=DAY)) == 2


async def followed(store: SqlStore, every: timedelta | None, due_in: timedelta) -> Feed:
    """Return a feed that is due then; it could not be read, and that says not when it was tried."""
    feed = await store.feeds.follow(f"https://{build.fresh('site')}.example/", NOW, every=every)
    await store.feeds.looked(replace(feed, next_due_at=NOW + due_in), [], NOW)
    return feed


async def test_a_feed_waits_no_longer_than_its_interval_or_a_server_may_ask_for(
    store: SqlStore,
) -> None:
    late = [await followed(store, None, 9 * DAY), await followed(store, 30 * DAY, 31 * DAY)]
    for every, due_in in ((None, 7 * DAY), (30 * DAY, 29 * DAY)):
        await followed(store, every, due_in)

    await all_pulled_back(store)

    assert {one.id for one in await store.feeds.due(NOW, 9)} == {one.id for one in late}


async def test_a_pause_of_a_service_that_began_in_a_time_to_come_lasts_as_long_from_now(
    store: SqlStore,
) -> None:
    began = NOW + 400 * DAY
    wrong = ServiceState("wrong", began, is_paused=True, paused_until=began + HOUR, failures=3)
    right = ServiceState("right", NOW, is_paused=True, paused_until=NOW + 99 * DAY)
    by_a_person = ServiceState("person", began, is_paused=True, reason="for good")
    for state in (wrong, right, by_a_person):
        await store.services.keep(state)

    for _ in range(2):
        await all_pulled_back(store)

    moved = replace(wrong, changed_at=NOW, paused_until=NOW + HOUR)
    assert await store.services.all() == [by_a_person, right, moved]


async def test_a_push_waits_for_its_next_try_no_longer_than_a_server_may_ask_for(
    store: SqlStore,
) -> None:
    late, right = [await pushed(store, due) for due in (400 * DAY, 6 * HOUR)]

    await all_pulled_back(store)

    assert [one.id for one in await store.pushes.due(NOW, 9)] == [late.id]
    assert (await store.pushes.of(right.source_id))[0].next_try_at == NOW + 6 * HOUR


async def pushed(store: SqlStore, due_in: timedelta) -> Push:
    source = await looked_at(store, -1, 1)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    capture = build.capture(source.id)
    await store.captures.keep(claim, capture, [])
    await store.claims.release(claim)
    push = build.push(source.id, capture.id, next_try_at=NOW + due_in)
    await store.pushes.add(push)
    return push


async def planned(store: SqlStore, waiting: Mapping[str, Delivery]) -> None:
    """Plan deliveries, each of an event of its own."""
    source = await looked_at(store, -1, 1)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    told = {
        name: build.event(id=one.event_id, source_id=source.id) for name, one in waiting.items()
    }
    look = build.observation(source.id, at=NOW)
    await store.looks.keep(claim, look, build.verdict(), list(told.values()), NOW + DAY)
    for name, event in told.items():
        assert await store.deliveries.plan(Plan(event.id, (waiting[name],)))


async def test_news_waits_for_no_time_that_only_a_wrong_clock_showed(store: SqlStore) -> None:
    ahead, held = NOW + 400 * DAY, DeliveryState.HELD
    of = {name: build.fresh(f"01{name}") for name in ("T", "A", "H", "R", "D", "S", "P")}
    tried = build.delivery(of["T"], next_try_at=ahead, tried_since=NOW - HOUR, tries=1)
    tried_ahead = build.delivery(
        of["A"], next_try_at=NOW + 3 * DAY, tried_since=NOW + 2 * DAY, tries=1
    )
    held_up = build.delivery(of["H"], next_try_at=ahead, state=held)
    repeated = build.delivery(
        of["R"], next_try_at=ahead + 30 * DAY, sent_at=ahead, state=DeliveryState.SENT
    )
    for_a_digest = build.delivery(of["D"], next_try_at=NOW + 6 * DAY)
    seldom = build.delivery(
        of["S"], next_try_at=NOW + 300 * DAY, sent_at=NOW - HOUR, state=DeliveryState.SENT
    )
    patient = build.delivery(of["P"], next_try_at=NOW + 7 * DAY, tried_since=NOW, tries=1)
    all_of_them = (tried, tried_ahead, held_up, repeated, for_a_digest, seldom, patient)
    await planned(store, {one.event_id: one for one in all_of_them})

    for _ in range(2):
        await all_pulled_back(store)

    newest = {one.id: one for one in await store.deliveries.newest(9)}
    assert [newest[one.id] for one in all_of_them] == [
        replace(tried, next_try_at=NOW),
        replace(tried_ahead, next_try_at=NOW, tried_since=NOW),
        replace(held_up, next_try_at=NOW),
        replace(repeated, next_try_at=NOW + 30 * DAY),
        for_a_digest,
        seldom,
        patient,
    ]


async def test_news_in_hand_is_anybody_s_again_after_the_database_was_set_back(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    delivery = build.delivery(build.fresh("01EVENT"))
    await planned(moved, {delivery.event_id: delivery})
    assert await moved.deliveries.claim([delivery], "dead", LEASE)
    ahead.move(-DAY)

    await moved.calendar.set_back(DAY, await just_before(moved), "w", LEASE)
    in_hand = await moved.deliveries.due("desk", NOW, 9)
    ahead.move(10 * MINUTE)

    assert in_hand == []
    assert [one.id for one in await moved.deliveries.due("desk", NOW, 9)] == [delivery.id]


async def test_jobs_turns_and_leases_wait_no_longer_after_the_database_was_set_back(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    source = await moved.sources.register(build.page("https://a.example/a"), None, NOW)
    held = await moved.sources.register(build.page("https://b.example/a"), None, NOW + days(9))
    await moved.claims.claim(held.id, "dead", LEASE)
    await moved.queue.enqueue_due(NOW, 9)
    await moved.turns.take("a.example", "dead", LEASE)
    await moved.turns.release("a.example", "dead", LEASE)
    ahead.move(-DAY)

    await moved.calendar.set_back(DAY, await just_before(moved), "w", LEASE)
    ahead.move(10 * MINUTE)

    taken = await moved.queue.take("w", LEASE, lane=Lane.BROWSER, limit=9)
    assert [one.job.source.id for one in taken] == [source.id]
    assert await moved.claims.claim(held.id, "w", LEASE) is not None


async def test_who_lives_keeps_its_leases(moved: SqlStore, ahead: Ahead) -> None:
    ahead.move(DAY)
    source = await moved.sources.register(build.page("https://a.example/a"), None, NOW)
    claim = await moved.claims.claim(source.id, "living", LEASE)
    await moved.turns.take("a.example", "living", LEASE)
    ahead.move(-DAY)

    await moved.calendar.set_back(DAY, await just_before(moved), "w", LEASE)

    assert await moved.claims.claim(source.id, "other", LEASE) is None
    assert await moved.turns.take("a.example", "other", LEASE) is None
    assert claim is not None
    assert await moved.claims.extend(claim, LEASE)


async def held_for(store: SqlStore, domain: str) -> timedelta:
    """Return how long a domain is to be left alone."""
    pause = await store.turns.take(domain, "w", LEASE)
    assert pause is not None
    return pause


async def test_what_several_processes_bring_back_lies_less_far_ahead_once(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    await moved.turns.hold("a.example", 3 * DAY)
    ahead.move(-DAY)
    since = await just_before(moved)

    told = [await moved.calendar.set_back(DAY, since, worker, LEASE) for worker in "ab"]

    assert told == [1, 0]
    assert 3 * DAY - MINUTE < await held_for(moved, "a.example") <= 3 * DAY


async def test_of_processes_that_bring_times_back_together_one_does(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    await moved.turns.hold("a.example", 3 * DAY)
    ahead.move(-DAY)
    since = await just_before(moved)

    together = (moved.calendar.set_back(DAY, since, worker, LEASE) for worker in "abcd")
    told = await gather(*together)

    assert sorted(told) == [0, 0, 0, 1]
    assert 3 * DAY - MINUTE < await held_for(moved, "a.example") <= 3 * DAY


async def test_a_clock_set_back_again_is_put_right_again(moved: SqlStore, ahead: Ahead) -> None:
    ahead.move(2 * DAY)
    await moved.turns.hold("a.example", 3 * DAY)
    told = []
    for _ in range(2):
        ahead.move(-DAY)
        told.append(await moved.calendar.set_back(DAY, await just_before(moved), "w", LEASE))

    assert told == [1, 1]
    assert 3 * DAY - MINUTE < await held_for(moved, "a.example") <= 3 * DAY


async def seen_now(store: SqlStore, site: str) -> None:
    """Keep a look that is made by the database's clock."""
    source = await store.sources.register(build.page(f"https://{site}/"), None, NOW)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    now = await store.database.read(time_of)
    await store.looks.keep(claim, build.observation(source.id, at=now), build.verdict(), [], now)
    await store.claims.release(claim)


async def queued_now(store: SqlStore, site: str) -> str:
    """Return a source that is due and was queued, by the database's clock."""
    at = await store.database.read(time_of)
    source = await store.sources.register(build.page(f"https://{site}/"), None, at)
    assert await store.queue.enqueue_due(at, 9)
    return source.id


async def ahead_by(store: SqlStore, lease: timedelta = LEASE) -> timedelta:
    if not store.calendar.goes_by_our_clock:
        return await store.calendar.ahead()
    newest = await store.calendar.newest_time(lease)
    return timedelta(0) if newest is None else newest - await store.database.read(time_of)


async def started(store: SqlStore, lease: timedelta = LEASE) -> int:
    """Bring back what lies ahead, as a daemon does that starts; return how much was."""
    return await store.calendar.set_back(await ahead_by(store, lease), None, "w", lease)


async def test_who_starts_brings_nothing_back_that_was_since_the_newest_look(
    moved: SqlStore, ahead: Ahead
) -> None:
    ahead.move(DAY)
    await seen_now(moved, "seen.example")
    await moved.turns.hold("a.example", 3 * DAY)
    ahead.move(-DAY)
    await moved.calendar.set_back(DAY, await just_before(moved), "a", LEASE)
    ahead.move(HOUR)

    assert await moved.calendar.set_back(DAY, None, "b", LEASE) == 0
    ahead.move(DAY)
    await seen_now(moved, "again.example")
    ahead.move(-DAY)
    again = await moved.calendar.set_back(DAY, None, "b", LEASE)

    assert again == (1 if moved.is_embedded else 0)  # a look says nothing of a server's clock


@pytest.mark.parametrize("has_look", [False, True], ids=["no look", "a look"])
async def test_who_starts_again_finds_nothing_ahead_of_what_was_brought_back(
    moved: SqlStore, ahead: Ahead, has_look: bool
) -> None:
    ahead.move(DAY)
    await queued_now(moved, "waits.example")
    await moved.sources.register(build.page("https://held.example/"), None, NOW)
    await queued_now(moved, "taken.example")
    assert await moved.queue.take("dead", LEASE, lane=Lane.BROWSER, limit=1)
    ahead.move(-DAY)

    first = await started(moved)
    if has_look:
        await seen_now(moved, "seen.example")
    await moved.turns.hold("a.example", 6 * HOUR)
    left = await ahead_by(moved)
    second = await started(moved)

    assert left <= timedelta(0)
    assert (bool(first), second) == (True, 0)
    assert 6 * HOUR - MINUTE < await held_for(moved, "a.example") <= 6 * HOUR


@pytest.mark.parametrize("second", [DAY, 2 * HOUR], ids=["as far", "less far"])
@pytest.mark.parametrize("has_look", [False, True], ids=["no look", "a look"])
async def test_of_two_wrong_clocks_with_no_look_between_both_are_put_right(
    moved: SqlStore, ahead: Ahead, has_look: bool, second: timedelta
) -> None:
    ahead.move(DAY)
    if has_look:
        await seen_now(moved, "seen.example")
    queued = {await queued_now(moved, "a.example")}
    ahead.move(-DAY)
    await started(moved)
    await moved.turns.hold("pause.example", 6 * HOUR)
    ahead.move(second)
    queued |= {await queued_now(moved, "b.example")}
    ahead.move(-second)

    await started(moved)
    pause = await held_for(moved, "pause.example")
    ahead.move(MINUTE)
    taken = await moved.queue.take("w", LEASE, lane=Lane.BROWSER, limit=9)

    assert {one.job.source.id for one in taken} >= queued
    assert max(timedelta(0), 6 * HOUR - second) - MINUTE < pause


async def test_a_long_lease_is_no_sign_of_a_wrong_clock_and_outlasts_one(
    moved: SqlStore, ahead: Ahead
) -> None:
    lease = 2 * HOUR
    source = await moved.sources.register(build.page("https://a.example/a"), None, NOW)
    claim = await moved.claims.claim(source.id, "living", lease)
    assert claim is not None

    assert await ahead_by(moved, lease) <= timedelta(0)
    assert await started(moved, lease) == 0
    await moved.calendar.set_back(DAY, await just_before(moved), "w", lease)
    ahead.move(lease - MINUTE)
    assert await moved.claims.extend(claim, lease)


async def test_sources_that_were_not_gone_through_are_remembered(
    moved: SqlStore, ahead: Ahead
) -> None:
    before = await moved.calendar.is_half_done()
    ahead.move(DAY)
    await queued_now(moved, "a.example")
    ahead.move(-DAY)

    await started(moved)
    begun = await moved.calendar.is_half_done()
    await moved.calendar.pull_back(NOW, HOUR, "", 1, LONGEST)
    amid = await moved.calendar.is_half_done()
    await all_pulled_back(moved)
    notes = [one.note for one in await moved.workers.incidents(9)]

    assert (before, begun, amid) == (False, moved.is_embedded, moved.is_embedded)
    assert not await moved.calendar.is_half_done()
    assert len(notes) == 1
    assert notes[0].startswith("times were brought back by ")
