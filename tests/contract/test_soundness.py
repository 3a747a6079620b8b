"""What of the database tells that something is wrong with the service, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.model.delivery import DeliveryState
from archiver.model.service import ServiceState
from archiver.ports import Plan
from archiver.store import schema
from archiver.store.soundness import soundness
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def test_an_empty_database_has_nothing_wrong(store: SqlStore):
    found = await soundness(store.database, ["desk"])

    assert (found.latest_look, found.latest_due, found.untold_since) == (None, None, None)
    assert found.late_deliveries == 0


async def test_a_probe_writes_and_leaves_nothing_and_tells_the_revision(store: SqlStore):
    await store.probe()

    assert await store.revision() == schema.head()
    assert await store.turns.take("example.org", "w", MINUTE) == timedelta(0)


async def test_looks_and_due_times_of_a_wrong_clock_are_found(store: SqlStore):
    source = await store.sources.register(build.page("https://example.org/a"), None, NOW)
    later = NOW + timedelta(days=4000)
    claim = await store.claims.claim(source.id, "w", MINUTE)
    assert claim is not None
    seen = build.observation(source.id, later)
    await store.looks.keep(claim, seen, build.verdict(), [], later)
    await store.claims.release(claim)

    found = await soundness(store.database, ["desk"])

    assert (found.latest_look, found.latest_due) == (later, later)


async def test_since_when_sources_are_due_is_told_once_they_are(store: SqlStore):
    now = await store.workers.now()
    coming = await store.sources.register(build.page("https://example.org/a"), None, NOW)
    await store.sources.schedule(coming.id, now + timedelta(days=1))
    before = await soundness(store.database, ["desk"])
    for page, hours in (("b", 3), ("c", 5)):
        due = await store.sources.register(build.page(f"https://example.org/{page}"), None, NOW)
        await store.sources.schedule(due.id, now - timedelta(hours=hours))

    after = await soundness(store.database, ["desk"])

    assert (before.due_since, after.due_since) == (None, now - timedelta(hours=5))


async def to_tell(store: SqlStore, **changes: object) -> None:
    """Add a delivery of a new event."""
    event = build.event()
    await store.looks.note([event])
    delivery = build.delivery(event.id, **changes)
    assert await store.deliveries.plan(Plan(event.id, (delivery,)))


async def test_who_was_not_told_is_found_however_far_ahead_the_next_try_is(store: SqlStore):
    now = await store.workers.now()
    since = now - timedelta(hours=5)
    await to_tell(store, next_try_at=now + timedelta(hours=1), tries=9, tried_since=since)
    await to_tell(store, next_try_at=now + timedelta(days=3))

    found = await soundness(store.database, ["desk"])

    assert (found.late_deliveries, found.late_since) == (1, since)


async def test_what_waits_for_who_is_not_named_is_not_late(store: SqlStore):
    now = await store.workers.now()
    since = now - timedelta(hours=5)
    await to_tell(store, next_try_at=now, tried_since=since)
    await to_tell(store, notifier="hook", next_try_at=now, tried_since=since - MINUTE)

    found = await soundness(store.database, ["desk"])

    assert (found.late_deliveries, found.late_since) == (1, since)
    assert found.unnamed == {"hook": 1}


async def test_what_was_given_up_lately_is_counted_until_it_is_long_ago_or_noted(store: SqlStore):
    now = await store.workers.now()
    for age in (timedelta(days=2), timedelta(days=7), timedelta(days=60)):
        await to_tell(store, state=DeliveryState.FAILED, next_try_at=None, tried_since=now - age)
    await to_tell(store, state=DeliveryState.ACKNOWLEDGED, next_try_at=None)

    assert (await soundness(store.database, ["desk"])).failed == {"desk": 2}


async def test_services_that_wait_for_a_person_are_named_with_why(store: SqlStore):
    for state in (
        ServiceState("notify:desk:1", NOW, is_paused=True, reason="answered 410"),
        ServiceState("notify:wire:1", NOW),
        ServiceState("archive:wayback", NOW, is_paused=True, paused_until=NOW + MINUTE),
    ):
        await store.services.keep(state)

    assert (await soundness(store.database, ["desk"])).stopped == {"notify:desk:1": "answered 410"}
