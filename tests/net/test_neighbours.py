"""Processes on one database take turns at a site; two clients with a database stand for them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.errors import TurnError
from archiver.net import limits, presence
from archiver.net.limits import Courtesy, Manners
from archiver.net.presence import Neighbours
from archiver.ports import Turns
from archiver.store.store import SqlStore
from tests.fakes import FrozenClock

pytestmark = pytest.mark.anyio

NOTHING = timedelta(0)
LONG = timedelta(seconds=30)
SITE = ("news.example", 443)


class Counted:
    """The turns of a real database, with how often each was asked for."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.taken = 0

    async def take(self, domain: str, worker: str, lease: timedelta) -> timedelta | None:
        self.taken += 1
        return await self._turns.take(domain, worker, lease)

    async def release(self, domain: str, worker: str, pause: timedelta) -> None:
        await self._turns.release(domain, worker, pause)

    async def hold(self, domain: str, pause: timedelta) -> None:
        await self._turns.hold(domain, pause)


@asynccontextmanager
async def process(
    turns: Turns, name: str, patience: timedelta = NOTHING
) -> AsyncIterator[tuple[Courtesy, FrozenClock]]:
    clock = FrozenClock()
    manners = Manners(spacing=NOTHING)
    courtesy = Courtesy(clock, manners, lambda *_: False, Neighbours(turns, name, patience))
    yield courtesy, clock
    await courtesy.close()


@pytest.fixture
async def turns(tmp_path: Path) -> AsyncIterator[Turns]:
    store = await SqlStore.open(tmp_path)
    yield store.turns
    await store.close()


async def test_while_one_process_asks_a_site_no_other_does(turns: Turns) -> None:
    async with (
        process(turns, "a") as (first, _),
        process(turns, "b") as (second, _),
        first.turn(*SITE),
    ):
        with pytest.raises(TurnError, match=r"another worker is asking news\.example"):
            await _ask(second, "www.news.example")
        await _ask(second, "other.example")


async def test_a_site_is_kept_for_the_next_question_and_given_back_at_the_end(
    turns: Turns,
) -> None:
    async with process(turns, "b") as (second, _):
        async with process(turns, "a") as (first, _):
            async with first.turn(*SITE):
                pass
            with pytest.raises(TurnError):
                async with second.turn(*SITE):
                    raise AssertionError
        async with second.turn(*SITE):
            pass


async def test_one_who_waits_comes_to_it_when_it_is_given_back(turns: Turns) -> None:
    async with process(turns, "b", LONG) as (second, _):
        async with process(turns, "a") as (first, _):
            async with first.turn(*SITE):
                pass
            waiting = asyncio.create_task(_ask(second))
            await asyncio.sleep(0)
        await asyncio.wait_for(waiting, 30)


async def test_many_questions_of_a_visit_are_one_turn(turns: Turns) -> None:
    counted = Counted(turns)
    async with process(counted, "a") as (courtesy, _):
        for _ in range(20):
            await _ask(courtesy)

    assert counted.taken == 1


class Awaited(Counted):
    """Turns that another process waits for: it has them as soon as they are given back."""

    @override
    async def release(self, domain: str, worker: str, pause: timedelta) -> None:
        await super().release(domain, worker, pause)
        await self._turns.take(domain, "b", presence.LEASE)


@pytest.mark.parametrize(("longest_s", "is_let_go"), [(-1.0, True), (3600.0, False)])
async def test_a_site_that_is_asked_without_a_break_is_let_go_after_a_time(
    turns: Turns, monkeypatch: pytest.MonkeyPatch, longest_s: float, is_let_go: bool
) -> None:
    monkeypatch.setattr(presence, "LONGEST_S", longest_s)
    monkeypatch.setattr(presence, "POLL_S", 0.0)
    async with process(Awaited(turns), "a") as (courtesy, _):
        await _ask(courtesy)

        with pytest.raises(TurnError) if is_let_go else nullcontext():
            await _ask(courtesy)


async def test_a_browser_keeps_other_processes_away_and_not_what_its_visit_asks_for(
    turns: Turns,
) -> None:
    async with (
        process(turns, "a") as (first, _),
        process(turns, "b") as (second, _),
        first.visit(*SITE),
    ):
        await _ask(first)
        with pytest.raises(TurnError):
            await _ask(second)


async def test_a_wish_to_be_left_alone_holds_for_all_but_what_is_under_way(turns: Turns) -> None:
    async with process(turns, "b") as (second, _):
        async with process(turns, "a") as (first, _):
            async with first.turn(*SITE):
                await first.obey(*SITE, timedelta(hours=1))
            await _ask(first)  # the look that met it asks its second question
        with pytest.raises(TurnError, match="asked to be left alone") as met:
            await _ask(second)

    assert 3500 < met.value.wait_s <= 3600


async def test_a_wish_to_be_left_alone_holds_at_once_for_other_looks_of_the_same_process(
    turns: Turns,
) -> None:
    async with process(turns, "a") as (courtesy, _):
        async with courtesy.turn(*SITE):
            await courtesy.obey(*SITE, timedelta(hours=1))
        with pytest.raises(TurnError, match="asked to be left alone"):
            await asyncio.create_task(_ask(courtesy))
        await _ask(courtesy)


async def test_what_a_visit_asks_for_belongs_to_the_look_that_met_the_wish(turns: Turns) -> None:
    async def is_told_to_wait() -> None:
        await courtesy.obey(*SITE, timedelta(hours=1))

    async with process(turns, "a") as (courtesy, _):
        async with courtesy.visit(*SITE):
            await asyncio.create_task(is_told_to_wait())  # by one medium of the page
            await asyncio.create_task(_ask(courtesy))  # the next one
        await _ask(courtesy)


async def test_others_of_the_process_wait_for_the_end_of_a_short_wish(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = timedelta(seconds=10)
    async with process(turns, "a", LONG) as (courtesy, clock):
        monkeypatch.setattr(presence, "_now", lambda: clock.steady().total_seconds())
        async with courtesy.turn(*SITE):
            await courtesy.obey(*SITE, short)
        await asyncio.create_task(_ask(courtesy))

    assert clock.slept == [short]


async def test_a_site_that_is_not_asked_after_all_is_given_back(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "UNDER_WAY_S", -1.0)
    monkeypatch.setattr(presence, "IDLE_S", 0.0)
    async with (
        process(turns, "a") as (first, _),
        process(turns, "b", timedelta(seconds=5)) as (second, _),
    ):
        async with first.turn(*SITE):
            await first.obey(*SITE, timedelta(hours=1))
        with pytest.raises(TurnError):
            await _ask(first)
        with pytest.raises(TurnError, match="asked to be left alone"):
            await _ask(second)


async def test_nobody_can_send_us_away_for_good(turns: Turns) -> None:
    async with process(turns, "a") as (first, _):
        await first.obey(*SITE, timedelta(days=4000))
        with pytest.raises(TurnError) as met:
            await _ask(first)

    assert met.value.wait_s <= timedelta(days=7).total_seconds()


@pytest.mark.parametrize("remembered", [1, 1024])
async def test_a_site_s_pause_is_left_to_the_next_process(
    turns: Turns, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(limits, "_REMEMBERED", remembered)
    async with process(turns, "a") as (first, clock):
        await _ask(first)
        await _ask(first, "other.example")
        async with first.turn(*SITE):
            clock.advance(timedelta(seconds=9))  # the answer took so long
    async with process(turns, "b", LONG) as (second, clock):
        await _ask(second)

    assert [timedelta(seconds=8) < pause <= timedelta(seconds=9) for pause in clock.slept] == [True]


async def test_a_browser_leaves_a_site_alone_as_long_as_a_request_does(turns: Turns) -> None:
    async with process(turns, "a") as (courtesy, clock):
        async with courtesy.turn(*SITE):
            clock.advance(timedelta(seconds=9))
        async with courtesy.visit(*SITE):
            pass

    assert clock.slept == [timedelta(seconds=9)]


class Stuck(Counted):
    """Turns of which one does not come when it is prolonged; ``others`` tells that others do."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(turns)
        self.others = asyncio.Event()
        self._asked: Counter[str] = Counter()

    @override
    async def take(self, domain: str, worker: str, lease: timedelta) -> timedelta | None:
        self._asked[domain] += 1
        if domain == "stuck.example" and self._asked[domain] > 1:
            await asyncio.Event().wait()
        if domain == SITE[0] and self._asked[domain] > 3:
            self.others.set()
        return await super().take(domain, worker, lease)


async def test_a_turn_that_is_waited_for_keeps_no_other_from_being_prolonged(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "PROLONG_S", 0.01)
    stuck = Stuck(turns)
    async with (
        process(stuck, "a") as (courtesy, _),
        courtesy.turn("stuck.example", 443),
        courtesy.turn(*SITE),
    ):
        await asyncio.wait_for(stuck.others.wait(), 30)


async def test_a_site_is_not_asked_on_a_turn_whose_lease_ran_out(turns: Turns) -> None:
    async with process(turns, "a") as (first, clock), process(turns, "b") as (second, _):
        await _ask(first)
        clock.advance(presence.LEASE)  # the machine slept, or the database was out of reach
        await turns.release(SITE[0], "a", NOTHING)
        async with second.turn(*SITE):
            with pytest.raises(TurnError, match="another worker is asking"):
                await _ask(first)


async def test_a_turn_that_runs_out_while_a_site_is_left_alone_is_taken_anew(turns: Turns) -> None:
    counted = Counted(turns)
    async with process(counted, "a") as (courtesy, clock):
        await _ask(courtesy)
        async with courtesy.turn(*SITE):
            clock.advance(timedelta(seconds=20))  # the answer took so long; so is the pause
        await _ask(courtesy)

    assert counted.taken == 3


async def _ask(courtesy: Courtesy, host: str = SITE[0]) -> None:
    async with courtesy.turn(host, 443):
        pass
