"""Feeds of a real archive: one of each article and one of all, written when there is news."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from archiver.errors import NotFoundError
from archiver.model.article import Article
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.verdict import Event, EventKind
from archiver.notify.atom import lasting_id
from archiver.notify.shelf import Mark, Shelf
from archiver.settings import load
from archiver.store.engine import parse_url, write_engine
from archiver.store.takedown import take_down
from archiver.wiring import Archive
from tests import build, postgres
from tests.build import NOW
from tests.fakes import FrozenClock

pytestmark = pytest.mark.anyio

ENTRIES = "{http://www.w3.org/2005/Atom}entry"
ID = "{http://www.w3.org/2005/Atom}id"
UPDATED = "{http://www.w3.org/2005/Atom}updated"


@dataclass
class Shelves:
    """An archive with two articles that cite the same source."""

    archive: Archive
    clock: FrozenClock
    articles: list[Article]
    citations: list[str]
    source_id: str

    async def find(self, number: int) -> Event:
        """Note that a citation of one of the articles is gone."""
        event = build.event(
            kind=EventKind.FINDING,
            source_id=self.source_id,
            citation_id=self.citations[number],
            after="gone",
        )
        await self.archive.outside.store.looks.note([event])
        return event

    def names(self) -> set[str]:
        folder = self.archive.settings.home / "feeds"
        return {one.stem for one in folder.glob("*.atom")}

    def entries(self, name: str) -> int:
        file = self.archive.settings.home / "feeds" / f"{name}.atom"
        return len(ET.parse(file).findall(f".//{ENTRIES}"))


@asynccontextmanager
async def shelves(home: Path, database: str = "") -> AsyncIterator[Shelves]:
    chosen = {"notify": {"feed_base": "https://archive.example/feeds/"}}
    settings = load(home, {**chosen, "store": {"database": database}})
    clock = FrozenClock()
    async with Archive(settings=settings, clock=clock) as archive:
        store, ref = archive.outside.store, build.ref()
        kept = [
            await store.articles.keep(build.article(text=f"{n}"), [build.found(ref)], None, NOW)
            for n in range(2)
        ]
        cited = [(await store.articles.citations(one.article.id))[0].id for one in kept]
        source = await store.sources.source(ref.name)
        yield Shelves(archive, clock, [one.article for one in kept], cited, source.id)


async def test_news_of_a_citation_is_in_its_articles_feed_and_in_that_of_all(
    tmp_path: Path,
) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)

        assert await on.archive.write_feeds() == 2

        assert on.names() == {on.articles[0].id, "all"}
        assert (on.entries(on.articles[0].id), on.entries("all")) == (1, 1)


async def test_news_of_a_source_is_in_the_feed_of_every_article_that_cites_it(
    tmp_path: Path,
) -> None:
    async with shelves(tmp_path) as on:
        await on.archive.outside.store.looks.note([build.event(source_id=on.source_id)])

        await on.archive.write_feeds()

        assert on.names() == {"all", *(article.id for article in on.articles)}


async def test_without_news_nothing_is_written(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        await on.archive.write_feeds()

        assert await on.archive.write_feeds() == 0

        await on.find(1)
        assert await on.archive.write_feeds() == 2


async def test_an_event_that_was_committed_after_a_later_one_is_written_too(
    tmp_path: Path,
) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        await on.find(1)
        # As it stands when the first of the two was not committed yet when the second was written.
        Shelf(tmp_path / "feeds").set_mark(Mark(upto=2, near=1))

        await on.archive.write_feeds()

        assert on.entries(on.articles[0].id) == 1
        assert await on.archive.write_feeds() == 0


async def test_what_was_taken_down_is_not_told_in_a_file_any_more(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        await on.find(1)
        await on.archive.write_feeds()
        feed = tmp_path / "feeds" / f"{on.articles[0].id}.atom"
        title = str(on.articles[0].title)
        assert title in feed.read_text("utf-8")

        await on.archive.take_down(on.articles[0].id, "court order")

        assert await on.archive.write_feeds() == 2
        assert title not in feed.read_text("utf-8")
        assert await on.archive.write_feeds() == 0


@pytest.mark.postgres
async def test_a_takedown_that_was_committed_after_a_later_one_is_taken_out_too(
    tmp_path: Path,
) -> None:
    database = postgres.server().url(postgres.server().create(postgres.migrated()))
    async with shelves(tmp_path, database) as on:
        await on.find(0)
        await on.archive.write_feeds()
        store = on.archive.outside.store
        found = [build.found(build.ref())]
        other = (await store.articles.keep(build.article(text="3"), found, None, NOW)).article
        feed = tmp_path / "feeds" / f"{on.articles[0].id}.atom"
        title = str(on.articles[0].title)
        engine = write_engine(parse_url(database))
        with engine.connect() as connection, connection.begin():
            take_down(connection, takedown_of(on.articles[0]), None, keep_watching=False)
            await on.archive.take_down(other.id, "court order")
            assert await on.archive.write_feeds() == 0
            assert title in feed.read_text("utf-8")
        engine.dispose()

        await on.archive.write_feeds()

        assert title not in feed.read_text("utf-8")
        numbers = {entry.article_id: number for number, entry in await store.custody.takedowns()}
        assert numbers[on.articles[0].id] < numbers[other.id]
        assert await on.archive.write_feeds() == 0


async def test_files_that_know_only_how_many_takedowns_there_were_are_gone_through_once(
    tmp_path: Path,
) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        await on.archive.write_feeds()
        await on.archive.take_down(on.articles[0].id, "court order")
        Shelf(tmp_path / "feeds").set_mark(Mark(upto=1, near=1, takedowns=1))

        await on.archive.write_feeds()

        feed = tmp_path / "feeds" / f"{on.articles[0].id}.atom"
        assert str(on.articles[0].title) not in feed.read_text("utf-8")
        assert await on.archive.write_feeds() == 0


def takedown_of(article: Article) -> CustodyEntry:
    name, act = build.fresh("e"), CustodyAct.TAKEDOWN
    return CustodyEntry(name, act, NOW, "a clerk", "court order", article_id=article.id)


async def test_a_takedown_updates_what_told_of_it_and_the_feeds_it_is_in(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        await on.find(1)
        first, second = on.articles
        before = await updated(on.archive, second.id)
        on.clock.advance(timedelta(hours=1))
        article_down = on.clock.now()
        await on.archive.take_down(first.id, "court order")

        assert await updated(on.archive, first.id) == [article_down] * 2
        assert await updated(on.archive, second.id) == before
        assert sorted(await updated(on.archive, None)) == [before[0], article_down, article_down]

        on.clock.advance(timedelta(hours=1))
        await on.archive.take_down(on.source_id, "court order")

        assert await updated(on.archive, second.id) == [on.clock.now()] * 2


async def test_a_takedown_updates_a_feed_without_news(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        on.clock.advance(timedelta(hours=1))
        await on.archive.take_down(on.articles[0].id, "court order")

        assert await updated(on.archive, on.articles[0].id) == [on.clock.now()]


async def updated(archive: Archive, article: str | None) -> list[datetime]:
    """Return when a feed, and then each of its entries, was updated."""
    feed = ET.fromstring(await archive.telling.feed(article, archive.outside))
    return [datetime.fromisoformat(one.text or "") for one in feed.iter(UPDATED)]


async def of_all(archive: Archive) -> ET.Element:
    return ET.fromstring(await archive.telling.feed(None, archive.outside))


async def test_the_feed_of_all_keeps_its_name_from_before_the_first_event(tmp_path: Path) -> None:
    async with shelves(tmp_path / "one") as on, shelves(tmp_path / "two") as other:
        empty = (await of_all(on.archive)).findtext(ID)
        await on.find(0)

        assert (await of_all(on.archive)).findtext(ID) == empty
        assert (await of_all(other.archive)).findtext(ID) != empty


async def test_the_feed_of_all_of_an_older_archive_keeps_the_name_of_its_first_event(
    tmp_path: Path,
) -> None:
    async with shelves(tmp_path) as on:
        event = await on.find(0)
        await on.find(1)

        assert (await of_all(on.archive)).findtext(ID) == lasting_id("feed", event.id)


async def test_a_feed_without_news_is_the_same_whenever_it_is_asked_for(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        first = await on.archive.telling.feed(None, on.archive.outside)
        on.clock.advance(timedelta(hours=1))

        assert await on.archive.telling.feed(None, on.archive.outside) == first


async def test_a_feed_is_given_out_as_bytes(tmp_path: Path) -> None:
    async with shelves(tmp_path) as on:
        await on.find(0)
        of_article = await on.archive.telling.feed(on.articles[0].id, on.archive.outside)
        of_all = await on.archive.telling.feed(None, on.archive.outside)

        assert f"https://archive.example/feeds/{on.articles[0].id}.atom".encode() in of_article
        assert b"https://archive.example/feeds/all.atom" in of_all
        with pytest.raises(NotFoundError):
            await on.archive.telling.feed("01NONE", on.archive.outside)
