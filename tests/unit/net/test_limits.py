from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
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


async def test_domains_nobody_uses_are_forgotten() -> None:
    clock = FrozenClock()
    turns = courtesy(clock)

    for number in range(3000):
        async with turns.turn(f"{number}.example", 443):
            clock.advance(HALF)

    assert len(turns._queues) <= 1024
