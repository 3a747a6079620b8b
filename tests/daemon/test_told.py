"""Jobs that messages tell of: each is taken when there is room for it, in its own lane."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.daemon.conditions import Conditions
from archiver.daemon.hands import OTHERS_NOW, Capacity, Hands
from archiver.daemon.health import Health
from archiver.flow.launches import Launches
from archiver.flow.outside import Outside
from archiver.flow.retries import Retries
from archiver.model.job import Job, Lane
from archiver.model.room import Room
from archiver.model.signals import Signal
from tests import build
from tests.daemon.outage import SlowTake
from tests.daemon.test_hands import Slow, sites, waiting
from tests.flow.world import world

pytestmark = pytest.mark.anyio


def told_hands(outside: Outside, capacity: Capacity) -> tuple[Hands, Health]:
    conditions = Conditions(outside)
    health = Health(outside, conditions, lambda: Room(1, 1, 0), outside.store.workers.all)
    launches = Launches(outside.clock)
    hands = Hands(outside, conditions, health, capacity, Retries(), launches, are_told=True)
    return hands, health


async def ordered(outside: Outside, number: int) -> list[Job]:
    at = outside.clock.now()
    return [await outside.store.queue.order(one, at) for one in await sites(outside, number)]


async def test_a_message_of_a_lane_that_its_job_has_left_takes_no_place_at_a_browser(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, web, _clock):
        jobs = await ordered(outside, 3)
        hands, _ = told_hands(outside, Capacity(5, 1))

        again = await asyncio.gather(*(hands.attend(job.id, Lane.LIGHT) for job in jobs))

        assert (again, web.asked) == ([None] * 3, [])
        assert await waiting(outside) == {Lane.BROWSER: 3}


@pytest.mark.parametrize(("is_to_find_out", "most"), [(False, 2), (True, 1)])
async def test_of_jobs_told_of_at_once_no_more_are_taken_than_there_is_room_for(
    tmp_path: Path, is_to_find_out: bool, most: int
):
    async with world(tmp_path) as (_, usual, _web, clock):
        web = Slow()
        outside = replace(usual, fetcher=web)
        jobs = await ordered(outside, 5)
        hands, health = told_hands(outside, Capacity(5, 2))
        if is_to_find_out:
            offline = build.observation("any", reading=build.reading(Signal.OFFLINE))
            health.after_look(offline, kept_files=False)
            clock.advance(timedelta(hours=1))

        attending = [asyncio.create_task(hands.attend(job.id, job.lane)) for job in jobs]
        await web.has_met(most)
        running = (await outside.store.queue.depth()).running
        web.let_go.set()
        await hands.finish(timedelta(minutes=1))
        again = await asyncio.gather(*attending)

        assert running == {Lane.BROWSER: most}
        assert again == [None] * most + [OTHERS_NOW] * (5 - most)


async def test_a_message_waits_while_what_was_asked_for_without_one_is_on_its_way(tmp_path: Path):
    async with world(tmp_path) as (_, usual, _web, _clock):
        web, slow = Slow(), SlowTake("take", 0)
        outside = slow.over(replace(usual, fetcher=web))
        first, second = await ordered(outside, 2)
        hands, _ = told_hands(outside, Capacity(5, 1))
        filling = asyncio.create_task(hands.fill([Lane.BROWSER]))
        await asyncio.wait_for(slow.has_taken.wait(), 30)

        attending = [asyncio.create_task(hands.attend(job.id, job.lane)) for job in (first, second)]
        await asyncio.sleep(0)  # both have looked whether there is room
        slow.let_come.set()
        await filling
        await web.has_met(1)
        web.let_go.set()
        await hands.finish(timedelta(minutes=1))
        again = await asyncio.gather(*attending)

        assert again == [OTHERS_NOW] * 2
