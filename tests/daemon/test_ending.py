"""The end of a process that cannot end by itself: real processes and signals."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.test_daemon import caught
from tests.acceptance.world import ROOT

pytestmark = pytest.mark.anyio

SPINS = "while True: pass"
WAITS = """
one, other = (sqlite3.connect("a.db", timeout=900, isolation_level=None) for _ in range(2))
one.execute("BEGIN IMMEDIATE")
other.execute("BEGIN IMMEDIATE")  # it sleeps, and sleeps again when a signal wakes it
"""
PROGRAM = """
import asyncio, sqlite3, structlog
from datetime import timedelta
from archiver.daemon.ending import Ending
from archiver.daemon.start import leave_at_once
structlog.configure([structlog.processors.JSONRenderer()])
async def main():
    ending = Ending(leave_at_once)
    ending.grace = timedelta(hours={hours})
    print("begun", flush=True)
{blocked}
asyncio.run(main())
"""
AT_THE_SECOND = {
    SPINS: {-signal.SIGINT},
    # of two that come together each may be the second, or find the program not waiting yet
    WAITS: {128 + signal.SIGINT, 128 + signal.SIGTERM, -signal.SIGINT},
}


@asynccontextmanager
async def begun(
    folder: Path, blocked: str, hours: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Yield a process whose loop is kept by what it does, and never goes on."""
    lines = "\n".join(f"    {line}" for line in blocked.splitlines())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM.format(hours=hours, blocked=lines),
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"begun\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("blocked", [SPINS, WAITS], ids=["spins", "waits"])
async def test_a_stop_ends_a_process_whose_loop_does_not_go_on(tmp_path: Path, blocked: str):
    async with begun(tmp_path, blocked, hours=0) as process:
        process.send_signal(signal.SIGTERM)
        out, _ = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 0
    said = json.loads(out)
    assert (said["action"], said["awaited"]) == ("left", "the loop, which does not go on")


@pytest.mark.parametrize("blocked", [SPINS, WAITS], ids=["spins", "waits"])
async def test_a_second_signal_ends_a_process_whose_loop_does_not_go_on(
    tmp_path: Path, blocked: str
):
    async with begun(tmp_path, blocked, hours=9) as process, asyncio.timeout(60):
        status = Path(f"/proc/{process.pid}/status")
        process.send_signal(signal.SIGTERM)
        while blocked == SPINS and caught(status.read_text()) >> (signal.SIGINT - 1) & 1:
            await asyncio.sleep(0)
        process.send_signal(signal.SIGINT)
        await process.communicate()

    assert process.returncode in AT_THE_SECOND[blocked]


LEAVES = """
import subprocess, sys
from archiver.daemon.start import leave_at_once
child = [sys.executable, "-c", "large = bytearray(400 << 20); print(flush=True); input()"]
started = subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
started.stdout.readline()
print(started.pid, flush=True)
leave_at_once(3)
"""


async def test_whoever_is_left_is_gone_when_the_process_is():
    leaving = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEAVES, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert leaving.stdout is not None
    below = int(await leaving.stdout.readline())
    code = await leaving.wait()

    assert (code, _is_alive(below)) == (3, False)


OUT_OF_HANDLES = """
import os, resource, subprocess, sys, threading
from archiver.daemon.start import leave_at_once
started = [subprocess.Popen(["cat"], stdin=subprocess.PIPE) for _ in range({below})]
print(*(one.pid for one in started), flush=True)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    for one in held[:{free}]:
        os.close(one)
leaves = threading.Thread(target=leave_at_once, args=(3,))
leaves.start()
leaves.join()
"""


@pytest.mark.parametrize(
    ("below", "free"),
    [pytest.param(0, 0, id="none"), pytest.param(8, 5, id="too few for all that it started")],
)
async def test_a_process_without_handles_leaves_and_kills_whom_it_finds(below: int, free: int):
    leaving = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OUT_OF_HANDLES.format(below=below, free=free),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert leaving.stdout is not None
    started = [int(one) for one in (await leaving.stdout.readline()).split()]
    code = await leaving.wait()

    assert (code, len(started)) == (3, below)
    assert [one for one in started if _is_alive(one)] == []


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
