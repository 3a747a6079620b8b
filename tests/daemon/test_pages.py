"""The health pages of a real archive."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.daemon.feedpages import KEPT_S, FeedPages
from archiver.daemon.gauges import COUNT_EVERY_S, Gauges
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.pages import health_pages
from archiver.daemon.server import HealthServer
from archiver.settings import Settings, load
from archiver.store.disk import Disk
from archiver.wiring import Archive
from tests import build
from tests.build import NOW
from tests.daemon.test_server import Time, ask, say, served

pytestmark = pytest.mark.anyio


class FailingDisk(Disk):
    """Takes what an archive needs to open, and then nothing."""

    fails = False

    @override
    def write(self, path: Path, data: bytes) -> None:
        if self.fails:
            raise OSError(28, "No space left on device")
        super().write(path, data)


def settings(home: Path) -> Settings:
    return load(home, {"daemon": {"listen": "127.0.0.1:0"}})


@asynccontextmanager
async def pages(home: Path, disk: Disk | None = None) -> AsyncIterator[HealthServer]:
    meter = PrometheusMeter(is_strict=True)
    async with (
        Archive(settings=settings(home), disk=disk, meter=meter) as archive,
        health_pages(archive, meter) as server,
    ):
        yield server


async def found(server: HealthServer) -> dict[str, tuple[bool, str]]:
    document = json.loads((await ask(server, "/readyz"))[2])
    return {one["check"]: (one["well"], one["found"]) for one in document["checks"]}


async def test_a_fresh_archive_is_ready_and_its_probes_leave_nothing_behind(tmp_path):
    async with pages(tmp_path) as server:
        checks = await found(server)

    assert all(is_well for is_well, _ in checks.values()), checks
    assert list(checks) == ["database", "schema", "storage", "disk", "guard", "browser", "jail"]
    assert checks["browser"] == (True, "not needed yet")
    with sqlite3.connect(tmp_path / "archiver.db") as database:
        assert database.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    assert {path.suffix for path in (tmp_path / "staging").iterdir()} == {".lock"}


async def test_a_machine_without_a_browser_is_not_ready_before_one_is_needed(tmp_path, monkeypatch):
    program = tmp_path / "chromium"
    monkeypatch.setenv("ARCHIVER_CAPTURE__BROWSER", str(program))
    async with pages(tmp_path / "home") as server:
        status, _, _ = await ask(server, "/readyz")
        is_well, why = (await found(server))["browser"]

    assert (status, is_well) == (503, False)
    assert why.startswith(f"capture.browser is {program}, and no program is there")


async def test_a_disk_that_takes_nothing_is_told_in_one_line(tmp_path):
    disk = FailingDisk()
    async with pages(tmp_path, disk) as server:
        disk.fails = True
        is_well, why = (await found(server))["storage"]

    assert not is_well
    assert why.startswith("the disk is full")


async def test_the_disk_is_low_below_the_floor_that_is_set(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVER_DAEMON__DISK_FLOOR_MIB", str(2**30))
    async with pages(tmp_path) as server:
        low = (await found(server))["disk"]
    monkeypatch.setenv("ARCHIVER_DAEMON__DISK_FLOOR_MIB", "0")
    async with pages(tmp_path) as server:
        off = (await found(server))["disk"]

    assert (low[0], off[0]) == (False, True)
    assert low[1].endswith("make room, or lower daemon.disk_floor_mib")


async def test_a_database_of_another_revision_is_told(tmp_path):
    async with pages(tmp_path) as server:
        with sqlite3.connect(tmp_path / "archiver.db") as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        is_well, why = (await found(server))["schema"]

    assert not is_well
    assert why.startswith("revision 9999, wanted")


async def test_writes_and_room_of_a_real_archive_are_measured(tmp_path):
    async with pages(tmp_path) as server:
        await found(server)
        _, _, body = await ask(server, "/metrics")

    samples = dict(line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    assert float(samples["archiver_disk_free"]) > 0
    assert float(samples["archiver_database_wal_bytes"]) > 0
    assert float(samples["archiver_database_write_seconds_count"]) >= 1
    assert "process_resident_memory_bytes" in samples


async def test_the_files_of_a_home_are_counted_seldom(tmp_path):
    meter, time = PrometheusMeter(), Time()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    room = Gauges(tmp_path, None, meter, time)

    async def counted() -> int:
        while b"archiver_home_bytes 0.0" in meter.page():
            await asyncio.sleep(0)
        return int(meter.page().split(b"archiver_home_bytes ")[-1].split(b".")[0])

    await room.measure()
    assert await counted() == 5
    (tmp_path / "a" / "c").write_bytes(b"123")
    await room.measure()
    assert await counted() == 5
    time.at += COUNT_EVERY_S
    await room.measure()
    while await counted() != 8:
        await asyncio.sleep(0)
    await room.end()


async def test_the_feeds_of_a_real_archive_are_served_beside_the_health_pages(tmp_path):
    meter = PrometheusMeter(is_strict=True)
    async with (
        Archive(settings=settings(tmp_path), meter=meter) as archive,
        health_pages(archive, meter) as server,
    ):
        store, ref = archive.outside.store, build.ref()
        kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
        source = await store.sources.source(ref.name)
        await store.looks.note([build.event(source_id=source.id, after="gone: deleted")])

        of_all = await ask(server, "/feeds/all.atom")
        of_one = await ask(server, f"/feeds/{kept.article.id}.atom")
        of_none = await ask(server, "/feeds/nothing.atom")

    for status, head, body in (of_all, of_one):
        assert status == 200
        assert "content-type: application/atom+xml" in head
        assert body.count("<entry>") == 1
    assert of_none[0] == 404


async def test_a_feed_is_not_given_again_with_words_that_were_taken_down(tmp_path):
    meter = PrometheusMeter(is_strict=True)
    async with (
        Archive(settings=settings(tmp_path), meter=meter) as archive,
        health_pages(archive, meter) as server,
    ):
        store, ref = archive.outside.store, build.ref()
        kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
        source = await store.sources.source(ref.name)
        await store.looks.note([build.event(source_id=source.id, after="gone: deleted")])
        names = ("all", kept.article.id)
        before = [(await ask(server, f"/feeds/{name}.atom"))[2] for name in names]

        async with Archive(settings=settings(tmp_path)) as other:  # as the command line does
            await other.take_down(kept.article.id, "court order")
        after = [await ask(server, f"/feeds/{name}.atom") for name in names]

    title = str(kept.article.title)
    assert all(title in feed for feed in before)
    for status, head, feed in after:
        assert status == 200
        assert title not in feed
        assert "cache-control: no-cache" in head  # nor does a cache between give it again unasked


class Pen:
    """Makes feeds, and counts them."""

    def __init__(self) -> None:
        self.made: list[str | None] = []

    async def __call__(self, article: str | None) -> bytes:
        self.made.append(article)
        return f"feed {len(self.made)}".encode()


async def none_taken_down() -> int:
    return 0


async def test_a_feed_that_is_asked_for_again_is_made_anew_after_a_minute_only():
    pen, time = Pen(), Time()
    async with served(more=[FeedPages(pen, none_taken_down, time).route]) as server:
        first = (await ask(server, "/feeds/all.atom"))[2]
        again = (await ask(server, "/feeds/all.atom"))[2]
        time.at += KEPT_S
        later = (await ask(server, "/feeds/all.atom"))[2]

    assert (first, again, later) == ("feed 1", "feed 1", "feed 2")
    assert pen.made == [None, None]


async def test_a_reader_that_has_the_feed_is_not_sent_it_again():
    async with served(more=[FeedPages(Pen(), none_taken_down, Time()).route]) as server:
        head = (await ask(server, "/feeds/A1.atom"))[1]
        tag = next(line for line in head.splitlines() if line.startswith("etag:")).split()[1]
        reply = await say(
            server,
            "GET /feeds/A1.atom HTTP/1.1\r\nHost: localhost\r\n"
            f"If-None-Match: {tag}\r\nConnection: close\r\n\r\n",
        )

    assert reply.startswith("HTTP/1.1 304")
    assert "feed" not in reply
