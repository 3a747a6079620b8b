"""Webhooks over real sockets and the real guard."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from archiver.errors import AddressError, SettingsError
from archiver.flow.patience import asked_to_wait
from archiver.model.news import Cited, Heard, Told
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.notify.webhook import Webhook, key_of, sign
from tests import build
from tests.fakes import FrozenClock
from tests.net.site import redirect, response
from tests.notify.receiver import Receiver, receiver

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@asynccontextmanager
async def webhook(there: Receiver, *, allowed: bool = True) -> AsyncIterator[Webhook]:
    clock = FrozenClock()
    policy = GuardPolicy.build(allow=[there.site.allow] if allowed else [])
    async with Guard(policy, clock) as guard:
        client = Client(guard, ClientPolicy(robots="respect"), clock)
        yield Webhook(there.url(), SECRET, client, clock, asked_to_wait, 60)


async def heard(*answers: bytes | int) -> Told:
    async with receiver(*answers) as there, webhook(there) as hook:
        return await hook.tell(build.message())


def test_a_signature_is_that_of_the_standard():
    # The example of the Standard Webhooks libraries' own tests.
    signed = sign(
        key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_message_arrives_signed_over_id_time_and_body() -> None:
    message = build.message()

    async with receiver() as there, webhook(there) as hook:
        told = await hook.tell(message)

    (posted,) = there.posted
    signed = b".".join(
        [
            posted.field("webhook-id").encode(),
            posted.field("webhook-timestamp").encode(),
            posted.body,
        ]
    )
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert posted.field("webhook-signature") == f"v1,{base64.b64encode(digest).decode()}"
    assert posted.field("webhook-id") == message.id
    assert posted.field("content-type") == "application/json"
    assert posted.document["data"]["news"][0]["word"] == "gone"
    assert told == Told(Heard.TOLD, "answered 204")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (200, Told(Heard.TOLD, "answered 200")),
        (400, Told(Heard.LATER, "answered 400")),
        (503, Told(Heard.LATER, "answered 503")),
        (410, Told(Heard.STOPPED, "answered 410: it is gone and wants nothing more")),
        (
            response(b"", b"Retry-After: 120", status=429),
            Told(Heard.LATER, "answered 429", wait_s=120.0),
        ),
    ],
)
async def test_only_a_success_means_that_it_was_taken(answer: int | bytes, expected: Told) -> None:
    assert await heard(answer) == expected


MANY = tuple(
    Cited(f"01A{n:05d}", f"Title {n} “д” " * 9, f"https://news.example/{n}", n, "word " * 40)
    for n in range(20_000)
)


async def test_news_that_twenty_thousand_articles_cite_is_taken() -> None:
    async with receiver() as there, webhook(there) as hook:
        told = await hook.tell(build.message(build.news(cited=MANY)))

    assert told.heard is Heard.TOLD
    (news,) = there.posted[0].document["data"]["news"]
    assert (len(news["cited_in"]), news["cited_more"]) == (20, 19_980)


async def test_a_hundred_news_that_many_articles_cite_are_taken_in_one_message() -> None:
    async with receiver() as there, webhook(there) as hook:
        told = await hook.tell(build.message(*(build.news(cited=MANY[:150]) for _ in range(100))))

    assert told.heard is Heard.TOLD


async def test_what_news_weigh_is_no_less_than_what_their_message_weighs() -> None:
    news = [build.news(cited=MANY[:number]) for number in (0, 1, 5, 20, 150)]

    async with receiver() as there, webhook(there) as hook:
        await hook.tell(build.message(*news))
        weight = sum(hook.bytes_of(one) for one in news)

    assert len(there.posted[0].body) <= weight


async def test_a_redirect_is_not_followed() -> None:
    async with receiver() as elsewhere:
        told = await heard(redirect(elsewhere.url(), status=307))

        assert elsewhere.posted == []
    assert told.heard is Heard.LATER
    assert "redirects are not followed" in (told.note or "")


async def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    async with receiver() as there, webhook(there, allowed=False) as hook:
        told = await hook.tell(build.message())

    assert (told.heard, there.posted) == (Heard.LATER, [])
    assert "net.allow" in (told.note or "")


async def test_an_answer_that_breaks_off_before_its_head_is_no_success() -> None:
    assert (await heard(b"HTTP/1.1 2")).heard is Heard.LATER


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", "plain"])
def test_a_secret_that_is_none_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(SettingsError, match="openssl rand") as refused:
        key_of(secret)

    assert secret in ("", "whsec_") or secret not in str(refused.value)


async def test_an_address_that_is_no_web_address_is_refused() -> None:
    clock = FrozenClock()
    async with Guard(GuardPolicy.build(), clock) as guard:
        client = Client(guard, ClientPolicy(), clock)
        with pytest.raises(AddressError):
            Webhook("mailto:a@b", SECRET, client, clock, asked_to_wait, 60)
