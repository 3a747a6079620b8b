"""Errands of the service: now and then, never twice at a time, and none stops another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.daemon.rota import Duties, Pace
from archiver.daemon.service import Service
from archiver.errors import StoreError
from archiver.flow.outside import Outside
from archiver.flow.seldom import Errand
from tests.flow.world import world

pytestmark = pytest.mark.anyio


def service(outside: Outside, errands: Sequence[Errand], grace_s: float = 30) -> Service:
    pace = Pace(tick=timedelta(hours=1), grace=timedelta(seconds=grace_s))
    return Service(outside, pace=pace, duties=Duties(errands=errands))


class Call:
    """An errand that says when it began and ends when it is let go."""

    def __init__(self) -> None:
        self.began: list[None] = []
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self) -> None:
        self.began.append(None)
        self.has_begun.set()
        await self.may_end.wait()


async def test_an_errand_that_fails_stops_neither_the_others_nor_the_service(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        other = Call()
        failures: list[None] = []

        async def fails() -> None:
            failures.append(None)
            raise StoreError("the disk is full")

        running = service(outside, [fails, other])
        await running.beat()
        await other.has_begun.wait()
        other.may_end.set()
        task = asyncio.create_task(running.run())
        while len(failures) < 2:
            await asyncio.sleep(0)
        running.stop()
        await task

        assert len(failures) == 2


async def test_an_errand_that_is_out_is_not_sent_again(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        slow = Call()
        running = service(outside, [slow])

        for _ in range(3):
            await running.beat()
        await slow.has_begun.wait()
        await running.beat()
        assert len(slow.began) == 1

        slow.may_end.set()
        while len(slow.began) != 2:
            await asyncio.sleep(0)
            await running.beat()
        running.stop()
        await running.beat()
        assert len(slow.began) == 2


async def test_a_stop_waits_for_an_errand_and_ends_it_when_the_grace_is_over(tmp_path: Path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        endless = Call()
        running = service(outside, [endless], grace_s=0)
        task = asyncio.create_task(running.run())
        await endless.has_begun.wait()

        running.stop()

        await asyncio.wait_for(task, 30)
        assert len(endless.began) == 1
