"""A look with the real client, over loopback: what is asked when a page that came is doubtful."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.flow.observe import Look, observe
from archiver.model.inquiry import Ask, Wall
from archiver.model.signals import Signal
from archiver.platforms import recognise
from archiver.settings import load
from archiver.wiring import Archive
from archiver.wiring.roads import made_up_name
from tests.answers.pages import ARTICLE, NOT_FOUND, titled
from tests.fakes import FrozenClock
from tests.net.site import Reader, Writer, response, serve

pytestmark = pytest.mark.anyio

HOST = "news.example"
URL = f"http://{HOST}/2020/tower.html"
WELCOME = titled("The News", "<p>" + "Welcome to our new home, where all is bright and clean. " * 8)


@dataclass
class Town:
    """A site whose pages change, and the control address of the same network."""

    page: bytes = ARTICLE.encode()
    otherwise: bytes = WELCOME.encode()
    status: int = 200
    control: bytes = b""
    paths: list[str] = field(default_factory=list)

    async def talk(self, head: bytes, _reader: Reader, writer: Writer) -> None:
        path = head.split(b" ")[1].decode()
        self.paths.append(path)
        if path == "/generate_204":
            writer.write(response(self.control, status=200 if self.control else 204))
            return
        is_asked = path == "/2020/tower.html"
        kind = b"Content-Type: text/html; charset=utf-8"
        body, status = (self.page, 200) if is_asked else (self.otherwise, self.status)
        writer.write(response(body, kind, status=status))


@dataclass
class World:
    """An archive that sees the town and nothing else."""

    archive: Archive
    town: Town
    clock: FrozenClock

    async def look(self, url: str = URL) -> Look:
        outside = self.archive.outside
        self.clock.advance(timedelta(days=1))
        now = self.clock.now()
        source = await outside.store.sources.register(recognise(url), None, now)
        claim = await outside.store.claims.claim(source.id, "w", timedelta(minutes=1))
        assert claim is not None
        look = await observe(source, claim, outside)
        await outside.store.claims.release(claim)
        return look


@asynccontextmanager
async def world(home: Path) -> AsyncIterator[World]:
    town, clock = Town(), FrozenClock()
    async with serve(town.talk) as site:
        net = {
            "allow": [site.allow],
            "host_map": {f"{HOST}:80": f"127.0.0.1:{site.port}"},
            "control_urls": [site.url("/generate_204")],
            "resolvers": [],
            "rdap": "",
        }
        async with Archive(settings=load(home, {"net": net}), clock=clock) as archive:
            yield World(archive, town, clock)


async def test_a_greeting_served_for_anything_in_the_place_of_a_page_is_a_soft_404(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as there:
        first = await there.look()
        there.town.page = WELCOME.encode()
        then = await there.look()
        paths = list(there.town.paths)
        again = await there.look()
        body = await there.archive.outside.files.blob(then.answers[-1].body_sha256)

    assert first.observation.reading.signal is Signal.PRESENT
    assert [answer.question.ask for answer in first.answers] == [Ask.HTTP]
    reading = then.observation.reading
    assert (reading.signal, reading.confirmed) == (Signal.SOFT_404, True)
    asks = [answer.ask for answer in then.observation.answers]
    assert asks == [Ask.HTTP, Ask.CONTROL, Ask.DNS, Ask.REGISTRY, Ask.SIBLING]
    assert body == WELCOME.encode()
    assert paths[-1].startswith("/2020/")
    assert len(paths[-1]) == len("/2020/.html") + len(made_up_name())
    assert again.observation.reading.signal is Signal.SOFT_404
    assert len(there.town.paths) == len(paths) + 2  # the page and the control, no second sibling


async def test_where_absence_is_told_another_page_is_only_another_page(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        await there.look()
        there.town.page, there.town.status = WELCOME.encode(), 404
        there.town.otherwise = NOT_FOUND.encode()
        then = await there.look()

    assert then.observation.reading.signal is Signal.PRESENT
    assert then.answers[-1].status == 404


async def test_a_portal_between_us_and_the_world_is_our_own_side(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        await there.look()
        there.town.page = there.town.otherwise = there.town.control = WELCOME.encode()
        then = await there.look()

    reading = then.observation.reading
    assert (reading.signal, reading.wall) == (Signal.OFFLINE, Wall.LOCAL)
    assert [answer.question.ask for answer in then.answers] == [Ask.HTTP, Ask.CONTROL]
