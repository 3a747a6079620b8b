"""Asks the resolvers of the default settings, in a network of its own, and tells who was dialled.

Run by ``test_nameservers.py`` under ``unshare --net``, as root. Prints one JSON document.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from archiver.model.inquiry import Ask, Question
from archiver.net.nameservers import NameServers, Server
from archiver.settings import load
from archiver.wiring import policies
from tests.fakes import FrozenClock
from tests.net.canaries import build_network, canaries
from tests.net.nameserver import saying, serve_names

SYSTEM, OTHER = "10.9.9.53", "1.1.1.1"
INSIDE = saying(
    "trap.example A 169.254.169.254",
    "trap.example A 127.0.0.1",
    "trap.example AAAA fd00:ec2::254",
    "trap.example NS 127.0.0.1.",
)


async def probe(home: Path) -> dict[str, object]:
    """Ask for a name whose records lead inside; return what came, and who saw a connection."""
    settings = load(home)
    names = NameServers(
        policies.of_client(settings).resolvers,
        policies.of_guard(settings),
        FrozenClock(),
        system=lambda: (Server(SYSTEM),),
    )
    async with (
        canaries([80, 443]) as watch,
        serve_names(INSIDE, SYSTEM, 53) as ours,
        serve_names(saying(rcode="NXDOMAIN"), OTHER, 53) as public,
    ):
        answer = await names.ask(Question("http://trap.example/", ask=Ask.DNS))
        return {
            "told": json.loads(answer.body),
            "asked": {SYSTEM: sorted(ours.asked), OTHER: sorted(public.asked)},
            "dialled": dict(watch.dialled),
        }


if __name__ == "__main__":
    build_network()
    with tempfile.TemporaryDirectory() as folder:
        json.dump(asyncio.run(probe(Path(folder))), sys.stdout)
