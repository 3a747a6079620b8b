"""Nothing outlives the recorder, whichever way it ends."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import uuid
from collections import UserDict
from collections.abc import ItemsView
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typing_extensions import override

from archiver.capture.browser import LIBRARY_DISABLES
from archiver.capture.policy import MIB
from archiver.capture.process import descendants, marked
from archiver.model.capture import CaptureOutcome, HeldPayload
from tests.capture import pages
from tests.capture.archive import check, read_warc, response
from tests.capture.conftest import QUICK, Studio
from tests.site import message

pytestmark = pytest.mark.browser

GONE_IN_MS = 20_000
HUNG_S = 60
LEFT_BY_ONE = 6  # processes that a browser leaves, at least


def homes() -> set[Path]:
    """The browsers' homes of this process; others may run browsers beside it."""
    return set(Path(tempfile.gettempdir()).glob(f"archiver-browser-{os.getpid()}-*"))


def wait_for_end(pids: set[int]) -> set[int]:
    """Wait until the processes are gone; return those that are not."""
    left = set()
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        waiter = select.poll()
        waiter.register(handle, select.POLLIN)
        if not waiter.poll(GONE_IN_MS):
            left.add(pid)
        os.close(handle)
    return left


def test_leaving_the_recorder_ends_every_process_and_removes_every_folder(site, tmp_path):
    before = homes()
    with Studio(site, tmp_path, QUICK) as busy:
        busy.capture("http://site.test/gone")
        mine = homes() - before
        started = set().union(*(marked(str(home)) for home in mine))

    assert len(started) >= 2
    assert wait_for_end(started) == set()
    assert homes() & mine == set()


def test_no_dead_process_of_one_capture_is_left_when_the_next_begins(site, tmp_path):
    before = homes()
    with Studio(site, tmp_path, QUICK) as busy:
        for number in range(3):
            busy.capture(f"http://site.test/gone?{number}")
        workers = set().union(*(marked(str(home)) for home in homes() - before))
        dead = [pid for worker in workers for pid in descendants(worker) if is_dead(pid)]

    assert len(dead) < 3 * LEFT_BY_ONE


def is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def test_a_browser_nobody_asks_for_is_ended(site, tmp_path):
    before = homes()
    with Studio(site, tmp_path, replace(QUICK, idle_s=0.01)) as idle:
        idle.capture("http://site.test/gone")
        started = set().union(*(marked(str(home)) for home in homes() - before))
        left = wait_for_end(started)
        again, _ = idle.capture("http://site.test/gone")

    assert left == set()
    assert again.outcome is CaptureOutcome.COMPLETE


def test_a_capture_past_its_deadline_keeps_its_whole_records_and_the_next_one_works(site, tmp_path):
    policy = replace(QUICK, deadline_s=4, load_s=20, body_s=20)
    with Studio(site, tmp_path, policy) as hurried:
        cut, folder = hurried.capture("http://site.test/stuck")
        after, _ = hurried.capture("http://site.test/gone")

    assert (cut.outcome, cut.reason) == (CaptureOutcome.FAILED, "not done in 4 s")
    assert cut.limits[0] == "deadline_s"
    kept = [one.url for one in read_warc(folder) if one.type == "response"]
    assert "http://site.test/stuck.css" in kept
    assert check(["warcio", "check"], folder / "capture.warc.gz") == "right"
    assert [path.name for path in folder.iterdir()] == ["capture.warc.gz"]
    assert after.outcome is CaptureOutcome.COMPLETE


class Stopping(UserDict[str, HeldPayload]):
    """Payloads that stop the workers when an order with them is written, and fill its line."""

    def __init__(self, of_others: set[int]) -> None:
        super().__init__()
        self._of_others = of_others
        at = datetime(2026, 11, 29, tzinfo=UTC)
        for digest in (f"{number:064x}" for number in range(5000)):
            self[digest] = HeldPayload(digest, "http://site.test/a", "urn:uuid:0", at, "c")

    @override
    def items(self) -> ItemsView[str, HeldPayload]:
        for pid in workers() - self._of_others:
            os.kill(pid, signal.SIGSTOP)
        return super().items()


def test_a_worker_that_stands_still_loses_its_order_at_the_deadline(site, tmp_path):
    held = Stopping(of_others=workers())
    with Studio(site, tmp_path, replace(QUICK, deadline_s=2)) as studio:
        order = studio.order("http://site.test/gone", held=held)
        cut = studio.run(asyncio.wait_for(studio.recorder.record(order), HUNG_S))

    assert cut.limits == ("deadline_s",)


CHILD = """
import asyncio, json, sys
from archiver.capture.locate import find_browser
from archiver.capture.policy import CapturePolicy
from archiver.capture.pool import BrowserRecorder
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from archiver.ports import CaptureOrder
from tests.capture.conftest import ListedFetcher, SystemClock

async def main(host_map, staging):
    guard = Guard(GuardPolicy.build(host_map=host_map), SystemClock())
    recorder = BrowserRecorder(
        guard, ListedFetcher(), CapturePolicy(load_s=60, body_s=60), SystemClock(),
        str(find_browser(None).path),
    )
    async with guard, recorder:
        url = "http://site.test/stuck"
        await recorder.record(CaptureOrder("c", staging, url, url, (), (), {}))

asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2]))
"""


def test_killing_the_recorder_kills_the_browser(site, tmp_path):
    site.asked.clear()
    stuck = site.expect("/never")
    command = [sys.executable, "-c", CHILD, json.dumps(site.host_map), str(tmp_path)]
    parent = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    assert stuck.wait(60)
    below = descendants(parent.pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    assert len(below) > 5
    assert wait_for_end(below) == set()


def test_a_browser_that_breaks_down_gets_one_more_chance(site, tmp_path):
    before = homes()
    reached = site.expect("/crash-point")
    with Studio(site, tmp_path, QUICK) as unlucky, ThreadPoolExecutor() as other:
        capture = other.submit(unlucky.capture, "http://site.test/crashes-once")
        assert reached.wait(30)
        kill(homes() - before, "--remote-debugging-pipe")
        recording, folder = capture.result(60)

    assert (recording.outcome, recording.text) == (CaptureOutcome.COMPLETE, "Still standing")
    assert response(folder, "http://site.test/crash-point").body == pages.MOVED_PICTURE
    assert check(["warcio", "check"], folder / "capture.warc.gz") == "right"
    assert b"archiver_browser_crashes_total 1.0" in unlucky.meter.page()


@pytest.mark.parametrize(
    "process", ["--type=renderer", "--utility-sub-type=network.mojom.NetworkService"]
)
def test_a_page_whose_process_dies_while_it_loads_is_loaded_again(site, tmp_path, process: str):
    path, html = f"/dies-loading{process}", ("Content-Type: text/html",)
    site.on(path, pages.CrashPoint(message("200 OK", html, b"<p>Loaded after all</p>")))
    before = homes()
    with Studio(site, tmp_path, QUICK) as unlucky, ThreadPoolExecutor() as other:
        reached = site.expect(path)
        capture = other.submit(unlucky.capture, f"http://site.test{path}")
        assert reached.wait(30)
        kill(homes() - before, process)
        recording, _ = capture.result(60)

    assert (recording.outcome, recording.text) == (CaptureOutcome.COMPLETE, "Loaded after all")


def kill(folders: set[Path], argument: str) -> None:
    """Kill every process of the browsers with these homes that was started with an argument."""
    for pid in set().union(*(marked(str(home)) for home in folders)):
        if argument in " ".join(command_line(pid)):  # Chromium's own ones write a title over it
            os.kill(pid, signal.SIGKILL)


def test_a_page_that_eats_memory_loses_its_browser(site, tmp_path):
    policy = replace(QUICK, max_memory_bytes=700 * MIB, settle_s=30)
    before = homes()
    with Studio(site, tmp_path, policy) as studio:
        recording, folder = studio.capture("http://site.test/hungry")

    assert recording.limits == ("max_memory_bytes",)
    assert recording.reason == "the page took more than 700 MiB of memory"
    assert b'browser_kills_total{limit="memory"} 1.0' in studio.meter.page()
    assert response(folder, "http://site.test/hungry").status == 200
    assert homes() - before == set()


def test_a_browser_that_is_not_there_is_named(site, tmp_path):
    missing = str(tmp_path / uuid.uuid4().hex)

    with Studio(site, tmp_path, QUICK, browser=missing) as studio:
        error = studio.error_of(studio.recorder.record(studio.order("http://site.test/gone")))

    assert "LaunchError" in error
    assert missing in error
    assert missing in (studio.recorder.trouble or "")
    assert b'browser_launches_total{outcome="failed"}' in studio.meter.page()


def test_our_list_of_features_holds_the_librarys(studio):
    """The browser heeds the last list alone, so ours must repeat what the library asks for."""
    with studio.browser() as processes:
        lines = [command_line(pid) for pid in processes]
    line = next(words for words in lines if "--remote-debugging-pipe" in words)

    theirs, ours = (word for word in line if word.startswith("--disable-features="))
    assert set(theirs.partition("=")[2].split(",")) == set(LIBRARY_DISABLES)
    assert set(LIBRARY_DISABLES) < set(ours.partition("=")[2].split(","))


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


@pytest.mark.parametrize(("per_worker", "is_replaced"), [(2, True), (50, False)])
def test_a_worker_is_replaced_after_its_share_of_captures(
    site, tmp_path, per_worker: int, is_replaced: bool
):
    of_others = workers()
    with Studio(site, tmp_path, replace(QUICK, per_worker=per_worker)) as studio:
        studio.capture("http://site.test/gone")
        first = workers() - of_others
        assert first
        for _ in range(3):
            studio.capture("http://site.test/gone")

        if is_replaced:
            assert wait_for_end(first) < first
        else:
            assert first <= workers()


def workers() -> set[int]:
    """The workers of this process, one kept ready included."""
    found = set()
    for pid in descendants(os.getpid()):
        with suppress(OSError):  # it ended meanwhile
            if b"archiver.capture.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found
