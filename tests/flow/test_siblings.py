from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.flow.siblings import SiblingRoad
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.model.observation import KeptAnswer
from archiver.store.files import HomeFiles
from tests.fakes import FrozenClock, ScriptedFetcher, answered, unanswered

pytestmark = pytest.mark.anyio

URL = "https://news.example/2020/01/tower.html"
MADE_UP = "https://news.example/2020/01/qwertyuiopasdfghjklzxcvbn.html"
MONTH = timedelta(days=30)


class Remembered:
    """Siblings in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], KeptAnswer] = {}

    async def keep(self, host: str, directory: str, answer: KeptAnswer) -> None:
        self.rows[host, directory] = answer

    async def newest(self, host: str, directory: str) -> KeptAnswer | None:
        return self.rows.get((host, directory))


class World:
    """A road to one made-up address, and what it leaves behind."""

    def __init__(self, home: Path, *answers: Answer) -> None:
        self.fetcher = ScriptedFetcher({MADE_UP: list(answers)})
        self.kept, self.clock, self.files = Remembered(), FrozenClock(), HomeFiles(home)
        self.road = SiblingRoad(
            self.fetcher,
            self.kept,
            self.files,
            self.clock,
            MONTH,
            lambda: "qwertyuiopasdfghjklzxcvbn",
        )

    async def ask(self, url: str = URL) -> Answer:
        return await self.road.ask(Question(url, ask=Ask.SIBLING, accept="text/html"))


async def test_a_made_up_name_beside_the_address_is_asked_by_http(tmp_path: Path) -> None:
    moved = replace(answered(MADE_UP, body=b"Nothing here."), url="https://news.example/")
    world = World(tmp_path, moved)

    answer = await world.ask()

    (asked,) = world.fetcher.asked
    assert (asked.url, asked.ask, asked.accept) == (MADE_UP, Ask.HTTP, "text/html")
    assert (answer.question.url, answer.question.ask) == (URL, Ask.SIBLING)
    assert (answer.url, answer.body) == ("https://news.example/", b"Nothing here.")


async def test_within_a_month_a_directory_is_asked_once(tmp_path: Path) -> None:
    world = World(tmp_path, answered(MADE_UP, 404, b"Nothing here."))
    first = await world.ask()
    world.clock.advance(MONTH - timedelta(seconds=1))

    again = await world.ask("https://NEWS.example/2020/01/another?x=1")

    assert len(world.fetcher.asked) == 1
    assert (again.status, again.body, again.at, again.hops) == (
        404, b"Nothing here.", first.at, first.hops,
    )  # fmt: skip
    assert again.question.url == "https://NEWS.example/2020/01/another?x=1"


async def test_after_a_month_it_is_asked_again(tmp_path: Path) -> None:
    world = World(tmp_path, answered(MADE_UP, 404), answered(MADE_UP, 200, b"Hello."))
    await world.ask()
    world.clock.advance(MONTH)

    again = await world.ask()

    assert (again.status, again.body) == (200, b"Hello.")


async def test_an_answer_of_a_time_to_come_is_asked_for_again(tmp_path: Path) -> None:
    first = answered(MADE_UP, 404)
    wrong = replace(first, at=first.at + timedelta(days=400))
    world = World(tmp_path, wrong, answered(MADE_UP, 200, b"Hello."))
    await world.ask()

    again = await world.ask()

    assert (again.status, again.body) == (200, b"Hello.")


@pytest.mark.parametrize(
    "first",
    [
        unanswered(MADE_UP, Outcome.TIMEOUT),
        answered(MADE_UP, 429),
        answered(MADE_UP, 403),
        answered(MADE_UP, 503),
        replace(answered(MADE_UP, 404), error="tls: certificate of news.example: expired"),
    ],
)
async def test_what_passes_is_not_remembered(tmp_path: Path, first: Answer) -> None:
    world = World(tmp_path, first, answered(MADE_UP, 404))
    assert (await world.ask()).outcome is first.outcome

    again = await world.ask()

    assert (again.status, again.error) == (404, None)


async def test_looks_at_one_directory_at_one_time_ask_once(tmp_path: Path) -> None:
    world = World(tmp_path, answered(MADE_UP, 404))

    answers = await asyncio.gather(*(world.ask() for _ in range(5)))

    assert [answer.status for answer in answers] == [404] * 5
    assert len(world.fetcher.asked) == 1


async def test_an_answer_whose_bytes_are_lost_is_asked_for_again(tmp_path: Path) -> None:
    world = World(tmp_path, answered(MADE_UP, 200, b"one"), answered(MADE_UP, 200, b"two"))
    await world.ask()
    (kept,) = world.kept.rows.values()
    assert kept.body_sha256 is not None
    for blob in (tmp_path / "blobs").rglob("*.gz"):
        blob.unlink()
    with pytest.raises(StoreError):
        await world.files.blob(kept.body_sha256)

    assert (await world.ask()).body == b"two"


@pytest.mark.parametrize(
    "url", ["https://news.example/", "https://news.example", "https://a/i.php?p=1"]
)
async def test_an_address_without_a_sibling_is_refused(tmp_path: Path, url: str) -> None:
    world = World(tmp_path)

    assert (await world.ask(url)).outcome is Outcome.REFUSED
    assert world.fetcher.asked == []
