"""One process at one site: its requests and its browser's visits, over real sockets.

What the browser does in a visit, a bare request does here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from archiver.model.inquiry import Outcome, Question
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.limits import Manners, registrable_domain
from archiver.net.policy import ClientPolicy, GuardPolicy
from tests.fakes import FrozenClock
from tests.net.site import Reader, Site, Talk, Writer, response, serve
from tests.strangers import TUNNEL, upstream

pytestmark = pytest.mark.anyio

LOOKS = 200  # of the loop at what is there to be done, while an answer is on its way
HUNG_S = 30


@dataclass
class Counted:
    """Strangers' hosts that count who is at each domain at once.

    Each answers as soon as ``together`` are there, and looks for more a while.
    """

    together: int = 1
    there: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    served: int = 0

    def __post_init__(self) -> None:
        self._barrier = asyncio.Barrier(self.together)

    async def talk(self, head: bytes, reader: Reader, writer: Writer) -> None:
        if head.startswith(b"CONNECT"):
            writer.write(TUNNEL)
            head = await reader.readuntil(b"\r\n\r\n")
        host = next(line for line in head.decode().split("\r\n") if line.startswith("Host: "))
        domain = registrable_domain(host.removeprefix("Host: "))
        self.there[domain] += 1
        self.most[domain] = max(self.most[domain], self.there[domain])
        await self._barrier.wait()
        for _ in range(LOOKS):
            await asyncio.sleep(0)
        self.there[domain] -= 1
        self.served += 1
        writer.write(response(b"the page"))


@asynccontextmanager
async def client(talk: Talk, at_once: int = 1) -> AsyncIterator[tuple[Client, Site]]:
    manners = Manners(at_once, spacing=timedelta(0), factor=0)
    clock = FrozenClock()
    async with serve(talk) as site:
        policy = GuardPolicy.build(upstream=upstream(site.port))
        async with Guard(policy, clock) as guard, asyncio.timeout(HUNG_S):
            yield Client(guard, ClientPolicy(manners=manners), clock), site


async def ask(asking: Client, url: str) -> None:
    assert (await asking.ask(Question(url))).outcome is Outcome.ANSWERED


async def visit(asking: Client, site: Site, url: str, *others: str) -> None:
    """Be at a page as a browser is; meanwhile its media are asked for."""
    async with asking.visit(url), asyncio.TaskGroup() as media:
        for other in others:
            media.create_task(ask(asking, other))
        await browse(site, url)


async def browse(site: Site, url: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: {urlsplit(url).hostname}\r\n\r\n".encode())
    await reader.read()
    writer.close()


@pytest.mark.parametrize("at_once", [1, 2])
async def test_no_more_requests_and_visits_than_the_limit_are_at_a_domain(at_once: int) -> None:
    counted = Counted(together=at_once)
    async with client(counted.talk, at_once) as (asking, site), asyncio.TaskGroup() as tasks:
        for number in range(4):
            tasks.create_task(visit(asking, site, f"http://s{number}.news.example/page"))
            tasks.create_task(ask(asking, f"http://t{number}.news.example/file"))

    assert (counted.served, counted.most) == (8, {"news.example": at_once})


async def test_what_a_visit_asks_for_itself_goes_on_at_whatever_site_others_visit() -> None:
    """Pages that show one another's pictures: all visits are under way before one is asked."""
    hosts = [f"www.paper{number}.example" for number in range(3)]
    pictures = [f"http://{host}/{number}.png" for host in hosts for number in range(3)]
    counted = Counted()
    all_there = asyncio.Barrier(len(hosts))

    async def read(url: str) -> None:
        async with asking.visit(url):
            await all_there.wait()
            await asyncio.gather(browse(site, url), *(ask(asking, one) for one in pictures))

    async with client(counted.talk) as (asking, site), asyncio.TaskGroup() as tasks:
        for host in hosts:
            tasks.create_task(read(f"http://{host}/page"))

    assert counted.served == len(hosts) * (1 + len(pictures))
    assert max(counted.most.values()) <= 2  # the page, and one picture at a time


async def test_a_visit_with_media_lets_the_next_one_come_when_it_is_over() -> None:
    counted = Counted()
    picture = "http://files.news.example/a.png"
    async with client(counted.talk) as (asking, site), asyncio.TaskGroup() as tasks:
        for number in range(3):
            page = f"http://news.example/{number}"
            tasks.create_task(visit(asking, site, page, picture, picture))
            tasks.create_task(ask(asking, f"{page}.txt"))

    assert counted.served == 12
    assert counted.most["news.example"] <= 2  # the page, and a picture of its visit


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1:8443", True),
        ("[::1]:8443", True),
        ("10.1.2.3:443", True),
        ("192.168.1.2:443", True),
        ("[fd00::1]:443", True),
        ("169.254.1.1:443", True),
        ("[fe80::1]:443", True),
        ("9.9.9.9:443", False),
        ("[2620:fe::fe]:443", False),
        ("100.64.0.1:443", False),
    ],
)
async def test_a_mapped_name_is_a_machine_of_one_s_own_only_near_by(
    address: str, is_own: bool
) -> None:
    clock = FrozenClock()
    guarded = GuardPolicy.build(host_map={"x.com:443": address})
    async with Guard(guarded, clock) as guard:
        asking = Client(guard, ClientPolicy(), clock)
        for _ in range(2):
            async with asking.visit("https://x.com/"):
                pass

    assert (clock.slept == []) is is_own
