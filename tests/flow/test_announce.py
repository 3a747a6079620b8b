"""From the outbox to notifiers: at least once, under one key, and never two at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from archiver.daemon.metrics import PrometheusMeter
from archiver.flow import announce as announcing
from archiver.flow.announce import MOST_BYTES, Announced, Announcing, Notifier, announce
from archiver.flow.outside import Outside
from archiver.judge.rules import RECHECK, Digest, Patience, Rule
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.news import Heard, Message, Told, Word
from archiver.model.source import Source
from archiver.model.verdict import Event, EventKind, VerdictKind
from archiver.net.policy import GuardPolicy
from archiver.ports import Claim
from archiver.settings import load
from archiver.wiring import Archive
from tests import build
from tests.daemon.outage import Outage
from tests.fakes import FrozenClock, Listener
from tests.told import deliveries_of

pytestmark = pytest.mark.anyio

WORDS = frozenset({Word.GONE, Word.CHANGED, Word.RESTORED})
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """An archive, one source that an article cites, and one notifier."""

    outside: Outside
    clock: FrozenClock
    listener: Listener
    announcing: Announcing
    source: Source
    claim: Claim
    citation_id: str
    article_id: str

    async def look(
        self, kind: VerdictKind, *, was: str | None = None, of: Any = None
    ) -> Event | None:
        """Look once at the source; with ``was`` the verdict is news."""
        event = None
        if was is not None:
            event = build.event(
                source_id=self.source.id, before=was, after=kind.value, at=self.clock.now()
            )
        await self.outside.store.looks.keep(
            self.claim,
            build.observation(self.source.id, self.clock.now()),
            build.verdict(kind),
            [event] if event else [],
            None,
        )
        return event

    async def find(self, after: str, before: str | None = None) -> Event:
        """Note a finding of the citation."""
        event = build.event(
            kind=EventKind.FINDING,
            source_id=self.source.id,
            citation_id=self.citation_id,
            before=before,
            after=after,
            at=self.clock.now(),
        )
        await self.outside.store.looks.note([event])
        return event

    async def run(self, after: timedelta = timedelta(0)) -> Announced:
        self.clock.advance(after)
        return await announce(self.outside, self.announcing)

    async def delivery(self, event: Event) -> Delivery:
        (one,) = await deliveries_of(self.outside.store, event.id)
        return one


@asynccontextmanager
async def desk(
    home: Path, *answers: Told, patience: Patience | None = None, **rule: Any
) -> AsyncIterator[Desk]:
    clock, listener = FrozenClock(), Listener(*answers)
    settings = load(home, {"net": {"resolvers": []}})
    made = replace(Rule("desk", WORDS), **rule)
    told = Announcing({"desk": Notifier(made, listener, "notify:desk")}, patience or Patience())
    async with Archive(settings=settings, clock=clock) as archive:
        outside, ref = archive.outside, build.ref()
        kept = await outside.store.articles.keep(
            build.article(), [build.found(ref)], None, clock.now()
        )
        (citation,) = await outside.store.articles.citations(kept.article.id)
        source = await outside.store.sources.source(ref.name)
        claim = await outside.store.claims.claim(source.id, "w", timedelta(hours=1))
        assert claim is not None
        yield Desk(outside, clock, listener, told, source, claim, citation.id, kept.article.id)


class Dying(Listener):
    """Takes the message, and dies with its process before that can be noted."""

    @override
    async def tell(self, message: Message) -> Told:
        await super().tell(message)
        raise ConnectionAbortedError


async def test_what_happened_is_told_once_with_the_article_it_happened_to(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        await on.look(VerdictKind.GONE, was="present")
        event = await on.find("gone")

        done = await on.run()
        again = await on.run(MINUTE)

        (message,) = on.listener.heard
        assert (done.planned, done.told, again.told) == (2, 1, 0)
        assert on.listener.words == [["gone", "gone"]]
        told = next(one for one in message.news if one.event.id == event.id)
        assert told.cited[0].article_id == on.article_id
        assert told.cited[0].quoted == "What we saw pic.twitter.com/y2MZyT187R"
        assert told.looks is None  # the verdict of this test rests on nothing
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def test_news_of_a_source_waits_for_more_of_it_and_is_one_message(tmp_path: Path) -> None:
    async with desk(tmp_path, gather=MINUTE) as on:
        await on.look(VerdictKind.GONE, was="present")
        assert (await on.run()).told == 0
        await on.find("gone")
        await on.run(MINUTE / 2)
        assert on.listener.heard == []

        await on.run(MINUTE / 2)

        assert on.listener.words == [["gone", "gone"]]


async def test_a_crash_between_sending_and_noting_sends_again_under_the_same_key(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as on:
        on.announcing = replace(on.announcing, lease=timedelta(seconds=-1))
        event = await on.find("gone")

        died = Dying()
        desk_of = on.announcing.notifiers["desk"]
        dying = replace(on.announcing, notifiers={"desk": replace(desk_of, teller=died)})
        with pytest.raises(ConnectionAbortedError):
            await announce(on.outside, dying)

        await on.run()

        assert died.ids == on.listener.ids
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def test_a_digest_that_crashed_is_the_same_message_without_what_came_later(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as on:
        first = await on.find("gone")
        await announcing.plan_all(on.outside, on.announcing)
        due = await on.outside.store.deliveries.due("desk", on.clock.now(), 9)
        over = timedelta(seconds=-1)
        await on.outside.store.deliveries.claim(due, "dead", over, "msg_bound")
        await on.look(VerdictKind.GONE, was="present")

        await on.run()

        assert on.listener.ids[0] == "msg_bound"
        assert [one.event.id for one in on.listener.heard[0].news] == [first.id]
        assert len(on.listener.heard) == 2


async def test_two_services_at_once_send_each_message_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        for number in range(6):
            ref = build.ref(f"{number}")
            source = await on.outside.store.sources.register(ref, None, on.clock.now())
            await on.outside.store.looks.note([build.event(source_id=source.id, after="gone")])
        other = replace(on.outside, worker="another")

        await asyncio.gather(announce(on.outside, on.announcing), announce(other, on.announcing))
        await on.run()

        told = [news.event.id for message in on.listener.heard for news in message.news]
        assert len(told) == len(set(told)) == 6


async def test_what_flaps_back_before_enough_looks_is_dropped_and_seen_so(tmp_path: Path) -> None:
    async with desk(tmp_path, looks=2) as on:
        event = await on.look(VerdictKind.GONE, was="present")
        assert event is not None
        await on.run()
        assert (await on.delivery(event)).note == "1 of 2 looks say so"
        on.clock.advance(timedelta(days=1))
        await on.look(VerdictKind.PRESENT, was="gone")

        await on.run()

        dropped = await on.delivery(event)
        assert (dropped.state, on.listener.heard) == (DeliveryState.DROPPED, [])
        assert "no longer held" in (dropped.note or "")


async def test_what_enough_looks_in_a_row_say_is_told(tmp_path: Path) -> None:
    async with desk(tmp_path, looks=2) as on:
        await on.look(VerdictKind.GONE, was="present")
        await on.run()
        on.clock.advance(timedelta(days=1))
        await on.look(VerdictKind.UNKNOWN)  # says nothing: neither counts nor breaks the row
        assert (await on.run(RECHECK)).told == 0
        await on.look(VerdictKind.GONE)

        await on.run(RECHECK)

        assert on.listener.words == [["gone"]]


async def test_that_it_is_back_is_told_after_its_loss_was_told(tmp_path: Path) -> None:
    async with desk(tmp_path, words=frozenset({Word.GONE})) as on:
        await on.look(VerdictKind.GONE, was="present")
        await on.run()
        await on.look(VerdictKind.PRESENT, was="gone")

        await on.run(MINUTE)

        assert on.listener.words == [["gone"], ["restored"]]


async def test_news_is_repeated_until_somebody_takes_note(tmp_path: Path) -> None:
    async with desk(tmp_path, repeat=timedelta(hours=6), repeats=9) as on:
        event = await on.find("gone")
        await on.run()
        await on.run(timedelta(hours=6))
        assert len(set(on.listener.ids)) == 2

        await on.outside.store.deliveries.acknowledge(event.id, "a clerk", on.clock.now())
        await on.run(timedelta(hours=6))

        assert len(on.listener.heard) == 2


async def test_who_was_not_told_when_somebody_took_note_is_told_once(tmp_path: Path) -> None:
    hours = timedelta(hours=6)
    async with desk(tmp_path, digest=Digest(18, UTC), repeat=hours, repeats=9) as on:
        other = Listener()
        hook = Notifier(Rule("hook", WORDS, repeat=hours, repeats=9), other, "notify:hook")
        on.announcing = replace(on.announcing, notifiers={**on.announcing.notifiers, "hook": hook})
        event = await on.find("gone")
        await on.run()
        await on.outside.store.deliveries.acknowledge(event.id, "a clerk", on.clock.now())

        for _ in range(3):
            await on.run(hours)

        assert (other.words, on.listener.words) == ([["gone"]], [["gone"]])


async def test_a_repetition_that_failed_is_tried_again_under_its_own_key(tmp_path: Path) -> None:
    answers = Told(Heard.TOLD), Told(Heard.LATER, "answered 500"), Told(Heard.TOLD)
    async with desk(tmp_path, *answers, repeat=timedelta(hours=6), repeats=1) as on:
        event = await on.find("gone")
        await on.run()

        await on.run(timedelta(hours=6))
        await on.run(timedelta(minutes=5))

        first, second, third = on.listener.ids
        assert first != second == third
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def lose_many(on: Desk, number: int, after: str = "gone") -> list[Event]:
    """Note that so many more sources are gone."""
    events = []
    for _ in range(number):
        source = await on.outside.store.sources.register(build.ref(), None, on.clock.now())
        events.append(build.event(source_id=source.id, after=after, at=on.clock.now()))
    await on.outside.store.looks.note(events)
    return events


async def test_what_waits_for_one_that_fails_keeps_nothing_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "MOST_DUE", 3)
    async with desk(tmp_path, Told(Heard.LATER, "answered 503")) as on:
        healthy = Listener()
        hook = Notifier(Rule("hook", frozenset({Word.RESTRICTED})), healthy, "notify:hook")
        on.announcing = replace(on.announcing, notifiers={**on.announcing.notifiers, "hook": hook})
        await lose_many(on, 5)
        await lose_many(on, 1, after="restricted")

        done = await on.run()

        assert healthy.words == [["restricted"]]
        assert (done.told, done.failed) == (1, 1)


async def test_after_a_message_that_was_not_taken_all_that_is_due_waits(tmp_path: Path) -> None:
    async with desk(tmp_path, Told(Heard.LATER, "answered 503")) as on:
        await lose_many(on, 5)
        await on.run()

        again = await on.run()

        waiting = await on.outside.store.deliveries.newest(9)
        assert (len(on.listener.heard), again.failed) == (1, 0)
        assert {one.note for one in waiting} == {"answered 503"}
        assert {one.next_try_at for one in waiting} == {on.clock.now() + Patience().first}
        assert sorted(one.tries for one in waiting) == [0, 0, 0, 0, 1]


async def test_a_message_is_tried_again_whole_however_much_else_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "MOST_DUE", 4)
    monkeypatch.setattr(announcing, "MOST_MESSAGES", 0)
    async with desk(tmp_path, Told(Heard.LATER, "answered 503"), Told(Heard.TOLD)) as on:
        await lose_many(on, 3)
        await on.run()
        on.clock.advance(MINUTE / 6)
        await lose_many(on, 2)
        await announcing.plan_all(on.outside, on.announcing)

        await on.run(MINUTE)
        await on.run(MINUTE)

        first, other, again = on.listener.heard
        assert (len(first.news), len(other.news)) == (3, 2)
        assert (again.id, again.news) == (first.id, first.news)


class Picky(Listener):
    """Does not take what tells of one event."""

    unwanted = ""

    @override
    async def tell(self, message: Message) -> Told:
        told = await super().tell(message)
        has_it = any(news.event.id == self.unwanted for news in message.news)
        return Told(Heard.LATER, "answered 400") if has_it else told


async def test_a_message_that_is_never_taken_keeps_no_other_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        picky = Picky()
        told = replace(on.announcing.notifiers["desk"], teller=picky)
        on.announcing = replace(on.announcing, notifiers={"desk": told})
        unwanted, *others = await lose_many(on, 4)
        picky.unwanted = unwanted.id
        await on.run()

        await on.run(MINUTE)

        heard = [message.news[0].event.id for message in picky.heard]
        assert heard == [unwanted.id, *(one.id for one in others), unwanted.id]
        assert {(await on.delivery(one)).state for one in others} == {DeliveryState.SENT}
        assert (await on.delivery(unwanted)).state is DeliveryState.PENDING


async def test_a_failure_is_tried_again_and_its_error_kept(tmp_path: Path) -> None:
    async with desk(tmp_path, Told(Heard.LATER, "answered 503"), Told(Heard.TOLD)) as on:
        event = await on.find("gone")
        done = await on.run()
        failed = await on.delivery(event)

        await on.run(MINUTE)

        assert (done.failed, failed.note, failed.tries) == (1, "answered 503", 1)
        assert len(set(on.listener.ids)) == 1
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def test_news_that_was_given_up_is_told_when_it_is_news_again(tmp_path: Path) -> None:
    answers = [Told(Heard.LATER, "answered 503")] * 2 + [Told(Heard.TOLD)]
    async with desk(tmp_path, *answers, patience=Patience(give_up=MINUTE)) as on:
        lost = await on.look(VerdictKind.GONE, was="present")
        assert lost is not None
        await on.run()
        await on.run(2 * MINUTE)
        assert (await on.delivery(lost)).state is DeliveryState.FAILED

        await on.look(VerdictKind.UNKNOWN, was="gone")
        event = await on.look(VerdictKind.GONE, was="unknown")
        assert event is not None
        done = await on.run(MINUTE)

        assert (done.planned, done.told) == (2, 1)
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def test_a_notifier_that_is_gone_is_left_alone_until_a_test_reaches_it(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Told(Heard.STOPPED, "answered 410"), Told(Heard.TOLD)) as on:
        event = await on.find("gone")
        await on.run()
        await on.run(timedelta(hours=2))
        state = await on.outside.store.services.state("notify:desk")
        assert state is not None
        assert "archiver notify test desk" in (state.reason or "")
        assert len(on.listener.heard) == 1

        await announcing.try_out(on.announcing.notifiers["desk"], on.outside)
        assert (await on.delivery(event)).note is None
        await on.run()

        assert on.listener.words == [["gone"], [], ["gone"]]
        assert (await on.delivery(event)).state is DeliveryState.SENT


async def test_what_waits_for_a_target_that_stopped_waits_since_it_was_to_be_told(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Told(Heard.STOPPED, "answered 410")) as on:
        await on.find("gone")
        await on.run()
        await on.run(timedelta(hours=2))

        untold = await on.outside.store.deliveries.backlog(on.clock.now())

        assert (untold.waiting, untold.oldest) == (1, timedelta(hours=2))


async def test_a_target_that_had_stopped_is_tried_as_long_as_any_other(tmp_path: Path) -> None:
    answers = Told(Heard.STOPPED, "410"), Told(Heard.TOLD), Told(Heard.LATER, "503")
    async with desk(tmp_path, *answers) as on:
        event = await on.find("gone")
        await on.run()
        await on.run(timedelta(days=3))

        await announcing.try_out(on.announcing.notifiers["desk"], on.outside)
        await on.run(timedelta(hours=2))

        assert (await on.delivery(event)).state is DeliveryState.PENDING


async def test_what_cannot_be_sent_as_the_settings_are_waits_until_they_are_mended(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Told(Heard.REFUSED, "no such kind of address")) as on:
        event = await on.find("gone")
        await on.run()
        await on.run(timedelta(days=1))
        assert len(on.listener.heard) == 1
        assert (await on.delivery(event)).state is DeliveryState.PENDING

        mended = replace(on.announcing.notifiers["desk"], service="notify:desk:another")
        on.announcing = replace(on.announcing, notifiers={"desk": mended})
        await on.run(timedelta(hours=2))

        assert on.listener.words == [["gone"], ["gone"]]


async def test_what_waits_for_a_target_that_stopped_is_not_kept_for_ever(tmp_path: Path) -> None:
    async with desk(tmp_path, Told(Heard.STOPPED, "answered 410")) as on:
        event = await on.find("gone")
        await on.run()

        await on.run(timedelta(days=31))

        assert (await on.delivery(event)).state is DeliveryState.FAILED


async def test_a_digest_is_one_message_at_its_hour(tmp_path: Path) -> None:
    async with desk(tmp_path, digest=Digest(18, UTC), gather=MINUTE) as on:
        for number in range(3):
            source = await on.outside.store.sources.register(
                build.ref(f"8{number}"), None, on.clock.now()
            )
            await on.outside.store.looks.note([build.event(source_id=source.id, after="gone")])
        assert (await on.run(timedelta(hours=5))).told == 0

        await on.run(timedelta(hours=1))

        assert on.listener.words == [["gone"] * 3]


@pytest.mark.parametrize(
    ("digest", "wait"), [(Digest(20, UTC), 8), (Digest(13, UTC), 1), (None, 0)]
)
async def test_what_waits_for_a_digest_whose_hour_was_changed_is_told_at_the_new_one(
    tmp_path: Path, digest: Digest | None, wait: int
) -> None:
    async with desk(tmp_path, digest=Digest(18, UTC)) as on:
        await on.find("gone")
        await on.run()
        desk_of = on.announcing.notifiers["desk"]
        changed = replace(desk_of, rule=replace(desk_of.rule, digest=digest))
        on.announcing = replace(on.announcing, notifiers={"desk": changed})

        await announcing.reschedule(on.outside, on.announcing)

        soon = await on.run(max(timedelta(hours=wait) - MINUTE, timedelta(0)))
        assert soon.told == (wait == 0)
        await on.run(MINUTE)
        assert on.listener.words == [["gone"]]


async def test_news_that_may_have_been_told_before_a_crash_is_taken_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        gone = await on.look(VerdictKind.GONE, was="present")
        assert gone is not None
        await announcing.plan_all(on.outside, on.announcing)
        due = await on.outside.store.deliveries.due("desk", on.clock.now(), 9)
        await on.outside.store.deliveries.claim(due, "dead", timedelta(seconds=-1), "msg_sent")
        await on.look(VerdictKind.PRESENT, was="gone")

        await on.run(MINUTE)

        assert on.listener.words == [["restored"]]
        assert (await on.delivery(gone)).state is DeliveryState.DROPPED


async def test_what_is_for_a_target_that_is_not_named_is_told_when_it_is_named_again(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, gather=MINUTE) as on:
        event, named = await on.find("gone"), on.announcing
        await on.run()
        on.announcing = replace(named, notifiers={})  # as of an archive restored without settings
        await on.run(timedelta(days=40))
        await on.run(timedelta(days=29))
        waiting = await on.delivery(event)

        on.announcing = named
        await on.run(timedelta(hours=1))

        assert (waiting.state, waiting.note) == (
            DeliveryState.PENDING, "the settings name no such target",
        )  # fmt: skip
        assert on.listener.words == [["gone"]]


async def test_what_waits_for_more_looks_is_told_when_its_target_is_named_again(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, looks=2) as on:
        await on.look(VerdictKind.GONE, was="present")
        named = on.announcing
        await on.run()
        on.announcing = replace(named, notifiers={})
        await on.run(timedelta(days=1))
        await on.look(VerdictKind.GONE)

        on.announcing = named
        await on.run(timedelta(hours=1))

        assert on.listener.words == [["gone"]]


async def test_what_is_for_a_target_that_is_no_more_is_not_kept_for_ever(tmp_path: Path) -> None:
    async with desk(tmp_path, gather=MINUTE) as on:
        event = await on.find("gone")
        await on.run()
        on.announcing = replace(on.announcing, notifiers={})
        await on.run(MINUTE)

        await on.run(timedelta(days=31))

        assert (await on.delivery(event)).state is DeliveryState.FAILED


async def test_with_nobody_to_tell_the_outbox_is_emptied(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        await on.find("gone")
        on.announcing = Announcing()

        done = await on.run()

        assert (done.planned, await on.outside.store.deliveries.waiting()) == (1, 0)


async def test_a_flood_of_news_is_few_messages(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        for number in range(announcing.MOST_MESSAGES + 15):
            ref = build.ref(f"9{number}")
            source = await on.outside.store.sources.register(ref, None, on.clock.now())
            await on.outside.store.looks.note([build.event(source_id=source.id, after="gone")])

        await on.run()

        assert [len(message.news) for message in on.listener.heard] == [25]


async def test_a_digest_too_large_for_one_message_is_several(tmp_path: Path) -> None:
    async with desk(tmp_path, digest=Digest(18, UTC)) as on:
        on.listener.weight = MOST_BYTES * 2 // 5
        for number in range(5):
            ref = build.ref(f"7{number}")
            source = await on.outside.store.sources.register(ref, None, on.clock.now())
            await on.outside.store.looks.note([build.event(source_id=source.id, after="gone")])
        await on.run()

        await on.run(timedelta(hours=6))

        assert [len(message.news) for message in on.listener.heard] == [2, 2, 1]
        assert len(set(on.listener.ids)) == 3


class Reading(Outage):
    """A database that is there; ``read`` counts how often each of its methods answered."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Counter[str] = Counter()

    @override
    async def carry(self, name: str, answer: Any) -> Any:
        self.read[name] += 1
        return answer


async def test_news_that_go_together_are_read_once_and_a_message_at_a_time(tmp_path: Path) -> None:
    read_before_each: list[int] = []
    async with desk(tmp_path, digest=Digest(18, UTC)) as on:
        reading = Reading()

        class Counted(Listener):
            @override
            async def tell(self, message: Message) -> Told:
                read_before_each.append(reading.read["verdict"])
                return await super().tell(message)

        listener = Counted()
        listener.weight = MOST_BYTES * 2 // 5
        told = replace(on.announcing.notifiers["desk"], teller=listener)
        for number in range(5):
            ref = build.ref(f"7{number}")
            source = await on.outside.store.sources.register(ref, None, on.clock.now())
            await on.outside.store.looks.note([build.event(source_id=source.id, after="gone")])
        await on.run()
        on.clock.advance(timedelta(hours=6))

        await announce(reading.over(on.outside), Announcing({"desk": told}))

        assert [len(message.news) for message in listener.heard] == [2, 2, 1]
        # The one that had no room any more is read by then, and no further one.
        assert read_before_each == [3, 5, 5]


async def test_a_news_larger_than_a_message_may_be_is_told_by_itself(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        on.listener.weight = 2 * MOST_BYTES
        await on.look(VerdictKind.GONE, was="present")
        await on.find("gone")

        await on.run()

        assert on.listener.words == [["gone"], ["gone"]]


def test_a_whole_message_is_far_below_what_the_guard_lets_out() -> None:
    assert GuardPolicy.build().limits.bytes_out > MOST_BYTES * 3


async def test_news_of_other_articles_is_not_told_where_one_is_named(tmp_path: Path) -> None:
    async with desk(tmp_path, articles=frozenset({"01OTHER"})) as on:
        await on.find("gone")
        await on.run()
        assert on.listener.heard == []

        rule = replace(on.announcing.notifiers["desk"].rule, articles=frozenset({on.article_id}))
        named = replace(on.announcing.notifiers["desk"], rule=rule)
        on.announcing = replace(on.announcing, notifiers={"desk": named})
        await on.look(VerdictKind.GONE, was="present")
        await on.run()

        assert on.listener.words == [["gone"]]


async def test_an_article_that_a_rule_spells_in_another_way_is_found(tmp_path: Path) -> None:
    spelt = "http://News.example/one?utm_source=feed&id=1#top"
    async with desk(tmp_path, articles=frozenset({spelt})) as on:
        text = build.article(url="https://news.example/one?id=1", text="Another.")
        cited = [build.found(on.source.ref)]
        kept = await on.outside.store.articles.keep(text, cited, None, on.clock.now())
        assert await on.outside.store.articles.article(spelt) == kept.article
        await on.look(VerdictKind.GONE, was="present")

        await on.run()

        assert on.listener.words == [["gone"]]


async def test_what_was_told_failed_and_was_given_up_is_counted(tmp_path: Path) -> None:
    meter = PrometheusMeter(is_strict=True)
    answers = [Told(Heard.LATER, "no"), Told(Heard.LATER, "no"), Told(Heard.TOLD)]
    async with desk(tmp_path, *answers, patience=Patience(give_up=MINUTE)) as on:
        on.outside = replace(on.outside, meter=meter)
        await on.find("gone")

        await on.run()
        await on.run(2 * MINUTE)
        await on.find("changed")
        await on.run()

    counted = meter.page().decode()
    for outcome in ("sent", "failed", "given_up"):
        assert f'archiver_deliveries_total{{outcome="{outcome}"}} 1.0' in counted
