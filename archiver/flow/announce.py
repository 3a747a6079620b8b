"""Tell people what changed: from the outbox by rules to deliveries, and from there to notifiers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from archiver.flow.news import fact_of, looks_of, news_of
from archiver.flow.outside import Outside
from archiver.judge.rules import (
    Fact,
    Patience,
    Rule,
    after_failing,
    after_telling,
    decide,
    digest_of,
    given_up,
    released,
    settled_with,
)
from archiver.model.delivery import Delivery, DeliveryState
from archiver.model.news import Heard, Message, News, Told, Word
from archiver.model.service import ServiceState
from archiver.model.verdict import Event, EventKind
from archiver.ports import Plan, Teller

AT_ONCE = 200
"""Events that are planned at a time."""
MOST_DUE = 1000
"""Deliveries to one notifier that one run looks at."""
MOST_ROUNDS = 50
"""So that a run ends, however much waits; the next one goes on."""
MOST_MESSAGES = 10
"""Messages to one notifier in one run; when more wait, they are joined."""
MOST_NEWS = 100
"""News in one message."""
MOST_BYTES = 2**20
"""Of the news joined in one message: far below what the guard lets out, and receivers take in."""
DIGEST = "digest"
"""What everything in a digest is about, as far as putting messages together goes."""
STOPPED_KEPT = timedelta(days=30)
"""How long what is for a notifier that stopped, or is not named, is kept after it was due."""
STOPPED_WAIT = timedelta(hours=1)
"""How long what is for such a notifier waits, before it is looked at again."""
EVER = timedelta(days=36500)
"""Beyond any time at which a delivery is due."""
NOT_NAMED = "the settings name no such target"


@dataclass(frozen=True, slots=True)
class Notifier:
    """Somebody to tell: by which rule, by what means, and under which name its state is kept."""

    rule: Rule
    teller: Teller
    service: str


@dataclass(frozen=True, slots=True)
class Announcing:
    """Who is told, and how. ``random`` gives numbers from 0 to 1, ``lease`` outlives a sending."""

    notifiers: Mapping[str, Notifier] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    lease: timedelta = timedelta(minutes=5)
    random: Callable[[], float] = lambda: 1.0


@dataclass(frozen=True, slots=True)
class Announced:
    """What a run did: events planned, messages told, messages that failed."""

    planned: int = 0
    told: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes out in one message. ``news``: by event, what was read already to weigh it."""

    deliveries: list[Delivery] = field(default_factory=list)
    news: dict[str, News] = field(default_factory=dict)


async def announce(outside: Outside, announcing: Announcing) -> Announced:
    """Tell what is to be told now.

    1. Plan: every event in the outbox becomes deliveries, by each notifier's rule.
    2. Let wait what is for a notifier that the settings do not name.
    3. Send what is due to every notifier side by side, and note how that went.

    A service does the last for each notifier by itself: a slow one holds up nobody else then.

    Raises:
        StoreError: the database refused; what was not noted is sent again, under the same key.
    """
    planned = await plan_all(outside, announcing)
    await keep_for_others(outside, announcing)
    counts = await asyncio.gather(
        *(send_due(name, outside, announcing) for name in sorted(announcing.notifiers))
    )
    told, failed = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    return Announced(planned, told, failed)


async def plan_all(outside: Outside, announcing: Announcing) -> int:
    """Make deliveries of what waits in the outbox, oldest first; return how many events."""
    done = 0
    for _ in range(MOST_ROUNDS):
        waiting = await outside.store.deliveries.untold(AT_ONCE)
        planned = 0
        for event in waiting:
            fact = await fact_of(event, outside) if announcing.notifiers else None
            plan = await _plan(event.id, fact, outside, announcing)
            # What comes after one that could not be planned now could be about the same thing.
            if not await outside.store.deliveries.plan(plan):
                return done + planned
            planned += 1
        done += planned
        if len(waiting) < AT_ONCE:
            break
    return done


async def _plan(event_id: str, fact: Fact | None, outside: Outside, announcing: Announcing) -> Plan:
    if fact is None:
        return Plan(event_id)
    earlier = await outside.store.deliveries.earlier(fact.event)
    now = outside.clock.now()
    decided = [
        decide(one.rule, fact, earlier, now, outside.new_id)
        for one in announcing.notifiers.values()
    ]
    changed = [change for one in decided for change in one.changed]
    if fact.word is Word.SETTLED:
        changed += await _settled(fact.event, outside)
    return Plan(
        event_id,
        tuple(one.added for one in decided if one.added is not None),
        tuple(changed),
    )


async def _settled(event: Event, outside: Outside) -> list[tuple[Delivery, Delivery]]:
    """Return what ends of the news of a source with the last of its citations that was settled."""
    if event.source_id is None or await outside.store.deliveries.hits(event.source_id):
        return []
    of_source = replace(event, kind=EventKind.VERDICT)
    return settled_with(event, await outside.store.deliveries.earlier(of_source))


async def keep_for_others(outside: Outside, announcing: Announcing) -> None:
    """Let wait what is for a notifier that the settings do not name; not for ever.

    It may have been taken out for good. Or the settings are not those of the archive, as of one
    that was restored, and news given up now would never be told.
    """
    now = outside.clock.now()
    due = await outside.store.deliveries.due_to_others(announcing.notifiers, now, MOST_DUE)
    await _rewrite(due, partial(_kept_waiting, why=NOT_NAMED, now=now), outside, announcing)


async def give_up_all(name: str, outside: Outside, announcing: Announcing) -> int:
    """Give up all that waits for a notifier, whenever it is due; return how many deliveries.

    What somebody is sending just now is left out.
    """
    done, ever = 0, outside.clock.now() + EVER
    for _ in range(MOST_ROUNDS):
        waiting = await outside.store.deliveries.due(name, ever, MOST_DUE)
        changed = await _rewrite(waiting, partial(given_up, note=NOT_NAMED), outside, announcing)
        done += changed
        if not changed:
            break
    return done


async def send_due(name: str, outside: Outside, announcing: Announcing) -> tuple[int, int]:
    """Send what is due to a notifier; return messages told and failed.

    1. Release what waited for more looks, where they were made.
    2. Put what belongs together into one message, bind it to that message, send it, note it.
    3. After one that was not taken put off the rest: the next would most likely go the same way.
    """
    notifier = announcing.notifiers[name]
    await _release(name, notifier, outside, announcing)
    now = outside.clock.now()
    due = await outside.store.deliveries.due(name, now + notifier.rule.gather, MOST_DUE)
    state = await outside.store.services.state(notifier.service) if due else None
    if state is not None and not state.is_open(now):
        wait = partial(_kept_waiting, why=state.reason or "it stopped", now=now)
        await _rewrite(due, wait, outside, announcing)
        return 0, 0
    told = 0
    async with aclosing(_messages(due, notifier, outside)) as parts:
        async for part in parts:
            heard = await _send(part, notifier, outside, announcing)
            told += heard is Heard.TOLD
            if heard not in (None, Heard.TOLD):
                return told, 1
    return told, 0


async def _release(name: str, notifier: Notifier, outside: Outside, announcing: Announcing) -> None:
    """Look whether what waits for more looks has them."""
    now = outside.clock.now()
    for one in await outside.store.deliveries.due(name, now, MOST_DUE):
        if one.state is DeliveryState.HELD:
            looks = await looks_of(await outside.store.deliveries.event(one.event_id), outside)
            release = partial(released, rule=notifier.rule, looks=looks, now=now)
            await _rewrite([one], release, outside, announcing)


def _kept_waiting(delivery: Delivery, why: str, now: datetime) -> Delivery:
    """Return a delivery for a notifier that is not told now, as it waits; not for ever."""
    since = delivery.tried_since or now
    if now - since > STOPPED_KEPT:
        return given_up(delivery, why)
    return replace(delivery, next_try_at=now + STOPPED_WAIT, tried_since=since, note=why)


async def _rewrite(
    due: Sequence[Delivery],
    change: Callable[[Delivery], Delivery],
    outside: Outside,
    announcing: Announcing,
) -> int:
    """Change deliveries that nobody sends; return how many were changed."""
    count = 0
    for one in due:
        claimed = await outside.store.deliveries.claim([one], outside.worker, announcing.lease)
        for ours in claimed:
            changed = change(ours)
            is_kept = await outside.store.deliveries.keep([changed], outside.worker)
            count += is_kept
            if is_kept and _is_given_up(changed):
                outside.meter.count("deliveries_total", outcome="given_up")
    return count


def _is_given_up(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.FAILED


async def _messages(
    waiting: Sequence[Delivery], notifier: Notifier, outside: Outside
) -> AsyncGenerator[_Part, None]:
    """Give what goes out in one message each, of what is due now or soon.

    What was bound to a message and not noted as sent is that message again, with all of it that was
    not withdrawn: who drops a message that came before loses nothing. The rest is one digest,
    or goes by source and takes along what is due soon and of the same; when there is more than a
    person reads one by one, it goes in as few messages as hold it. A message that was tried goes
    behind all that was not: one that is never taken keeps no other back.
    """
    now = outside.clock.now()
    bound = sorted(_bound(waiting, now), key=lambda group: group[0].tries)
    untried = sum(group[0].tries == 0 for group in bound)
    for again in bound[:untried]:
        yield _Part(again)
    for group in await _by_source(waiting, now, notifier, outside):
        async for part in _parts(group, notifier.teller, outside):
            yield part
    for again in bound[untried:]:
        yield _Part(again)


def _is_due(delivery: Delivery, now: datetime) -> bool:
    return delivery.next_try_at is not None and delivery.next_try_at <= now


def _bound(waiting: Sequence[Delivery], now: datetime) -> list[list[Delivery]]:
    """Return messages that were begun and are due, each whole: the first time in it counts."""
    groups: dict[str | None, list[Delivery]] = defaultdict(list)
    for one in waiting:
        if one.is_begun:
            groups[one.message_id].append(one)
    return [group for group in groups.values() if any(_is_due(one, now) for one in group)]


async def _by_source(
    waiting: Sequence[Delivery], now: datetime, notifier: Notifier, outside: Outside
) -> list[list[Delivery]]:
    """Return what is bound to no message yet, as it goes together."""
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for one in waiting:
        if one.is_begun or one.state is DeliveryState.HELD:
            continue
        about = DIGEST if notifier.rule.digest is not None else await _subject(one, outside)
        if _is_due(one, now) or (about in groups and one.is_open):
            groups[about].append(one)
    if len(groups) > MOST_MESSAGES:
        return [[one for group in groups.values() for one in group]]
    return list(groups.values())


async def _parts(
    group: Sequence[Delivery], teller: Teller, outside: Outside
) -> AsyncGenerator[_Part, None]:
    """Cut what goes out together into messages that can be sent; a single news is never cut.

    Each news is read when its message is about to be sent, so that one message is held at a time.
    """
    if len(group) == 1:
        yield _Part(list(group))
        return
    part, room = _Part(), MOST_BYTES
    for one in group:
        news = await _news(one, outside)
        size = teller.bytes_of(news)
        if part.deliveries and (size > room or len(part.deliveries) == MOST_NEWS):
            yield part
            part, room = _Part(), MOST_BYTES
        part.deliveries.append(one)
        part.news[one.event_id] = news
        room -= size
    yield part


async def _news(delivery: Delivery, outside: Outside) -> News:
    return await news_of(await outside.store.deliveries.event(delivery.event_id), outside)


async def _subject(delivery: Delivery, outside: Outside) -> str:
    event = await outside.store.deliveries.event(delivery.event_id)
    return event.source_id or event.id


async def _send(
    part: _Part, notifier: Notifier, outside: Outside, announcing: Announcing
) -> Heard | None:
    """Send one message; None when others took it."""
    group = part.deliveries
    first = group[0]
    keys = sorted(one.key for one in group)
    fresh = keys[0] if len(keys) == 1 else digest_of(keys)
    message_id = first.message_id if first.is_begun and first.message_id else fresh
    ours = await outside.store.deliveries.claim(group, outside.worker, announcing.lease, message_id)
    if not ours:
        return None
    news = [part.news.get(one.event_id) or await _news(one, outside) for one in ours]
    message = Message(message_id, outside.clock.now(), tuple(news))
    told = await notifier.teller.tell(message)
    await _note(ours, told, notifier, outside, announcing)
    return told.heard


async def _note(
    sent: Sequence[Delivery],
    told: Told,
    notifier: Notifier,
    outside: Outside,
    announcing: Announcing,
) -> None:
    now, jitter = outside.clock.now(), announcing.random()
    why = told.note or "it failed"
    if told.heard in (Heard.REFUSED, Heard.STOPPED):
        await _stop(notifier, why, outside)

    def after(one: Delivery) -> Delivery:
        match told.heard:
            case Heard.TOLD:
                return after_telling(one, notifier.rule, now)
            case Heard.LATER:
                return after_failing(one, told, now, announcing.patience, jitter)
            case Heard.REFUSED | Heard.STOPPED:
                return _kept_waiting(one, why, now)

    outcome = "sent" if told.heard is Heard.TOLD else "failed"
    noted = [after(one) for one in sent]
    await outside.store.deliveries.keep(noted, outside.worker)
    for one in noted:
        outside.meter.count(
            "deliveries_total", outcome="given_up" if _is_given_up(one) else outcome
        )
    if told.heard is Heard.LATER:
        next_tries = [one.next_try_at for one in noted if one.next_try_at is not None]
        until = min(next_tries, default=now + announcing.patience.first * jitter)
        await outside.store.deliveries.put_off(notifier.rule.notifier, now, until, why)


async def _stop(notifier: Notifier, why: str, outside: Outside) -> None:
    """Leave a notifier alone until a person did something: another address is another state."""
    reason = f"{why}; when that is mended: archiver notify test {notifier.rule.notifier}"
    await outside.store.services.keep(
        ServiceState(notifier.service, outside.clock.now(), is_paused=True, reason=reason)
    )


async def reschedule(outside: Outside, announcing: Announcing) -> None:
    """Let what waits for a digest wait for the hour that the settings name now.

    What is to be told at once from now on is, instead of at the hour of a digest that is no more.
    """
    now = outside.clock.now()
    for name, notifier in announcing.notifiers.items():
        to = notifier.rule.due_from(now)
        after = now if notifier.rule.digest is not None else to
        await outside.store.deliveries.reschedule(name, after, to)


async def try_out(notifier: Notifier, outside: Outside) -> Told:
    """Send a message that tells nothing; one that is told opens a notifier that had stopped.

    What waits for that notifier is due then. It is opened first: a run that goes on meanwhile would
    let it wait again.
    """
    now = outside.clock.now()
    message = Message(f"msg_test_{outside.new_id()}", now, (), is_test=True)
    told = await notifier.teller.tell(message)
    if told.heard is Heard.TOLD and await outside.store.services.state(notifier.service):
        await outside.store.services.keep(ServiceState(notifier.service, now))
        await outside.store.deliveries.make_due(notifier.rule.notifier, outside.clock.now())
    return told
