"""Hand the addresses of good captures to an outside archive, within its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archiver.archives.playback import read_wayback_address
from archiver.archives.protocol import Asking, Trouble, TroubleKind
from archiver.archives.save import (
    SaveReply,
    SaveState,
    ask_after,
    order,
    save_without_key,
    slots_left,
)
from archiver.archives.timestamps import write_timestamp
from archiver.archives.wayback import NAME
from archiver.flow.consult import note, pause_after
from archiver.flow.inquire import drive
from archiver.flow.observe import Look
from archiver.flow.outside import Outside
from archiver.flow.rescue import take
from archiver.model.capture import Capture, Gate
from archiver.model.memento import Push, PushState
from archiver.model.signals import Signal

SERVICE = "archive:wayback:save"
"""The name under which the state of Save Page Now is kept: it fails apart from the index."""

MOST_TRIES = 24  # questions about one push; waits grow from 15 seconds, or double from 5 minutes
FIRST_WAIT = timedelta(minutes=5)
ASK_AFTER = timedelta(seconds=15)  # a capture there takes 10 to 60 seconds
LONGEST_ASK = timedelta(minutes=5)
MOST_ASKED = 200  # pushes that one errand takes in hand
MINUTE = timedelta(minutes=1)
NOT_FOR_OTHERS = "its address is of an inner network or bears a secret: nobody else learns it"


async def want_push(look: Look, capture: Capture | None, outside: Outside) -> Push | None:
    """Put an accepted capture's address down to be saved; None when it is not a good one.

    Nor is one that nobody outside may learn. What may stand as evidence of a tombstone is
    accepted, too, but nothing to have saved.
    """
    seen = look.observation.reading.signal
    if not outside.archives.enabled:
        return None
    if capture is None or capture.gate is not Gate.ACCEPTED or seen is not Signal.PRESENT:
        return None
    now = outside.clock.now()
    if not outside.archives.may_learn(look.source.ref.url):
        return None
    push = Push(
        id=outside.new_id(),
        source_id=look.source.id,
        capture_id=capture.id,
        archive=NAME,
        url=look.source.ref.url,
        state=PushState.WAITING,
        added_at=now,
        next_try_at=now,
    )
    await outside.store.pushes.add(push)
    return push


async def push_now(taken: Sequence[tuple[Look, Capture | None]], outside: Outside) -> list[Push]:
    """Put down what was captured well, send what may be sent now, and return how each stands."""
    pushes = [await want_push(look, capture, outside) for look, capture in taken]
    wanted = {push.capture_id for push in pushes if push is not None}
    await push_due(outside)
    sources = {look.source.id for look, _ in taken}
    kept = [push for source_id in sources for push in await outside.store.pushes.of(source_id)]
    return sorted((p for p in kept if p.capture_id in wanted), key=lambda push: push.id)


async def push_due(outside: Outside) -> int:
    """Send what waits and ask after what was sent, as far as the limits allow; return how many.

    1. Nothing is asked while outside archives are off, or Save Page Now is being left alone.
    2. Ask after orders it works on; take over what came of them.
    3. Send what waits: no more than are free a day, a minute, and at once.
    """
    if not outside.archives.enabled:
        return 0
    state = await outside.store.services.state(SERVICE)
    now = outside.clock.now()
    if state is not None and not state.is_open(now):
        return 0
    due = await outside.store.pushes.due(now, MOST_ASKED)
    sent = [push for push in due if push.state is PushState.SENT]
    done = 0
    for push in sent:
        if not await _step(push, ask_after(push.job or ""), outside):
            return done
        done += 1
    waiting = [push for push in due if push.state is PushState.WAITING]
    return done + (await _send(waiting, outside) if waiting else 0)


async def _send(waiting: list[Push], outside: Outside) -> int:
    policy = outside.archives.push
    free = await _free(outside)
    done = 0
    for push in waiting[:free]:
        if not outside.archives.may_learn(push.url):
            kept_in = replace(push, state=PushState.REFUSED, next_try_at=None, note=NOT_FOR_OTHERS)
            await outside.store.pushes.keep(kept_in)
            done += 1
            continue
        outside.archives.sent.count(outside.clock.now().date())
        go_on = await _step(push, _order(push, policy.not_archived_within), outside)
        done += 1
        if not go_on:
            break
    await _put_off(waiting[done:], outside)
    return done


async def _free(outside: Outside) -> int:
    """Return how many orders may be given now: by our own limits, and by the account's word."""
    policy = outside.archives.push
    today = outside.clock.now().date()
    at_once = max(policy.at_once - await _in_flight(outside), 0)
    free = min(at_once, policy.per_minute, outside.archives.sent.left(policy.per_day, today))
    told = (await drive(slots_left(), outside.fetcher)).result if free else None
    return free if told is None else min(free, told)


async def _in_flight(outside: Outside) -> int:
    """Return how many orders the archive still works on, those that are not asked after yet too."""
    soon = outside.clock.now() + LONGEST_ASK
    due = await outside.store.pushes.due(soon, MOST_ASKED)
    return sum(push.state is PushState.SENT for push in due)


async def _put_off(waiting: list[Push], outside: Outside) -> None:
    """Let what was not sent wait for its turn: a minute has so many orders and no more."""
    policy = outside.archives.push
    per_turn = max(min(policy.at_once, policy.per_minute), 1)
    now = outside.clock.now()
    for number, push in enumerate(waiting):
        turn = 1 + number // per_turn
        await outside.store.pushes.keep(replace(push, next_try_at=now + turn * MINUTE))


def _order(push: Push, not_within: timedelta) -> Asking[SaveReply]:
    """Order with the account's key, or in the form that needs none."""
    reply = yield from order(push.url, not_within)
    if reply.state is SaveState.NO_KEY:
        return (yield from save_without_key(push.url))
    return reply


async def _step(push: Push, asking: Asking[SaveReply], outside: Outside) -> bool:
    """Ask once about one push and keep how it stands; false when nobody should be asked more."""
    reply = (await drive(asking, outside.fetcher)).result
    url = await _taken(push, reply, outside) if reply.state is SaveState.SAVED else None
    stands = after(push, reply, outside.clock.now())
    await outside.store.pushes.keep(replace(stands, memento_url=url))
    is_limited = reply.wait is not None
    kind = TroubleKind.LIMITED if is_limited else TroubleKind.DOWN
    trouble = Trouble(kind, reply.note, reply.wait) if reply.is_of_archive else None
    await note(SERVICE, trouble, outside)
    return trouble is None


async def _taken(push: Push, reply: SaveReply, outside: Outside) -> str | None:
    """Take over what the archive made, as its own memento, and return its address.

    Of a recent capture that it has already only the nearest to now can be asked for.
    """
    source = await outside.store.sources.source(push.source_id)
    now = write_timestamp(outside.clock.now())
    held = reply.held or read_wayback_address(f"https://web.archive.org/web/{now}/{push.url}")
    taken = await take(held.url, source, outside, why="handed on by us") if held else None
    if taken is not None:
        return taken.url
    return reply.held.url if reply.held is not None else None


def after(push: Push, reply: SaveReply, now: datetime) -> Push:
    """Return a push as it stands after a reply; a try that may help later waits ever longer."""
    tries = push.tries + 1
    match reply.state:
        case SaveState.SAVED:
            return replace(
                push, state=PushState.DONE, tries=tries, next_try_at=None, note=reply.note
            )
        case SaveState.ORDERED | SaveState.WORKING if tries < MOST_TRIES:
            return replace(
                push,
                state=PushState.SENT,
                tries=tries,
                job=reply.job or push.job,
                next_try_at=now + min(ASK_AFTER * tries, LONGEST_ASK),
                note=reply.note,
            )
        case SaveState.LATER if tries < MOST_TRIES:
            wait = reply.wait or pause_after(
                Trouble(TroubleKind.DOWN, "", FIRST_WAIT), tries, timedelta(hours=6)
            )
            # An order that failed is given anew, not asked after for ever.
            return replace(
                push,
                state=PushState.WAITING,
                tries=tries,
                job=None,
                next_try_at=now + wait,
                note=reply.note,
            )
        case _:
            return replace(
                push, state=PushState.REFUSED, tries=tries, next_try_at=None, note=reply.note
            )
