"""Tries to get inside through client and guard, in a network of its own, and counts who was reached.

Run by ``test_ssrf.py`` under ``unshare --net``, as root; see ``canaries.py``. Prints one JSON
document.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from archiver.model.inquiry import Question
from archiver.net.client import Client
from archiver.net.guard import Guard, Passage
from archiver.net.policy import ClientPolicy, GuardPolicy, Limits
from tests.fakes import FrozenClock
from tests.net.canaries import OWN_PUBLIC, build_network, canaries
from tests.net.payloads import PORTS, PUBLIC, hosts, urls

PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
AT_ONCE = 8
RACES = 200


class Names:
    """A name server in an attacker's hands."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def __call__(self, host: str) -> list[str]:
        self.asked[host] += 1
        first = host.split(".", maxsplit=1)[0]
        if host.endswith(".nip.example"):
            return [host.removesuffix(".nip.example")]
        if first == "slow":
            await asyncio.Event().wait()
        if first.startswith("flip"):
            await asyncio.sleep(0)
            return [PUBLIC] if self.asked[host] == 1 else ["127.0.0.1"]
        answers = {
            "mixed": ["127.0.0.1", PUBLIC],
            "mixed-last": [PUBLIC, PUBLIC_V6, "::ffff:127.0.0.1"],
            "many": [f"93.184.215.{n}" for n in range(16)] + ["127.0.0.1"],
            "inside-4": ["169.254.169.254"],
            "inside-6": ["fd00:ec2::254"],
            "mapped": ["::ffff:a9fe:a9fe"],
            "nat64": ["64:ff9b::a9fe:a9fe"],
            "sixto4": ["2002:7f00:1::1"],
            "zone": ["fe80::1%lo"],
            "junk": ["127.1"],
            "nothing": [],
            "own": [OWN_PUBLIC],
            "public": [PUBLIC, PUBLIC_V6],
        }
        if first in answers:
            return answers[first]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")


@asynccontextmanager
async def door() -> AsyncIterator[tuple[Guard, Client]]:
    limits = Limits(resolve_s=0.2, connect_s=2, requests=1_000_000)
    clock = FrozenClock()
    async with Guard(GuardPolicy(limits=limits), clock, Names()) as guard:
        yield guard, Client(guard, ClientPolicy(deadline_s=5, tls_invalid="capture"), clock)


async def in_turns(work: list[str], do: object) -> None:
    """Run one coroutine function over all items, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: str) -> None:
        async with gate:
            await do(item)  # type: ignore[operator]

    await asyncio.gather(*(one(item) for item in work))


async def say(passage: Passage, request: str) -> None:
    """Say something to the guard by hand, and what HTTP would, were it let through."""
    reader, writer = await asyncio.open_connection("127.0.0.1", passage.port)
    try:
        writer.write(request.encode("utf-8", "surrogatepass"))
        if b" 200 " in await reader.readline():
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.read()
    except ConnectionError:
        return
    finally:
        writer.transport.abort()


async def probe() -> dict[str, object]:
    """Ask everything in four ways; return figures."""
    outcomes: Counter[str] = Counter()
    async with (
        canaries(map(int, PORTS)) as watch,
        door() as (guard, client),
        await guard.open("raw") as raw,
    ):

        async def ask(url: str) -> None:
            outcomes[(await client.ask(Question(url))).outcome] += 1

        async def ask_by_hand(host: str) -> None:
            target = host if host.rpartition(":")[2].isdigit() else f"{host}:80"
            await say(raw, f"CONNECT {target} HTTP/1.1\r\n\r\n")
            await say(raw, f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n")
            await say(raw, f"GET http://{host}/ HTTP/1.1\r\nHost: {PUBLIC}\r\n\r\n")

        await in_turns(urls(), ask)
        direct = dict(watch.hits)
        await in_turns(hosts(), ask_by_hand)
        by_hand = dict(watch.hits)
        reached = 0
        for url in urls():
            watch.location = url
            before = watch.dialled[PUBLIC]
            await ask(f"http://{PUBLIC}/")
            reached += watch.dialled[PUBLIC] > before
        watch.location = ""
        redirected = dict(watch.hits)
        await in_turns([f"flip-{n % RACES}.example" for n in range(3 * RACES)], ask_by_hand)
        raced = dict(watch.hits)
        await in_turns([f"http://public.example/{n}" for n in range(20)], ask)
        await ask(f"http://[{PUBLIC_V6}]/")
        seen_v6 = watch.dialled[PUBLIC_V6]
        reader, writer = await asyncio.open_connection("10.9.9.9", 80)
        await reader.read()
        writer.close()
        return {
            "urls": len(urls()),
            "hosts": len(hosts()),
            "hits_direct": direct,
            "hits_by_hand": by_hand,
            "hits_by_redirect": redirected,
            "hits_by_race": raced,
            "redirects_served": reached,
            "outcomes": dict(outcomes),
            "public_v4": watch.dialled[PUBLIC],
            "public_v6": seen_v6,
            "canary_sees": watch.dialled["10.9.9.9"],
        }


if __name__ == "__main__":
    build_network()
    json.dump(asyncio.run(probe()), sys.stdout)
