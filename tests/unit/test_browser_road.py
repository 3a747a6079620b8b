"""The road through the browser, where there is none."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from typing_extensions import override

from archiver.capture.pool import BrowserRecorder
from archiver.capture.raw import Raw
from archiver.capture.render import answer_of
from archiver.errors import LaunchError
from archiver.flow.launches import MOST_FAILURES, Launches
from archiver.model.capture import CRASH, Recording
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.ports import CaptureOrder
from archiver.wiring.browser import BothRoads, LazyRecorder
from tests.fakes import FrozenClock
from tests.flow.world import AT, NoBrowser, Web

pytestmark = pytest.mark.anyio

URL = "https://paper.example/a"


def anywhere(_: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


async def unheeded(*_: object) -> None:
    """Hear what a site answered."""


async def test_without_a_browser_a_question_for_it_is_refused_and_the_next_one_tries_again():
    tries = []

    def build() -> BrowserRecorder:
        tries.append(URL)
        raise LaunchError("no browser: type playwright install")

    clock = FrozenClock(datetime(2026, 3, 2, tzinfo=UTC))
    async with LazyRecorder(build, Launches(clock), anywhere, unheeded) as recorder:
        roads = BothRoads(Web(), recorder, clock)
        answers = [await roads.ask(Question(URL, ask=Ask.RENDER)) for _ in range(2)]
        plain = await roads.ask(Question(URL))

    assert [one.outcome for one in answers] == [Outcome.REFUSED] * 2
    assert answers[0].error == "no browser: type playwright install"
    assert plain.status == 404
    assert len(tries) == 2


class Breaking(NoBrowser):
    """A browser that starts, and breaks down at every page."""

    async def __aenter__(self) -> Breaking:
        return self

    @override
    async def record(self, order: CaptureOrder) -> Recording:
        recording = await super().record(order)
        return replace(recording, reason="it broke down", limits=(CRASH,))

    async def render(self, question: Question) -> Answer:
        raw = Raw()
        raw.crash("no memory")
        return answer_of(question, raw, AT)


def order(number: int) -> CaptureOrder:
    url = f"https://site{number}.example/a"
    return CaptureOrder(f"{number}", "/nowhere", url, url, (), (), {})


async def test_a_browser_that_breaks_down_at_page_after_page_is_left_alone():
    launches = Launches(FrozenClock())
    recorder = LazyRecorder(lambda: cast(BrowserRecorder, Breaking()), launches, anywhere, unheeded)

    for number in range(MOST_FAILURES):
        await recorder.record(order(number))

    with pytest.raises(LaunchError, match="browsers keep failing: it broke down"):
        await recorder.record(order(MOST_FAILURES))


async def test_a_breakdown_does_not_count_as_a_start_that_worked():
    launches = Launches(FrozenClock())
    for _ in range(MOST_FAILURES - 1):
        launches.failed("no such file")
    recorder = LazyRecorder(lambda: cast(BrowserRecorder, Breaking()), launches, anywhere, unheeded)

    await recorder.record(order(1))

    assert launches.are_failing


async def test_a_browser_that_breaks_down_at_a_question_is_our_trouble_not_the_site_s():
    clock, launches = FrozenClock(), Launches(FrozenClock())
    recorder = LazyRecorder(lambda: cast(BrowserRecorder, Breaking()), launches, anywhere, unheeded)

    answer = await BothRoads(Web(), recorder, clock).ask(Question(URL, ask=Ask.RENDER))

    assert answer.outcome is Outcome.REFUSED
    assert launches.reason == "the browser broke down: no memory"
