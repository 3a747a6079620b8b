"""Signed webhooks: one POST through the guard, in the form of Standard Webhooks.

Source: the Standard Webhooks specification (standard-webhooks on GitHub), read 2026-11-29: the
signature is over ``id.timestamp.body``; a secret is ``whsec_`` and base64 of 24 to 64 bytes.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import archiver
from archiver.errors import SettingsError
from archiver.model.inquiry import Answer, Question
from archiver.model.news import Heard, Message, News, Told
from archiver.net.client import Client
from archiver.net.urls import read_address
from archiver.notify.wording import document, not_reached, redirected
from archiver.ports import Clock

Wait = Callable[[Answer, datetime], timedelta]
"""How long an answer asks us to wait: ``Retry-After``."""

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
_TURN_S = 30.0  # longest wait for our turn at a domain, where sources are looked at, too
_MAX_ANSWER_BYTES = 64 * 1024  # nobody reads it


class Webhook:
    """Implements :class:`archiver.ports.Teller`.

    Raises:
        AddressError: the address is no http(s) address.
        SettingsError: the secret is none.
    """

    def __init__(
        self, url: str, secret: str, client: Client, clock: Clock, wait_of: Wait, timeout_s: float
    ) -> None:
        self._url = read_address(url).url
        self._key = key_of(secret)
        self._client = client
        self._clock = clock
        self._wait_of = wait_of
        self._timeout_s = timeout_s

    async def tell(self, message: Message) -> Told:
        """Send a message once; only a success (2xx) is an answer that it was taken."""
        body = _body(message)
        at = int(self._clock.now().timestamp())
        question = Question(
            self._url,
            headers=(
                ("Content-Type", "application/json"),
                ("User-Agent", f"citation-archiver/{archiver.__version__}"),
                ("webhook-id", message.id),
                ("webhook-timestamp", str(at)),
                ("webhook-signature", sign(self._key, message.id, at, body)),
            ),
            follow=False,
            max_bytes=_MAX_ANSWER_BYTES,
            method="POST",
            content=body,
        )
        try:
            async with asyncio.timeout(self._timeout_s + _TURN_S):
                answer = await self._client.hand_over(question, self._timeout_s)
        except TimeoutError:
            return Told(Heard.LATER, "our own turn at its domain did not come in time")
        return self._told(answer)

    def bytes_of(self, news: News) -> int:
        """Return how many bytes a message with one news alone has."""
        return len(_body(Message("", news.event.at, (news,))))

    def _told(self, answer: Answer) -> Told:
        status = answer.status
        if status is None:
            why = (answer.error or answer.outcome.value).replace(self._url, "its address")
            return Told(Heard.LATER, not_reached(why))
        if 200 <= status < 300:
            return Told(Heard.TOLD, f"answered {status}")
        if status == 410:
            return Told(Heard.STOPPED, "answered 410: it is gone and wants nothing more")
        if 300 <= status < 400:
            return Told(Heard.LATER, redirected(status))
        wait = self._wait_of(answer, self._clock.now()).total_seconds()
        return Told(Heard.LATER, f"answered {status}", wait_s=wait or None)


def _body(message: Message) -> bytes:
    return json.dumps(document(message), ensure_ascii=True, separators=(",", ":")).encode()


def key_of(secret: str) -> bytes:
    """Return the bytes that sign.

    Raises:
        SettingsError: it is not ``whsec_`` with base64 of 24 to 64 bytes; it is not shown.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        message = (
            f"a webhook's secret is {PREFIX} and base64 of {LEAST_BYTES} to {MOST_BYTES} random "
            "bytes; make one with: echo whsec_$(openssl rand -base64 32)"
        )
        raise SettingsError(message)
    return key


def sign(key: bytes, message_id: str, at: int, body: bytes) -> str:
    """Return the signature of a body, as its header has it."""
    signed = b".".join((message_id.encode(), str(at).encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
