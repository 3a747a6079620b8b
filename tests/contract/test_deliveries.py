"""Who is told of what: the outbox, deliveries, and the claims on them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.errors import NotFoundError
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.verdict import Event, EventKind, VerdictKind
from archiver.ports import Backlog, Deliveries, Plan
from archiver.store.deliveries import SqlDeliveries
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days
from tests.told import deliveries_of

pytestmark = pytest.mark.anyio

LEASE = timedelta(minutes=3)
OVER = timedelta(seconds=-1)  # a lease that is over as soon as it is taken
AGAIN = {"sent_at": NOW - days(1), "repetition": 1}  # of what was told, and is to be told again


def are_deliveries(deliveries: SqlDeliveries) -> Deliveries:
    """Hold the class to its port: mypy checks it."""
    return deliveries


async def new_event(store: SqlStore, **changes: object) -> Event:
    event = build.event(**changes)
    await store.looks.note([event])
    return event


async def planned(store: SqlStore, **changes: object) -> Delivery:
    """Return a delivery of a new event, added."""
    delivery = build.delivery((await new_event(store)).id, **changes)
    assert await store.deliveries.plan(Plan(delivery.event_id, (delivery,)))
    return delivery


async def claimed(store: SqlStore, delivery: Delivery, lease: timedelta = LEASE) -> Delivery:
    (ours,) = await store.deliveries.claim([delivery], "a", lease, "msg_1")
    return ours


async def test_an_event_waits_in_the_outbox_until_it_is_planned(store: SqlStore) -> None:
    first, second = await new_event(store), await new_event(store)
    assert await store.deliveries.untold(10) == [first, second]
    delivery = build.delivery(first.id)

    assert await store.deliveries.plan(Plan(first.id, (delivery,)))

    assert await store.deliveries.untold(10) == [second]
    assert await store.deliveries.waiting() == 1
    assert await deliveries_of(store, first.id) == [delivery]


async def test_what_waits_is_what_is_not_planned_and_what_is_due(store: SqlStore) -> None:
    await planned(store, next_try_at=NOW - timedelta(minutes=3))
    await planned(store, next_try_at=NOW - timedelta(minutes=1))
    await planned(store, next_try_at=NOW + timedelta(days=1))
    await planned(store, state=DeliveryState.HELD, next_try_at=NOW - timedelta(hours=1))
    assert await store.deliveries.backlog(NOW) == Backlog(2, timedelta(minutes=3))

    await new_event(store)

    assert await store.deliveries.backlog(NOW) == Backlog(3, timedelta(minutes=3))


async def test_what_failed_waits_since_its_first_try_however_far_ahead_the_next_is(
    store: SqlStore,
) -> None:
    hours = timedelta(hours=9)
    await planned(store, next_try_at=NOW + timedelta(hours=1), tried_since=NOW - hours, tries=20)
    await planned(store, next_try_at=NOW - timedelta(minutes=1))
    await planned(store, state=DeliveryState.FAILED, next_try_at=None, tried_since=NOW - days(3))

    assert await store.deliveries.backlog(NOW) == Backlog(2, hours)


async def test_what_could_not_be_told_can_be_taken_note_of(store: SqlStore) -> None:
    failed = await planned(store, state=DeliveryState.FAILED, next_try_at=None)

    assert await store.deliveries.acknowledge(failed.event_id, "a clerk", NOW) == 1


async def test_of_many_that_plan_an_event_at_once_one_does(store: SqlStore) -> None:
    event = await new_event(store)
    plans = [Plan(event.id, (build.delivery(event.id),)) for _ in range(8)]

    done = await asyncio.gather(*(store.deliveries.plan(plan) for plan in plans))

    assert sorted(done) == [False] * 7 + [True]
    assert len(await deliveries_of(store, event.id)) == 1


async def test_a_plan_drops_what_no_longer_holds(store: SqlStore) -> None:
    old, event = await planned(store), await new_event(store)
    dropped = replace(old, state=DeliveryState.DROPPED, next_try_at=None, note="it is back")

    assert await store.deliveries.plan(Plan(event.id, (), ((old, dropped),)))

    assert await store.deliveries.newest(5) == [dropped]


async def test_a_plan_that_would_drop_what_is_being_sent_does_nothing(store: SqlStore) -> None:
    old, event = await planned(store), await new_event(store)
    await claimed(store, old)
    dropped = replace(old, state=DeliveryState.DROPPED, next_try_at=None)

    done = await store.deliveries.plan(
        Plan(event.id, (build.delivery(event.id),), ((old, dropped),))
    )

    assert not done
    assert await store.deliveries.untold(5) == [event]
    assert await deliveries_of(store, event.id) == []


async def test_a_delivery_is_due_when_its_time_has_come(store: SqlStore) -> None:
    now = await planned(store)
    held = await planned(store, state=DeliveryState.HELD)
    later = await planned(store, next_try_at=NOW + days(1))
    again = await planned(store, state=DeliveryState.SENT, sent_at=NOW, repetition=1)
    await planned(store, state=DeliveryState.SENT, sent_at=NOW, next_try_at=None)
    await planned(store, state=DeliveryState.DROPPED)

    assert await store.deliveries.due("desk", NOW, 10) == [now, held, again]
    assert await store.deliveries.due("desk", NOW + days(1), 10) == [now, held, again, later]


async def test_what_is_due_is_read_by_who_is_told(store: SqlStore) -> None:
    desk, hook = await planned(store), await planned(store, notifier="hook")

    assert await store.deliveries.due("hook", NOW, 10) == [hook]
    assert await store.deliveries.due_to_others(["hook"], NOW, 10) == [desk]
    assert await store.deliveries.due_to_others([], NOW, 10) == [desk, hook]


async def test_what_was_not_told_yet_is_counted_by_who_is_not_named(store: SqlStore) -> None:
    await planned(store)
    await planned(store, notifier="hook", next_try_at=NOW + days(2))
    await planned(store, notifier="hook", state=DeliveryState.HELD)
    await planned(store, notifier="hook", state=DeliveryState.SENT, sent_at=NOW, repetition=1)
    await planned(store, notifier="wire", state=DeliveryState.FAILED, next_try_at=None)

    assert await store.deliveries.waiting_for_others(["desk"]) == {"hook": 2}
    assert await store.deliveries.waiting_for_others([]) == {"desk": 1, "hook": 2}


async def test_what_is_put_off_is_all_that_is_due_to_one_and_waits_since_then(
    store: SqlStore,
) -> None:
    fresh = await planned(store)
    tried = await planned(store, tried_since=NOW - days(1), tries=2)
    again = await planned(store, state=DeliveryState.SENT, sent_at=NOW, repetition=1)
    held = await planned(store, state=DeliveryState.HELD)
    later = await planned(store, next_try_at=NOW + days(1))
    hook = await planned(store, notifier="hook")
    in_hand = await claimed(store, await planned(store))
    until = NOW + timedelta(hours=1)

    assert await store.deliveries.put_off("desk", NOW, until, "answered 503") == 3

    put_off = [
        replace(one, next_try_at=until, tried_since=one.tried_since or NOW, note="answered 503")
        for one in (fresh, tried, again)
    ]
    assert await store.deliveries.due("desk", until, 10) == [held, *put_off]
    assert await store.deliveries.due("hook", NOW, 10) == [hook]
    assert await deliveries_of(store, in_hand.event_id) == [in_hand]
    assert await deliveries_of(store, later.event_id) == [later]
    assert await store.deliveries.backlog(NOW) == Backlog(4, days(1))


async def test_what_was_put_off_is_made_due_and_what_has_its_own_time_is_not(
    store: SqlStore,
) -> None:
    hour = {"tried_since": NOW - days(1), "next_try_at": NOW + timedelta(hours=1), "note": "410"}
    off = await planned(store, **hour)
    held = await planned(store, **hour, state=DeliveryState.HELD)
    again = await planned(store, **hour, state=DeliveryState.SENT, sent_at=NOW, repetition=1)
    digest = await planned(store, next_try_at=NOW + days(1))
    hook = await planned(store, **hour, notifier="hook")
    in_hand = await claimed(store, await planned(store, **hour))
    failed = await planned(store, state=DeliveryState.FAILED, next_try_at=None, tried_since=NOW)

    assert await store.deliveries.make_due("desk", NOW) == 3

    due = [replace(one, next_try_at=NOW, note=None) for one in (off, held, again)]
    assert await store.deliveries.due("desk", NOW, 10) == due
    for one in (digest, hook, in_hand, failed):
        assert await deliveries_of(store, one.event_id) == [one]


async def test_what_waits_for_its_time_untried_waits_for_another(store: SqlStore) -> None:
    hour, to = NOW + timedelta(hours=1), NOW + days(1)
    digest = await planned(store, next_try_at=hour)
    others = [
        await planned(store),
        await planned(store, next_try_at=hour, notifier="hook"),
        await planned(store, next_try_at=hour, state=DeliveryState.HELD),
        await planned(store, next_try_at=hour, tried_since=NOW, tries=1),
        await planned(store, next_try_at=hour, sent_at=NOW, repetition=1),
        await claimed(store, await planned(store, next_try_at=hour), OVER),
    ]

    assert await store.deliveries.reschedule("desk", NOW, to) == 1
    assert await store.deliveries.reschedule("desk", NOW, to) == 0

    assert await deliveries_of(store, digest.event_id) == [replace(digest, next_try_at=to)]
    for one in others:
        assert await deliveries_of(store, one.event_id) == [one]


async def test_of_many_that_claim_a_delivery_one_sends_it(store: SqlStore) -> None:
    delivery = await planned(store)

    taken = await asyncio.gather(
        *(store.deliveries.claim([delivery], f"w{n}", LEASE, f"msg_{n}") for n in range(8))
    )

    assert sum(len(one) for one in taken) == 1
    assert await store.deliveries.due("desk", NOW, 10) == []


async def test_what_was_bound_to_a_message_stays_bound_when_its_worker_dies(
    store: SqlStore,
) -> None:
    bound = await claimed(store, await planned(store), OVER)

    assert await store.deliveries.due("desk", NOW, 10) == [bound]
    assert bound.message_id == "msg_1"


async def begun(store: SqlStore, **changes: object) -> list[Delivery]:
    """Return three deliveries of one message that was not noted as sent."""
    some = [await planned(store, **changes) for _ in range(3)]
    return await store.deliveries.claim(some, "a", OVER, "msg_1")


async def test_a_message_that_was_begun_is_due_whole(store: SqlStore) -> None:
    message = await begun(store)
    other = await planned(store, next_try_at=NOW + days(1))
    later = replace(message[2], next_try_at=NOW + days(2))
    await store.deliveries.claim(message[2:], "a", LEASE)
    await store.deliveries.keep([later], "a")

    assert await store.deliveries.due("desk", NOW, 1) == [*message[:2], later]
    assert await store.deliveries.due("desk", NOW + days(1), 9) == [*message[:2], other, later]
    assert await store.deliveries.due("hook", NOW, 9) == []


async def test_a_message_is_not_due_while_somebody_is_at_some_of_it(store: SqlStore) -> None:
    message = await begun(store)
    await store.deliveries.claim(message[2:], "b", LEASE)

    assert await store.deliveries.due("desk", NOW, 9) == []


async def test_a_message_is_due_without_what_was_withdrawn(store: SqlStore) -> None:
    message = await begun(store, **AGAIN)
    await store.deliveries.acknowledge(message[0].event_id, "a clerk", NOW)

    assert await store.deliveries.due("desk", NOW, 1) == message[1:]


async def test_of_a_message_all_is_claimed_or_nothing(store: SqlStore) -> None:
    message = await begun(store, **AGAIN)
    await store.deliveries.acknowledge(message[2].event_id, "a clerk", NOW)

    assert await store.deliveries.claim(message, "b", LEASE, "msg_1") == []

    assert await store.deliveries.due("desk", NOW, 9) == message[:2]


async def test_what_was_sent_together_is_noted_together(store: SqlStore) -> None:
    message = await begun(store, **AGAIN)
    ours = await store.deliveries.claim(message, "b", LEASE, "msg_1")
    await store.deliveries.acknowledge(ours[0].event_id, "a clerk", NOW)
    failed = [replace(one, tries=1, next_try_at=NOW + days(1)) for one in ours]

    assert await store.deliveries.keep(failed, "b") == 2

    assert await store.deliveries.due("desk", NOW + days(1), 9) == failed[1:]


async def test_what_is_taken_only_to_be_changed_stays_as_it_is(store: SqlStore) -> None:
    held = await planned(store, state=DeliveryState.HELD)

    assert await store.deliveries.claim([held], "a", OVER) == [held]

    assert await store.deliveries.due("desk", NOW, 10) == [held]


async def test_a_delivery_that_was_sent_meanwhile_is_not_claimed(store: SqlStore) -> None:
    delivery = await planned(store)
    ours = await claimed(store, delivery)
    sent = replace(ours, state=DeliveryState.SENT, sent_at=NOW, next_try_at=None, tries=1)
    assert await store.deliveries.keep([sent], "a")

    assert await store.deliveries.claim([delivery], "b", LEASE, "msg_2") == []
    assert await deliveries_of(store, delivery.event_id) == [sent]


async def test_a_worker_that_lost_its_claim_notes_nothing(store: SqlStore) -> None:
    ours = await claimed(store, await planned(store), OVER)
    (theirs,) = await store.deliveries.claim([ours], "b", LEASE, "msg_1")

    assert not await store.deliveries.keep([replace(ours, state=DeliveryState.FAILED)], "a")

    assert await deliveries_of(store, ours.event_id) == [theirs]


async def test_what_is_acknowledged_is_not_told_again(store: SqlStore) -> None:
    ours = await claimed(store, await planned(store, **AGAIN))

    assert await store.deliveries.acknowledge(ours.event_id, "a clerk", NOW) == 1

    assert not await store.deliveries.keep([replace(ours, state=DeliveryState.SENT)], "a")
    assert await store.deliveries.due("desk", NOW + days(9), 10) == []
    (kept,) = await deliveries_of(store, ours.event_id)
    assert kept.state is DeliveryState.ACKNOWLEDGED
    assert (kept.acknowledged_by, kept.acknowledged_at) == ("a clerk", NOW)
    assert await store.deliveries.acknowledge(ours.event_id, "another", NOW) == 0


async def test_what_is_acknowledged_before_it_was_told_is_told_once(store: SqlStore) -> None:
    held = await planned(store, state=DeliveryState.HELD)
    ours = await claimed(store, await planned(store))

    for one in (held, ours):
        assert await store.deliveries.acknowledge(one.event_id, "a clerk", NOW) == 1
        assert await store.deliveries.acknowledge(one.event_id, "another", NOW) == 0

    noted = replace(held, acknowledged_at=NOW, acknowledged_by="a clerk")
    assert await store.deliveries.due("desk", NOW, 10) == [noted]
    told = replace(ours, state=DeliveryState.SENT, sent_at=NOW, next_try_at=NOW + days(1))
    assert await store.deliveries.keep([told], "a") == 1
    (kept,) = await deliveries_of(store, ours.event_id)
    assert (kept.state, kept.next_try_at) == (DeliveryState.ACKNOWLEDGED, None)
    assert (kept.sent_at, kept.acknowledged_by) == (NOW, "a clerk")


async def test_earlier_deliveries_are_those_about_the_same_thing(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    other = await store.sources.register(build.ref(), None, NOW)
    mine, theirs, edit, now = [
        await new_event(store, source_id=one.id, kind=kind)
        for one, kind in [
            (source, EventKind.VERDICT),
            (other, EventKind.VERDICT),
            (source, EventKind.EDIT),
            (source, EventKind.VERDICT),
        ]
    ]
    added = [build.delivery(event.id) for event in (mine, theirs, edit, now)]
    for one in added:
        await store.deliveries.plan(Plan(one.event_id, (one,)))

    assert await store.deliveries.earlier(now) == [(added[0], mine)]


async def test_what_was_before_it_was_settled_is_another_matter(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(), [build.found(build.ref())], None, NOW)
    (citation,) = kept.citations
    of_it = {"citation_id": citation.id, "kind": EventKind.FINDING}
    said = ("changed", "settled", "gone", "settled", "changed")
    events = [await new_event(store, after=after, **of_it) for after in said]
    added = [build.delivery(event.id) for event in events]
    for one in added:
        await store.deliveries.plan(Plan(one.event_id, (one,)))

    earlier = [[one.after for _, one in await store.deliveries.earlier(e)] for e in events]

    # Of events written later some may be there already; none of them is the last that settled it.
    assert earlier[0] == ["settled", "gone", "settled", "changed"]
    assert earlier[1] == ["changed", "gone", "settled", "changed"]
    assert earlier[3] == ["gone", "changed"]
    assert earlier[4] == []


async def test_a_source_hits_citations_until_the_newest_finding_of_each_is_well(
    store: SqlStore,
) -> None:
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    other = await store.articles.keep(build.article(text="2"), [build.found(ref)], None, NOW)
    first, second = kept.citations[0], other.citations[0]
    assert first.source_id is not None
    said = [(first, "gone"), (second, "changed"), (first, "settled"), (second, "intact")]
    hits = []
    for citation, after in (*said, (first, "gone")):
        of_it = {"source_id": first.source_id, "citation_id": citation.id}
        await new_event(store, kind=EventKind.FINDING, after=after, **of_it)
        hits.append(await store.deliveries.hits(first.source_id))

    assert hits == [True, True, True, False, True]


async def test_looks_are_counted_from_a_time_on_by_what_they_amount_to(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", LEASE)
    assert claim is not None
    kinds = [VerdictKind.GONE, VerdictKind.GONE, VerdictKind.UNKNOWN, VerdictKind.GONE]
    for number, kind in enumerate(kinds):
        look = build.observation(source.id, NOW + days(number))
        await store.looks.keep(claim, look, build.verdict(kind), [], None)

    assert await store.deliveries.looks_since(source.id, NOW + days(1), ["gone"]) == 2


async def test_the_newest_events_of_an_article_leave_out_findings_of_others(
    store: SqlStore,
) -> None:
    ref = build.ref()
    source = await store.sources.register(ref, None, NOW)
    kept = [
        await store.articles.keep(build.article(text=f"{n}"), [build.found(ref)], None, NOW)
        for n in range(2)
    ]
    ours, theirs = [(await store.articles.citations(one.article.id))[0].id for one in kept]
    verdict = await new_event(store, source_id=source.id)
    finding = await new_event(store, kind=EventKind.FINDING, source_id=source.id, citation_id=ours)
    await new_event(store, kind=EventKind.FINDING, source_id=source.id, citation_id=theirs)

    found = await store.deliveries.latest(9, sources=[source.id], citations=[ours])

    assert found == [finding, verdict]
    assert len(await store.deliveries.latest(9)) == 3
    assert await store.deliveries.latest(9, sources=[]) == []


async def test_events_are_read_on_from_where_one_left_off(store: SqlStore) -> None:
    assert await store.deliveries.last_number() == 0
    first, second = await new_event(store), await new_event(store)
    ((number, read),) = await store.deliveries.events_after(0, 1)
    assert read == first

    assert [event for _, event in await store.deliveries.events_after(number, 9)] == [second]
    assert await store.deliveries.last_number() == number + 1


async def test_an_event_that_is_not_there_is_said_to_be_none(store: SqlStore) -> None:
    event = await new_event(store)
    assert await store.deliveries.event(event.id) == event

    with pytest.raises(NotFoundError, match="no event goes by"):
        await store.deliveries.event("01NONE")
