"""The daemon as a process: it looks at what is due, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START
from archiver.flow.read import Supplied, find
from archiver.wiring import Archive
from tests.acceptance.world import ROOT, all_gone, archiver, environment, left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


async def start(env: dict[str, str], command: str = "daemon") -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", command,
        env=env, cwd=ROOT, stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


async def logged(daemon: asyncio.subprocess.Process, action: str) -> dict[str, object]:
    """Read the daemon's log until a record of that action."""
    assert daemon.stderr is not None
    async with asyncio.timeout(120):
        async for line in daemon.stderr:
            record: dict[str, object] = json.loads(line)
            if record.get("action") == action:
                return record
    raise AssertionError(f"the daemon ended without {action}")


async def test_a_daemon_looks_at_what_is_due_and_leaves_no_process_behind(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        page = next(name for name in web.script.parts if name.startswith("web:"))
        await archiver("db", "upgrade", env=env)
        article = f'<html><body><article><p>As <a href="{page[4:]}">they said</a>, the gates were open.</p></article></body></html>'
        await register(tmp_path, article)
        daemon = await start(env)
        record = await logged(daemon, "look")
        daemon.send_signal(signal.SIGTERM)
        _, rest = await asyncio.wait_for(daemon.communicate(), 60)

    assert record["source"] == page
    assert daemon.returncode == 0
    assert json.loads(rest.splitlines()[-1])["action"] == "stopped"
    assert left_behind(tmp_path) == []


async def test_sigterm_finishes_the_capture_in_hand(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        page = next(name for name in web.script.parts if name.startswith("web:"))
        article = f'<html><body><article><p>As <a href="{page[4:]}">they said</a>, the gates were open.</p></article></body></html>'
        await register(tmp_path, article)
        daemon = await start(env)
        async with asyncio.timeout(60):
            await web.was_asked(lambda request: request.host in page)
        daemon.send_signal(signal.SIGTERM)
        await asyncio.wait_for(daemon.communicate(), 60)
        shown = await archiver("show", page, "--json", env=env)

    assert daemon.returncode == 0
    assert [one["gate"] for one in shown.document["captures"]] == ["accepted"]
    assert left_behind(tmp_path) == []


async def test_a_second_signal_ends_a_daemon_at_once(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        daemon = await with_a_look_in_hand(env, tmp_path, web)
        daemon.send_signal(signal.SIGTERM)
        await logged(daemon, "condition")
        daemon.send_signal(signal.SIGINT)
        await asyncio.wait_for(daemon.communicate(), 60)

    assert daemon.returncode == -signal.SIGINT
    await all_gone(tmp_path)


async def test_a_killed_daemon_leaves_no_browser(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        daemon = await with_a_look_in_hand(env, tmp_path, web)
        async with asyncio.timeout(60):
            await web.was_asked(lambda request: "Chrome/" in request.user_agent)
        started = left_behind(tmp_path)
        daemon.kill()
        await daemon.wait()

    assert any("--type=renderer" in command for command in started)

    await all_gone(tmp_path)


async def test_a_worker_ends_in_order(tmp_path):
    worker = await start(environment(tmp_path), "worker")
    await logged(worker, "started")
    worker.send_signal(signal.SIGTERM)
    await asyncio.wait_for(worker.communicate(), 60)

    assert worker.returncode == 0
    assert left_behind(tmp_path) == []


async def with_a_look_in_hand(
    env: dict[str, str], folder: Path, web: MiniWeb
) -> asyncio.subprocess.Process:
    """Return a daemon that has asked for a page of the miniature web."""
    page = next(name for name in web.script.parts if name.startswith("web:"))
    words = f'<p>As <a href="{page[4:]}">they said</a>, the gates were open.</p>'
    await register(folder, f"<html><body><article>{words}</article></body></html>")
    daemon = await start(env)
    async with asyncio.timeout(60):
        await web.was_asked(lambda request: request.host in page)
    return daemon


async def register(folder: Path, article: str) -> None:
    """Follow an article whose sources are due, without capturing them: the daemon is to."""
    found = find(Supplied(article.encode(), media_type="text/html"))
    async with Archive(folder) as archive:
        outside = archive.outside
        now = outside.clock.now()
        await outside.store.articles.keep(found.article, found.citations, None, now)


@pytest.mark.parametrize("command", ["daemon", "worker"])
async def test_sigterm_before_anything_is_begun_ends_it_in_order(tmp_path: Path, command: str):
    starting = await start({"PATH": "/usr/bin:/bin", "ARCHIVER_HOME": str(tmp_path)}, command)
    status = Path(f"/proc/{starting.pid}/status")
    async with asyncio.timeout(60):
        while not caught(status.read_text()) >> (signal.SIGTERM - 1) & 1:
            await asyncio.sleep(0)

    starting.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(starting.wait(), 60) == 0


def caught(status: str) -> int:
    """Return the signals that a process has handlers for, a bit for each."""
    line = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return int(line.split()[1], 16)
