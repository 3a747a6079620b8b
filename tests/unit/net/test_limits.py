from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from contextvars import Context
from datetime import timedelta

import pytest

from archiver.net.limits import Courtesy, Manners, registrable_domain
from tests.fakes import FrozenClock

pytestmark = pytest.mark.anyio

HALF = timedelta(seconds=0.5)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def courtesy(clock: FrozenClock, per_domain: int = 2) -> Courtesy:
    manners = Manners(per_domain, HALF, cap=timedelta(seconds=30))
    return Courtesy(clock, manners, is_ours=lambda host, _: host == "127.0.0.1")


def apart(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Begin something as work that has nothing to do with what goes on here."""
    return asyncio.create_task(work, context=Context())


async def idle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("example.org", "example.org"),
        ("co.uk", "co.uk"),
        ("a.b.github.io", "b.github.io"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_hosts_of_one_owner_share_a_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


async def test_requests_to_one_domain_start_apart() -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    for host in ("a.example.org", "b.example.org", "example.org"):
        async with turns.turn(host, 443):
            pass

    assert clock.slept == [HALF, HALF]


@pytest.mark.parametrize(
    ("took_s", "pause_s"),
    [(0.1, 0.5), (0.5, 0.5), (4, 4), (90, 30)],
)
async def test_a_site_is_left_alone_the_longer_the_slower_it_answers(
    took_s: float, pause_s: float
) -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    async with turns.turn("example.org", 443):
        clock.advance(timedelta(seconds=took_s))
    async with turns.turn("example.org", 443):
        pass

    assert clock.slept == [timedelta(seconds=pause_s)]


async def test_a_clock_set_back_keeps_nobody_waiting() -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    async with turns.turn("example.org", 443):
        pass
    clock.set_by(-timedelta(days=1))
    async with turns.turn("example.org", 443):
        pass

    assert clock.slept == [HALF]


async def test_other_domains_and_our_own_hosts_do_not_wait() -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    for host in ("example.org", "example.net", "127.0.0.1", "127.0.0.1"):
        async with turns.turn(host, 443):
            pass

    assert clock.slept == []


async def test_no_more_than_the_limit_are_asked_at_once() -> None:
    turns = courtesy(FrozenClock(), per_domain=2)
    third = asyncio.Event()

    async def take() -> None:
        async with turns.turn("example.org", 443):
            third.set()

    async with AsyncExitStack() as held:
        await held.enter_async_context(turns.turn("example.org", 443))
        await held.enter_async_context(turns.turn("example.org", 443))
        waiting = asyncio.create_task(take())
        await asyncio.sleep(0)
        assert not third.is_set()

    await waiting
    assert third.is_set()


async def test_a_visit_is_a_turn_and_leaves_the_site_alone_as_its_newest_answer_says() -> None:
    clock = FrozenClock()
    turns = courtesy(clock, per_domain=1)
    order: list[str] = []

    async def ask() -> None:
        async with turns.turn("b.example.org", 443):
            order.append("asked")

    async def visit() -> None:
        async with turns.visit("example.org", 443):
            order.append("visited")

    async with turns.turn("example.org", 443):
        clock.advance(timedelta(seconds=3))
    async with turns.visit("a.example.org", 443):
        others = [apart(ask()), apart(visit())]
        await idle()
        clock.advance(timedelta(seconds=9))  # most of it we waited for a browser
        order.append("left")
    await asyncio.gather(*others)

    assert order == ["left", "asked", "visited"]
    assert clock.slept == [timedelta(seconds=3), timedelta(seconds=3), HALF]


async def test_only_a_visit_that_is_under_way_lets_its_own_tasks_by() -> None:
    turns = courtesy(FrozenClock(), per_domain=1)
    is_over, asked = asyncio.Event(), asyncio.Event()

    async def ask_later() -> None:
        await is_over.wait()
        async with turns.turn("example.org", 443):
            asked.set()

    async with turns.visit("example.org", 443):
        async with turns.turn("example.org", 443):
            pass
        late = asyncio.create_task(ask_later())
    async with turns.turn("example.org", 443):
        is_over.set()
        await idle()
        assert not asked.is_set()
    await late


@pytest.mark.parametrize("breaks_off", [False, True])
async def test_who_gives_up_waiting_or_breaks_off_leaves_the_site_to_the_next(
    breaks_off: bool,
) -> None:
    turns = courtesy(FrozenClock(), per_domain=1)

    async def visit() -> None:
        async with turns.visit("example.org", 443):
            await asyncio.Event().wait()

    first, second = (asyncio.create_task(visit()) for _ in range(2))
    await idle()
    for one in (first, second) if breaks_off else (second, first):
        one.cancel()
    await asyncio.gather(first, second, return_exceptions=True)

    async with turns.turn("example.org", 443):
        pass


async def test_domains_nobody_uses_are_forgotten() -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    for number in range(3000):
        async with turns.turn(f"{number}.example", 443):
            clock.advance(HALF)

    assert len(turns._queues) <= 1024
