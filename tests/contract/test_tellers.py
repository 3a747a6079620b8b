"""Notifiers, and the double that stands for them: each takes a message, or says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from archiver.flow.patience import asked_to_wait
from archiver.model.news import Heard, Told
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.notify.apprise import AppriseTarget
from archiver.notify.webhook import Webhook
from archiver.ports import Teller
from tests import build
from tests.fakes import FrozenClock, Listener
from tests.notify.receiver import receiver

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Counted = tuple[Teller, Callable[[], int]]


@pytest.fixture(params=["double", "webhook", "apprise"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def teller(kind: str, status: int) -> AsyncIterator[Counted]:
    """A notifier whose server answers with a status, and how often it was reached."""
    clock = FrozenClock()
    if kind == "double":
        taken = Told(Heard.TOLD) if status == 200 else Told(Heard.LATER, f"answered {status}")
        double = Listener(taken)
        yield double, lambda: len(double.heard)
        return
    async with receiver(status) as there:
        policy = GuardPolicy.build(allow=[there.site.allow])
        async with Guard(policy, clock) as guard:
            client = Client(guard, ClientPolicy(), clock)
            made: Teller = (
                Webhook(there.url(), SECRET, client, clock, asked_to_wait, 60)
                if kind == "webhook"
                else AppriseTarget(f"json://127.0.0.1:{there.site.port}/", guard, 60)
            )
            yield made, lambda: len(there.posted)


async def test_a_message_that_is_taken_arrived_once(kind: str) -> None:
    async with teller(kind, 200) as (one, reached):
        told = await one.tell(build.message())

        assert (told.heard, reached()) == (Heard.TOLD, 1)


async def test_a_message_that_is_not_taken_says_why_and_is_not_sent_twice(kind: str) -> None:
    async with teller(kind, 500) as (one, reached):
        told = await one.tell(build.message())

        assert (told.heard, reached()) == (Heard.LATER, 1)
        assert told.note
