"""Tries to get inside through client and guard, in a network of its own, and counts who was reached.

Run by ``test_ssrf.py`` under ``unshare --net``, as root. In that network every address of the
Internet, private or public, is this machine, and canaries listen on all of them: whatever is
dialled, by whatever mistake, is a connection that a canary sees together with the address it was
meant for. Prints one JSON document.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from archiver.model.inquiry import Question
from archiver.net.client import Client
from archiver.net.guard import Guard, Passage
from archiver.net.policy import ClientPolicy, GuardPolicy, Limits
from tests.fakes import FrozenClock
from tests.net.payloads import PORTS, PUBLIC, hosts, urls
from tests.net.ranges import is_closed

PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
OWN_PUBLIC = "198.41.0.4"
AT_ONCE = 8
RACES = 200


@dataclass
class Canaries:
    """Who was dialled: each connection's own address is the one its client meant."""

    dialled: Counter[str] = field(default_factory=Counter)
    location: str = ""

    def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dialled[writer.get_extra_info("sockname")[0]] += 1
        moved = f"HTTP/1.1 302 Found\r\nLocation: {self.location}\r\n" if self.location else ""
        head = moved or "HTTP/1.1 200 OK\r\n"
        writer.write(f"{head}Content-Length: 6\r\n\r\ninside".encode("utf-8", "surrogatepass"))
        writer.close()

    @property
    def hits(self) -> dict[str, int]:
        """Connections to closed addresses, and to this machine's own public one."""
        return {ip: n for ip, n in self.dialled.items() if _is_inside(ip)}


def _is_inside(ip: str) -> bool:
    address = ip_address(ip)
    return ip == OWN_PUBLIC or is_closed(int(address), address.version)


def build_network() -> None:
    """Make every address local to this network namespace."""
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        f"ip address add {OWN_PUBLIC}/32 dev lo",
    ):
        subprocess.run(command.split(), check=True)


@asynccontextmanager
async def canaries() -> AsyncIterator[Canaries]:
    watch = Canaries()
    servers = [
        await asyncio.start_server(watch.answer, host, int(port))
        for port in PORTS
        for host in ("0.0.0.0", "::")
    ]
    yield watch
    for server in servers:
        server.close()


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
    async with canaries() as watch, door() as (guard, client), await guard.open("raw") as raw:

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
        socket.create_connection(("10.9.9.9", 80)).close()
        await asyncio.sleep(0.1)
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
