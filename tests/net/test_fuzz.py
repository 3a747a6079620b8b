"""Garbage on either side of the door: an answer or a refusal, never an exception, never a hang."""

from __future__ import annotations

import asyncio
import random

import pytest

from archiver.model.inquiry import Outcome, Question
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy, Limits
from tests.fakes import FrozenClock
from tests.net.site import Reader, Writer, serve

pytestmark = pytest.mark.anyio

REQUESTS = (
    b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
    b"GET http://a.invalid/x?y HTTP/1.1\r\nHost: a.invalid\r\nContent-Length: 3\r\n\r\nabc",
    b"POST http://[::1]:80/ HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
)
RESPONSES = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b; Path=/; Expires=x\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: x\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
    b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 3\r\n\r\n\x78\x9c\x03",
)


def mangle(dice: random.Random, seed: bytes) -> bytes:
    """Change a few places of a message: flip, cut, repeat, insert what parsers trip over."""
    data = bytearray(seed)
    tokens = [b"\r\n", b"\n", b"\r", b"\x00", b":", b" ", b"\t", b"\xff", b"%", b"@", b"\\", b"-1"]
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        changes = [
            dice.randbytes(dice.randint(1, 3)),
            dice.choice(tokens) * dice.choice([1, 1, 2, 300]),
            bytes(data[:at]),
        ]
        data[at : at + dice.choice([0, 0, 1, 5, 50])] = dice.choice(changes)
    return bytes(data)


async def throw(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_the_guard_survives_any_request() -> None:
    dice = random.Random(1)
    policy = GuardPolicy(limits=Limits(requests=10_000))

    async with Guard(policy, FrozenClock()) as guard, await guard.open("fuzz") as passage:
        for number in range(1500):
            await throw(passage.port, mangle(dice, REQUESTS[number % len(REQUESTS)]))
        sane = await throw(passage.port, REQUESTS[0])

    assert sane.startswith(b"HTTP/1.1 403 ")
    assert passage.usage.connections == 0


async def test_the_client_answers_whatever_a_site_says() -> None:
    dice = random.Random(2)
    said = b""

    async def talk(_head: bytes, _reader: Reader, writer: Writer) -> None:
        writer.write(said)

    async with serve(talk) as site:
        policy = GuardPolicy.build(allow=[site.allow])
        async with Guard(policy, FrozenClock()) as guard:
            client = Client(guard, ClientPolicy(deadline_s=5), FrozenClock())
            outcomes = set()
            for number in range(1500):
                said = mangle(dice, RESPONSES[number % len(RESPONSES)])
                answer = await client.ask(Question(site.url()))
                outcomes.add(answer.outcome)

    assert outcomes >= {Outcome.ANSWERED, Outcome.TRUNCATED, Outcome.UNREACHABLE, Outcome.REFUSED}
    assert Outcome.TIMEOUT not in outcomes
