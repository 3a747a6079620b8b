from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from archiver.demo.clock import STORY_START, MovableClock


def test_it_starts_at_the_given_moment_in_utc():
    clock = MovableClock(datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1))))

    assert clock.now().replace(second=0, microsecond=0) == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_it_runs_by_itself_and_can_be_moved_ahead():
    clock = MovableClock()

    clock.advance(timedelta(days=3))

    assert clock.now() < clock.now() + timedelta(microseconds=1)
    assert timedelta() <= clock.now() - STORY_START - timedelta(days=3) < timedelta(minutes=1)


def test_it_does_not_go_back():
    with pytest.raises(ValueError, match="back"):
        MovableClock().advance(timedelta(seconds=-1))


def test_a_start_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        MovableClock(datetime(2026, 3, 2))


def test_sleeping_moves_the_clock():
    clock = MovableClock()
    before = clock.now()

    asyncio.run(clock.sleep(timedelta(hours=6)))

    assert clock.now() - before >= timedelta(hours=6)


def test_sleepers_at_the_same_time_do_not_add_up():
    clock = MovableClock()
    before = clock.now()

    async def both():
        await asyncio.gather(clock.sleep(timedelta(hours=2)), clock.sleep(timedelta(hours=3)))

    asyncio.run(both())

    assert timedelta(hours=3) <= clock.now() - before < timedelta(hours=3, minutes=5)


def test_no_sleep_is_no_sleep():
    clock = MovableClock()

    asyncio.run(clock.sleep(timedelta(seconds=-5)))

    assert clock.now() - STORY_START < timedelta(minutes=5)
