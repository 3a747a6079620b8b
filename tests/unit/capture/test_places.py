"""Who waits for a browser, and in which order they get one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from archiver.capture.places import IN_A_ROW, Places

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Queue:
    """One place, and who came to it in which order."""

    def __init__(self) -> None:
        self.places = Places(1)
        self.order: list[str] = []

    async def come(self, name: str) -> None:
        async with self.places.place(is_capture=name.startswith("capture")):
            self.order.append(name)

    def send(self, *names: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.come(name)) for name in names]


async def idle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_captures_come_before_renders_and_each_kind_in_the_order_it_came() -> None:
    queue = Queue()
    async with queue.places.place(is_capture=False):
        waiting = queue.send("render 1", "render 2", "capture 1", "capture 2")
        await idle()
    await asyncio.gather(*waiting)

    assert queue.order == ["capture 1", "capture 2", "render 1", "render 2"]


async def test_a_render_is_not_overtaken_for_ever() -> None:
    queue = Queue()
    captures = [f"capture {number}" for number in range(2 * IN_A_ROW)]
    async with queue.places.place(is_capture=True):
        waiting = queue.send("render 1", *captures)
        await idle()
    await asyncio.gather(*waiting)

    assert queue.order.index("render 1") == IN_A_ROW


async def test_who_is_called_off_takes_no_place_along() -> None:
    queue = Queue()
    async with queue.places.place(is_capture=True):
        waits, is_let_in, stays = queue.send("capture 1", "capture 2", "render 1")
        await idle()
        waits.cancel()
    is_let_in.cancel()  # in the moment in which it is let in
    await asyncio.gather(waits, is_let_in, stays, return_exceptions=True)
    await queue.come("render 2")

    assert queue.order == ["render 1", "render 2"]


async def test_no_more_are_let_in_than_there_are_places() -> None:
    places, entered = Places(2), 0

    async def come() -> None:
        nonlocal entered
        async with places.place(is_capture=True):
            entered += 1

    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(places.place(is_capture=False))
        third = asyncio.create_task(come())
        await idle()
        assert entered == 0
    await third
    assert entered == 1
