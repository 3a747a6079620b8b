"""What every fetcher promises, the real client on a loopback site and the double alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from archiver.model.inquiry import Answer, Ask, Hop, Outcome, Question
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.ports import Fetcher
from tests.fakes import FrozenClock, ScriptedFetcher, answered, unanswered
from tests.net.site import by_path, redirect, response, serve

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GONE = "http://gone.invalid/"
CONTROL = "control:"


@dataclass(frozen=True)
class World:
    """A fetcher, and the origin it can reach: /page, /old (moves to /page), /missing."""

    fetcher: Fetcher
    origin: str


@pytest.fixture(params=["client", "script"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "script":
        yield World(ScriptedFetcher(script("http://site.example")), "http://site.example")
        return
    talk = by_path(page=response(b"words"), old=redirect("/page"))
    async with serve(talk) as site:
        origin = site.url("")
        policy = ClientPolicy(control_urls=(site.url("/page"),))
        async with Guard(GuardPolicy.build(allow=[site.allow]), FrozenClock(AT)) as guard:
            yield World(Client(guard, policy, FrozenClock(AT)), origin)


def script(origin: str) -> dict[str, Answer]:
    page, old = answered(f"{origin}/page", body=b"words"), f"{origin}/old"
    moved = answered(old, status=302, headers=(("Location", "/page"),))
    hops = (Hop(old, 302, moved.headers, AT, "192.0.2.1"), *page.hops)
    return {
        f"{origin}/page": page,
        old: Answer(
            **{name: getattr(page, name) for name in ("outcome", "at", "url", "status", "body")},
            question=Question(old),
            hops=hops,
            exchanges=moved.exchanges + page.exchanges,
        ),
        f"{origin}/missing": answered(f"{origin}/missing", status=404),
        GONE: unanswered(GONE, Outcome.NO_HOST),
        CONTROL: page,
    }


async def test_an_answer_carries_its_question_and_a_time(world: World) -> None:
    question = Question(f"{world.origin}/page", accept="text/html")

    answer = await world.fetcher.ask(question)

    assert answer.question is question
    assert answer.at.tzinfo is not None


async def test_a_page_is_answered_with_its_status_and_words(world: World) -> None:
    answer = await world.fetcher.ask(Question(f"{world.origin}/page"))

    assert (answer.outcome, answer.status, answer.body) == (Outcome.ANSWERED, 200, b"words")
    assert answer.error is None


async def test_any_status_is_an_answer(world: World) -> None:
    answer = await world.fetcher.ask(Question(f"{world.origin}/missing"))

    assert (answer.outcome, answer.status) == (Outcome.ANSWERED, 404)


async def test_every_hop_is_told_and_has_its_exchange(world: World) -> None:
    answer = await world.fetcher.ask(Question(f"{world.origin}/old"))

    assert [(hop.url, hop.status) for hop in answer.hops] == [
        (f"{world.origin}/old", 302), (f"{world.origin}/page", 200),
    ]  # fmt: skip
    assert [exchange.url for exchange in answer.exchanges] == [hop.url for hop in answer.hops]
    assert answer.url == answer.hops[-1].url


async def test_a_failure_is_an_answer_without_status(world: World) -> None:
    answer = await world.fetcher.ask(Question(GONE))

    assert (answer.outcome, answer.status, answer.body) == (Outcome.NO_HOST, None, b"")
    assert answer.error
    assert (answer.hops, answer.exchanges) == ((), ())


async def test_a_control_question_tells_that_the_network_works(world: World) -> None:
    answer = await world.fetcher.ask(Question(CONTROL, ask=Ask.CONTROL))

    assert answer.outcome is Outcome.ANSWERED


async def test_asking_again_is_asking_anew(world: World) -> None:
    question = Question(f"{world.origin}/page")

    answers = [await world.fetcher.ask(question) for _ in range(3)]

    assert [answer.body for answer in answers] == [b"words"] * 3
