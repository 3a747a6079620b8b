"""Visits of one site, by real browsers, with requests between: one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.capture.locate import find_browser
from archiver.capture.policy import CapturePolicy
from archiver.capture.pool import BrowserRecorder
from archiver.errors import TurnError
from archiver.flow.launches import Launches
from archiver.model.capture import CaptureOutcome
from archiver.model.inquiry import Ask, Outcome, Question
from archiver.model.post import Medium
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.limits import Manners
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.net.presence import Neighbours
from archiver.ports import CaptureOrder
from archiver.store.store import SqlStore
from archiver.wiring.browser import BothRoads, LazyRecorder
from tests.capture.conftest import QUICK, SystemClock
from tests.site import png
from tests.strangers import asked_for, upstream

pytestmark = pytest.mark.anyio

SEAL = png(8, 8, (90, 90, 160))
PAGE = (
    "<!doctype html><title>Minutes</title><link rel=icon href='data:,'>"
    "<p>The bridge was closed.</p><img src='{path}/seal.png'>"
)


class Paper:
    """A stranger's site of pages with a picture each; ``asked`` are the paths in order.

    ``head`` begins its answers.
    """

    def __init__(self, head: str = "HTTP/1.1 200 OK") -> None:
        self.asked: list[str] = []
        self._head = head

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = await anext(asked_for(reader, writer))
            self.asked.append(path)
            is_page = path.startswith("/page") and not path.endswith(".png")
            body = PAGE.format(path=path).encode() if is_page else SEAL
            kind = "text/html" if is_page else "image/png"
            head = f"{self._head}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        except (OSError, EOFError, ValueError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def at(
    paper: Paper, neighbours: Neighbours | None = None, capturing: CapturePolicy = QUICK
) -> AsyncIterator[tuple[BothRoads, LazyRecorder]]:
    """Lead all roads to a site."""
    clock, browser = SystemClock(), str(find_browser(None).path)
    server = await asyncio.start_server(paper.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    policy = ClientPolicy(manners=Manners(factor=0))
    async with server, Guard(GuardPolicy.build(upstream=upstream(port)), clock) as guard:
        client = Client(guard, policy, clock, neighbours=neighbours)

        def build() -> BrowserRecorder:
            return BrowserRecorder(guard, client, capturing, clock, browser)

        async with LazyRecorder(build, Launches(clock), client.visit, client.heed) as recorder:
            yield BothRoads(client, recorder, clock), recorder
        await client.close()


async def test_browsers_and_requests_come_to_a_site_one_after_another(tmp_path: Path) -> None:
    paper = Paper()
    async with at(paper) as (roads, recorder):
        ways = (
            recorder.record(order(1, tmp_path)),
            roads.ask(Question("http://www.paper.example/file/1")),
            recorder.record(order(2, tmp_path)),
            roads.ask(Question("http://paper.example/page/3", ask=Ask.RENDER)),
            roads.ask(Question("http://paper.example/file/2")),
        )
        first, _, second, rendered, _ = await asyncio.gather(*ways)

    assert [one.outcome for one in (first, second)] == [CaptureOutcome.COMPLETE] * 2
    assert rendered.outcome is Outcome.ANSWERED
    media = {"/media/1.png", "/media/2.png"}
    assert media < set(paper.asked)
    assert [path for path in paper.asked if path not in media] == [
        "/page/1", "/page/1/seal.png", "/file/1", "/page/2", "/page/2/seal.png",
        "/page/3", "/page/3/seal.png", "/file/2",
    ]  # fmt: skip


@pytest.mark.parametrize("is_capture", [True, False])
async def test_what_a_browser_is_asked_for_holds_for_all_other_looks(
    tmp_path: Path, is_capture: bool
) -> None:
    paper = Paper("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600")
    store = await SqlStore.open(tmp_path / "home")
    async with at(paper, Neighbours(store.turns, "a", timedelta(0))) as (roads, recorder):
        page = "http://paper.example/page/1"
        if is_capture:
            await recorder.record(replace(order(1, tmp_path), media=()))
        else:
            await roads.ask(Question(page, ask=Ask.RENDER))
        asked = list(paper.asked)
        with pytest.raises(TurnError, match="asked to be left alone"):
            await asyncio.create_task(roads.ask(Question("http://paper.example/file/1")))
    await store.close()

    assert "/page/1" in asked
    assert paper.asked == asked


async def test_a_capture_waits_for_no_render_that_waits_itself(tmp_path: Path) -> None:
    paper = Paper()
    async with at(paper, capturing=replace(QUICK, browsers=1)) as (roads, recorder):
        await asyncio.gather(
            roads.ask(Question("http://times.example/page/1", ask=Ask.RENDER)),
            roads.ask(Question("http://post.example/page/2", ask=Ask.RENDER)),
            recorder.record(order(3, tmp_path)),
        )

    pages = [path for path in paper.asked if path in {"/page/1", "/page/2", "/page/3"}]
    assert pages == ["/page/1", "/page/3", "/page/2"]


def order(number: int, folder: Path) -> CaptureOrder:
    """Order a page, and a picture that its own site has."""
    staging = folder / str(number)
    staging.mkdir()
    url = f"http://paper.example/page/{number}"
    media = (Medium("m", "photo", f"http://files.paper.example/media/{number}.png"),)
    return CaptureOrder(str(number), str(staging), url, url, (), media, {})
