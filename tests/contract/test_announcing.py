"""Two daemons on one database that plan and send the same news at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.flow.announce import Announcing, Notifier, announce
from archiver.judge.rules import Rule
from archiver.model.delivery import DeliveryState
from archiver.model.news import Word
from archiver.settings import load
from archiver.wiring import Archive
from tests import build
from tests.build import NOW
from tests.fakes import FrozenClock, Listener
from tests.told import deliveries_of

pytestmark = pytest.mark.anyio


async def test_of_news_that_two_daemons_tell_at_once_there_is_one_delivery_and_one_message(
    database: str, tmp_path: Path
) -> None:
    settings = load(tmp_path, {"store": {"database": database}})
    clock, listener = FrozenClock(), Listener()
    telling = Announcing({"desk": Notifier(Rule("desk", frozenset({Word.GONE})), listener, "n")})
    async with (
        Archive(settings=settings, clock=clock) as one,
        Archive(settings=settings, clock=clock) as other,
    ):
        store = one.outside.store
        events = []
        for _ in range(6):
            source = await store.sources.register(build.ref(), None, NOW)
            events.append(build.event(source_id=source.id, after="gone"))
        await store.looks.note(events)

        daemons = [replace(each.outside, worker=name) for name, each in (("a", one), ("b", other))]
        await asyncio.gather(*(announce(each, telling) for each in daemons))
        await announce(one.outside, telling)  # who loses a race for an event leaves it until then

        kept = [await deliveries_of(store, event.id) for event in events]

    assert [[each.state for each in of] for of in kept] == [[DeliveryState.SENT]] * 6
    told = [news.event.id for message in listener.heard for news in message.news]
    assert sorted(told) == sorted(event.id for event in events)
