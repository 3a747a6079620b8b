"""``archiver status`` and ``doctor`` beside a running daemon, and without one."""

from __future__ import annotations

import asyncio
import codecs
import fcntl
import json
import os
import signal
import sys
import termios
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archiver.model.worker import Incident, IncidentKind, WorkerState
from archiver.store.store import SqlStore
from archiver.wiring.worker import worker_name
from tests.acceptance.world import ROOT, archiver, environment
from tests.build import NOW

pytestmark = pytest.mark.anyio

HIDE_CURSOR, SHOW_CURSOR, UP = "\x1b[?25l", "\x1b[?25h", "\x1b[1A"  # xterm's control sequences


async def told(home: Path) -> None:
    """Fill the tables as a daemon does that is alive and short of disk, and one that died."""
    store = await SqlStore.open(home)
    mine = WorkerState(
        worker_name(), "daemon", "0.1.0", NOW, NOW, 3, {"disk_low": "1 GiB free\x1b[2J"}
    )
    host, boot, pid, start, space = worker_name().split("/")
    gone = f"{host}/{boot}/{pid}/{start}0/{space}"
    dead = WorkerState(gone, "worker", "0.1.0", NOW, NOW, 1)
    for state in (mine, dead):
        await store.workers.tell(state)
    await store.workers.note(Incident(NOW, mine.name, IncidentKind.SLEPT, "2 slots late\x1b[31m"))
    await store.close()


async def test_status_names_who_works_what_waits_and_what_is_wrong(tmp_path):
    await told(tmp_path)

    shown = await archiver("status", "--json", env=environment(tmp_path))

    service = json.loads(shown.out)["service"]
    assert {one["kind"]: one["alive"] for one in service["workers"]} == {
        "daemon": True,
        "worker": False,
    }
    assert service["quarantined"] == []
    assert service["incidents"][0]["kind"] == "slept"


async def test_a_watched_status_in_a_pipe_is_a_block_a_refresh_and_ends_well(tmp_path):
    await told(tmp_path)
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", "status", "--watch",
        env=environment(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert watching.stdout is not None

    lines = []
    async with asyncio.timeout(60):
        while (line := await watching.stdout.readline()) != b"\n":
            lines.append(line.decode())
    watching.send_signal(signal.SIGINT)
    await asyncio.wait_for(watching.wait(), 60)

    block = "".join(lines)
    assert "3 in hand" in block
    assert "no sign of life" in block
    assert "disk_low: 1 GiB free [2J" in block
    assert "slept: 2 slots late" in block
    assert "\x1b" not in block
    assert watching.returncode == 0


async def test_a_watched_status_as_json_is_a_document_a_line(tmp_path):
    await told(tmp_path)
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", "status", "--watch", "--json",
        env=environment(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert watching.stdout is not None

    async with asyncio.timeout(60):
        shown = [json.loads(await watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    await asyncio.wait_for(watching.wait(), 60)

    assert [one["due"] for one in shown] == [0, 0]
    assert {one["kind"] for one in shown[0]["service"]["workers"]} == {"daemon", "worker"}
    assert watching.returncode == 0


class Terminal:
    """A terminal of our own; ``shown`` is all that was written to it, ``keys`` are typed into it."""

    def __init__(self, lines: int = 40, columns: int = 200) -> None:
        self._ours, self.theirs = os.openpty()
        termios.tcsetwinsize(self.theirs, (lines, columns))
        self.shown = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._ours, self._read)

    def _read(self) -> None:
        self.shown += self._decode(os.read(self._ours, 65536))
        self._news.set()

    async def shows(self, words: str) -> None:
        """Come back when the words were written."""
        async with asyncio.timeout(60):
            while words not in self.shown:
                self._news.clear()
                await self._news.wait()

    def type(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def modes(self) -> list[Any]:
        """Return how it treats what is typed and written, termios(3)."""
        return termios.tcgetattr(self.theirs)

    async def run(self, *arguments: str, env: dict[str, str]) -> asyncio.subprocess.Process:
        """Start a command of ours that this terminal controls."""
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "archiver", *arguments,
            env=env, cwd=ROOT, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        os.close(self.theirs)


async def test_a_watched_status_on_a_terminal_is_drawn_anew_in_its_place_until_ctrl_c(tmp_path):
    await told(tmp_path)
    with closing(Terminal()) as terminal:
        modes = terminal.modes()
        watching = await terminal.run(
            "status", "--watch", env=environment(tmp_path) | {"TERM": "xterm-256color"}
        )
        await terminal.shows("slept: 2 slots late")
        first = terminal.shown
        store = await SqlStore.open(tmp_path)
        await store.workers.note(Incident(NOW, "w", IncidentKind.CLOCK_BACK, "set back by 9 s"))
        await store.close()
        await terminal.shows("clock_back: set back by 9 s")
        before_end = terminal.shown
        terminal.type(b"\x03")
        code = await asyncio.wait_for(watching.wait(), 60)
        await terminal.shows(SHOW_CURSOR)

        assert code == 0
        assert "process" in first
        assert "disk_low: 1 GiB free" in first
        assert "\x1b[2J" not in terminal.shown  # of a stored text; nothing above is wiped
        assert UP in before_end.removeprefix(first)
        assert terminal.shown.rindex(SHOW_CURSOR) > terminal.shown.rindex(HIDE_CURSOR)
        assert terminal.modes() == modes
        assert "Traceback" not in terminal.shown
