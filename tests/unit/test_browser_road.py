"""The road through the browser, where there is none."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime

import pytest

from archiver.capture.pool import BrowserRecorder
from archiver.errors import CaptureError
from archiver.flow.launches import Launches
from archiver.model.inquiry import Ask, Outcome, Question
from archiver.wiring.browser import BothRoads, LazyRecorder
from tests.fakes import FrozenClock
from tests.flow.world import Web

pytestmark = pytest.mark.anyio

URL = "https://paper.example/a"


def anywhere(_: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


async def test_without_a_browser_a_question_for_it_is_refused_and_the_next_one_tries_again():
    tries = []

    def build() -> BrowserRecorder:
        tries.append(URL)
        raise CaptureError("no browser: type playwright install")

    clock = FrozenClock(datetime(2026, 3, 2, tzinfo=UTC))
    async with LazyRecorder(build, Launches(clock), anywhere) as recorder:
        roads = BothRoads(Web(), recorder, clock)
        answers = [await roads.ask(Question(URL, ask=Ask.RENDER)) for _ in range(2)]
        plain = await roads.ask(Question(URL))

    assert [one.outcome for one in answers] == [Outcome.REFUSED] * 2
    assert answers[0].error == "no browser: type playwright install"
    assert plain.status == 404
    assert len(tries) == 2
