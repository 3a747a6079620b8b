"""Places at the browsers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from archiver.flow.browsers import Browsers

pytestmark = pytest.mark.anyio


def places(most: Callable[[], int], most_waiting: int) -> Browsers:
    """Return places for which no jobs are there."""

    def find_none() -> None:
        browsers.offered()

    browsers = Browsers(most, most_waiting, find_none)
    return browsers


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def guest(browsers: Browsers, told: list[bool], leave: asyncio.Event) -> None:
    async with browsers.place() as is_mine:
        told.append(is_mine)
        await leave.wait()


async def test_one_place_is_kept_from_looks_with_news() -> None:
    browsers, told, leave = places(lambda: 3, 10), list[bool](), asyncio.Event()
    guests = [asyncio.create_task(guest(browsers, told, leave)) for _ in range(5)]

    await settle()

    assert (told, browsers.free) == ([True, True], 1)
    leave.set()
    await asyncio.gather(*guests)
    assert told == [True] * 5


async def test_with_one_browser_looks_with_news_get_it_too() -> None:
    browsers = places(lambda: 1, 10)

    async with browsers.place() as is_mine:
        assert (is_mine, browsers.free) == (True, 0)
    assert browsers.free == 1


async def test_one_place_is_kept_for_jobs_after_a_look_until_they_were_looked_for() -> None:
    told, leave, looked_for = list[bool](), asyncio.Event(), list[int]()
    browsers = Browsers(lambda: 1, 2, lambda: looked_for.append(browsers.free))
    leave.set()

    guests = [asyncio.create_task(guest(browsers, told, leave)) for _ in range(2)]
    await settle()
    before = list(told)
    browsers.occupy()
    browsers.offered()
    await settle()
    beside = list(told)
    browsers.vacate()
    await asyncio.gather(*guests)

    assert (before, beside, told) == ([True], [True], [True, True])
    assert looked_for == [1, 1]


async def test_those_beyond_the_bound_do_not_wait() -> None:
    browsers, told, leave = places(lambda: 1, 2), list[bool](), asyncio.Event()
    guests = [asyncio.create_task(guest(browsers, told, leave)) for _ in range(4)]

    await settle()

    assert told == [True, False]
    leave.set()
    await asyncio.gather(*guests)


async def test_a_job_gives_its_place_to_who_waits() -> None:
    browsers, told, leave = places(lambda: 1, 2), list[bool](), asyncio.Event()
    browsers.occupy()
    waiting = asyncio.create_task(guest(browsers, told, leave))
    await settle()
    before = list(told)

    browsers.vacate()
    await settle()

    assert (before, told) == ([], [True])
    leave.set()
    await waiting


async def test_when_browsers_stop_starting_those_who_wait_are_turned_away() -> None:
    most, told, leave = [1], list[bool](), asyncio.Event()
    browsers = places(lambda: most[0], 2)
    browsers.occupy()
    waiting = asyncio.create_task(guest(browsers, told, leave))
    await settle()

    most[0] = 0
    browsers.review()
    await settle()

    assert (told, browsers.free) == ([False], 0)
    leave.set()
    await waiting


async def test_one_who_is_called_off_while_waiting_takes_no_place() -> None:
    browsers, told, leave = places(lambda: 1, 2), list[bool](), asyncio.Event()
    browsers.occupy()
    waiting = asyncio.create_task(guest(browsers, told, leave))
    await settle()

    browsers.vacate()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert browsers.free == 1
    async with AsyncExitStack() as stack:
        assert await stack.enter_async_context(browsers.place())
