"""A weekly digest, from the settings to the webhook that takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.model.delivery import DeliveryState
from archiver.model.verdict import Event
from archiver.settings import load
from archiver.wiring import Archive
from tests import build
from tests.fakes import FrozenClock
from tests.notify.receiver import receiver

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEEKLY = {"when": "weekly", "weekday": "monday", "hour": 8, "time_zone": "Europe/Berlin"}
BEFORE = datetime(2026, 11, 23, 6, 59, 59, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK_AFTER = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


async def lose(archive: Archive, clock: FrozenClock) -> Event:
    """Note that one more source is gone."""
    store = archive.outside.store
    source = await store.sources.register(build.ref(), None, clock.now())
    event = build.event(source_id=source.id, after="gone: deleted", at=clock.now())
    await store.looks.note([event])
    return event


async def test_a_weekly_digest_is_one_message_on_its_day_with_all_that_came_since(
    tmp_path: Path,
) -> None:
    async with receiver() as there:
        target = {"name": "desk", "kind": "webhook", "url": there.url(), "secret": SECRET}
        settings = load(
            tmp_path,
            {"net": {"allow": [there.site.allow]}, "notify": {"targets": [target | WEEKLY]}},
        )
        clock = FrozenClock()
        async with Archive(settings=settings, clock=clock) as archive:

            async def told_at(at: datetime) -> list[set[str]]:
                """Return the events of every message that was taken by then."""
                clock.set_by(at - clock.now())
                await archive.announce()
                news = [one.document["data"]["news"] for one in there.posted]
                return [{one["event"] for one in message} for message in news]

            first = [await lose(archive, clock) for _ in range(3)]
            assert (await archive.announce()).planned == 3
            assert await told_at(BEFORE) == []
            assert await told_at(MONDAY) == [{one.id for one in first}]

            second = await lose(archive, clock)
            assert (await archive.announce()).planned == 1
            told = await told_at(WEEK_AFTER)
            again = await told_at(WEEK_AFTER)

            assert told == again == [{one.id for one in first}, {second.id}]
            assert len(set(there.ids)) == 2
            newest = await archive.outside.store.deliveries.newest(9)
            assert {one.state for one in newest} == {DeliveryState.SENT}
