"""Lists, feeds, and articles that change: as a user, with real processes on a press of our own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.store.store import SqlStore
from tests.acceptance.press import address, article, door, serve_feed
from tests.acceptance.test_daemon import logged, start
from tests.acceptance.world import ROOT, archiver, environment, left_behind
from tests.site import Asked, Site

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

OFTEN = {"ARCHIVER_DAEMON__TICK_S": "0.2", "ARCHIVER_DAEMON__ERRANDS_S": "1"}


@pytest.fixture
def press() -> Iterator[Site]:
    with Site() as site:
        for name in ("one", "two", "three"):
            site.page(f"/cited/{name}", article(title=f"Statement {name}"))
        site.page("/a", article(address("/cited/one"), title="First"))
        site.page("/b", article(address("/cited/two"), title="Second"))
        yield site


async def all_seen(daemon: asyncio.subprocess.Process, home: Path, number: int) -> None:
    """Come back when no article is to be read and so many sources have a verdict.

    It is looked up after each look of the daemon's log, the last of which makes it so.
    """
    store = await SqlStore.open(home)
    try:
        while not await _is_all_seen(store, number):
            await logged(daemon, "look")
    finally:
        await store.close()


async def _is_all_seen(store: SqlStore, number: int) -> bool:
    found = await store.overview.sources(datetime.now(UTC))
    verdicts = sum(found.verdicts.values())
    return (await store.overview.waiting(), found.followed, verdicts) == (0, number, number)


async def test_a_list_is_read_and_captured_and_every_bad_line_is_told(tmp_path, press):
    env = environment(tmp_path) | door(press)
    listed = f"""\ufeffurl,title,published\r
{address("/a")},"First, as listed",2024-05-31\r
not an address,x,\r
\r
# a note\r
{address("/missing")},,\r
"{address("/b")}",,\r
{address("/b")},again,\r
"""

    ran = await archiver("add", "--list", "-", "--json", env=env, given=listed.encode())
    again = await archiver("add", "--list", "-", "--json", env=env, given=listed.encode())

    document = ran.document
    assert ran.code == 2, ran.err
    assert (document["listed"], document["new"]) == (3, 3)
    assert [one["line"] for one in document["bad"]] == [3]
    rows = {one["url"]: one for one in document["articles"]}
    assert [rows[address(path)]["state"] for path in ("/a", "/missing", "/b")] == [
        "added",
        "failed",
        "added",
    ]
    assert rows[address("/a")]["title"] == "First"
    assert (rows[address("/a")]["citations"], rows[address("/a")]["captures"]) == (1, 2)
    assert "404" in rows[address("/missing")]["error"]
    assert again.document["new"] == 0
    assert [one["state"] for one in again.document["articles"]] == ["known", "failed", "known"]


async def test_a_list_of_good_lines_alone_ends_well_and_one_that_fails_says_so(tmp_path, press):
    env = environment(tmp_path) | door(press)

    well = await archiver("add", "--list", "-", env=env, given=f"{address('/a')}\n".encode())
    fails = await archiver("add", "--list", "-", env=env, given=f"{address('/x')}\n".encode())

    assert (well.code, fails.code) == (0, 4), well.err + fails.err
    assert "1 articles listed, 1 of them new" in well.out


async def test_what_is_added_later_is_read_and_captured_by_the_daemon(tmp_path, press):
    env = environment(tmp_path) | door(press) | OFTEN
    lines = f"{address('/a')}\n{address('/b')}\n"

    listed = await archiver(
        "add", "--list", "-", "--later", "--json", env=env, given=lines.encode()
    )
    single = await archiver("add", address("/b"), "--later", "--json", env=env)
    before = (await archiver("status", "--json", env=env)).document
    daemon = await start(env)
    await all_seen(daemon, tmp_path, 4)
    after = (await archiver("status", "--json", env=env)).document
    daemon.send_signal(signal.SIGTERM)
    await asyncio.wait_for(daemon.communicate(), 60)

    assert (listed.code, listed.document["new"]) == (0, 2)
    assert [one["state"] for one in listed.document["articles"]] == ["waiting", "waiting"]
    assert single.code == 0, single.err
    assert single.document["captures"] == []
    assert [one["source"] for one in single.document["citations"]] == [
        f"web:{address('/cited/two')}"
    ]
    assert (before["waiting"], before["due"], len(before["articles"])) == (1, 2, 2)
    assert after["verdicts"] == {"present": 4}
    assert left_behind(tmp_path) == []


async def test_what_a_killed_process_left_unread_is_still_to_be_read(tmp_path, press):
    env = environment(tmp_path) | door(press)
    asked = press.expect("/never")

    async def never(_: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    press.on("/never", never)
    listed = tmp_path / "list.txt"
    listed.write_text("".join(f"{address(path)}\n" for path in ("/a", "/never", "/b")))

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", "add", "--list", str(listed), env=env, cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    assert await asyncio.to_thread(asked.wait, 120)
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    status = (await archiver("status", "--json", env=env)).document

    waiting = {one["url"]: one["waiting"] for one in status["articles"]}
    assert waiting == {address("/a"): False, address("/never"): True, address("/b"): True}


async def test_a_feed_is_followed_listed_and_let_go(tmp_path, press):
    env = environment(tmp_path) | door(press)
    url = address("/feed.xml")
    serve_feed(press, "/feed.xml", "/a", "/b")

    first = await archiver("watch", url, "--every", "1h", "--json", env=env)
    second = await archiver("watch", url, "--json", env=env)
    told = await archiver("watch", url, env=env)
    listed, status = await asyncio.gather(
        archiver("watch", "--list", "--json", env=env), archiver("status", "--json", env=env)
    )
    stopped = await archiver("watch", "--stop", url, "--json", env=env)
    nothing, unknown = await asyncio.gather(
        archiver("watch", "--list", "--json", env=env), archiver("watch", "--stop", url, env=env)
    )

    assert first.code == 0, first.err
    assert (first.document["title"], first.document["announced"]) == ("The Press", 2)
    assert [one["url"] for one in first.document["new"]] == [address("/a"), address("/b")]
    assert (second.document["unchanged"], second.document["new"]) == (True, [])
    assert "nothing new since the last look" in told.out
    [feed] = listed.document["feeds"]
    assert (feed["url"], feed["every_s"], feed["failures"]) == (url, 3600.0, 0)
    assert (status.document["feeds"], status.document["waiting"]) == (listed.document["feeds"], 2)
    assert (stopped.code, nothing.document["feeds"]) == (0, [])
    assert (unknown.code, "archiver watch --list" in unknown.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--stop",), 2),
        ((address("/feed.xml"), "--every", "1s"), 2),
        ((address("/a"),), 2),
        (("not an address",), 2),
        ((address("/nothing"),), 4),
    ],
)
async def test_what_cannot_be_watched_is_refused_with_the_right_code(
    tmp_path, press, arguments, code
):
    env = environment(tmp_path) | door(press)

    ran = await archiver("watch", *arguments, env=env)

    assert ran.code == code, ran.out + ran.err


async def test_the_daemon_reads_what_a_feed_announces_and_what_an_article_became(tmp_path, press):
    env = environment(tmp_path) | door(press)
    env |= OFTEN | {"ARCHIVER_SCHEDULE__FLOOR_S": "1"}
    env |= {"ARCHIVER_SCHEDULE__PAGES_D": "[]", "ARCHIVER_SCHEDULE__NEWS_H": "[]"}
    env |= {"ARCHIVER_SCHEDULE__PAGE_CAP_D": "0.00002", "ARCHIVER_SCHEDULE__NOISE_S": "1"}
    serve_feed(press, "/feed.xml", "/a")
    await archiver("watch", address("/feed.xml"), "--from-now", env=env)
    serve_feed(press, "/feed.xml", "/b", "/a")
    await make_feeds_due(tmp_path)

    daemon = await start(env)
    await all_seen(daemon, tmp_path, 2)
    press.page("/b", article(address("/cited/two"), address("/cited/three"), title="Second"))
    await all_seen(daemon, tmp_path, 3)
    after = (await archiver("status", "--json", env=env)).document
    daemon.send_signal(signal.SIGTERM)
    await asyncio.wait_for(daemon.communicate(), 60)
    [only] = after["articles"]
    shown = await archiver("show", only["article"], "--json", env=env)

    assert (only["url"], only["citations"]) == (address("/b"), 2)
    assert [one["citations"] for one in shown.document["versions"]] == [1, 2]
    assert daemon.returncode == 0


async def make_feeds_due(home: Path) -> None:
    store, now = await SqlStore.open(home), datetime.now(UTC)
    for feed in await store.feeds.all():
        await store.feeds.looked(replace(feed, next_due_at=now), [], now)
    await store.close()
