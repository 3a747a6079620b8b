"""A worker process as its parent sees it: started, spoken to, and ended with all it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from archiver.capture import messages
from archiver.capture.messages import Line, Message
from archiver.capture.policy import CapturePolicy
from archiver.capture.spawn import Spawned, spawn, take_early
from archiver.errors import LaunchError, is_full
from archiver.net.guard import Guard, Passage

START_S = 60  # of a browser on a busy machine; it takes half a second on a quiet one
BURIAL_PAUSES_S = (0.02, 0.1, 0.5, 2.0, 0.0)
"""Between the attempts to remove a killed worker's home."""
PROC = Path("/proc")


class WorkerProcess:
    """One worker with a home directory of its own that goes away with it.

    The home's name, random, is in the environment or the command line of every process of the
    browser: what is left over is found by it.
    """

    def __init__(self, guard: Guard, policy: CapturePolicy, browser_path: str) -> None:
        self.version = ""
        self.captures = 0
        self.passage: Passage | None = None
        self._guard = guard
        self._policy = policy
        self._browser_path = browser_path
        self._spawned: Spawned | None = None
        self._line: Line | None = None

    async def start(self) -> WorkerProcess:
        """Start the worker if it does not run, and a fresh browser behind a passage of its own.

        Raises:
            LaunchError: the browser could not be started.
            OSError: the disk is full.
        """
        try:
            async with asyncio.timeout(START_S):
                if self._spawned is None:
                    await self._spawn()
                await self._start_browser()
        except TimeoutError as error:
            await self.end()
            raise LaunchError(f"the browser did not start in {START_S} s") from error
        except OSError as error:
            await self.end()
            if is_full(error):
                raise  # that has a state and a remedy of its own
            raise LaunchError(f"the browser's process did not start: {error}") from error
        except BaseException:
            await self.end()
            raise
        return self

    async def say(self, **message: object) -> None:
        """Send the worker a message."""
        if self._line is not None:
            await self._line.say(**message)

    async def hear(self) -> Message | None:
        """Return the worker's next message, or None when it is gone."""
        return await self._line.hear() if self._line is not None else None

    def kill(self) -> None:
        """Kill the worker and everything it started; what it said can still be heard."""
        if self._spawned is not None:
            process = self._spawned.process
            is_there = process.poll() is None  # else its number may be another's
            kill_tree(process.pid if is_there else None, str(self._spawned.home))

    async def end(self) -> None:
        """Kill the worker and everything it started, at once, and remove its home.

        Whoever ends it may be cancelled meanwhile: its processes and its home go all the same.
        """
        self.kill()
        if self._line is not None:
            self._line.close()
            self._line = None
        spawned, self._spawned = self._spawned, None
        passage, self.passage = self.passage, None
        try:
            if passage is not None:
                await passage.close()
        finally:
            if spawned is not None:
                await asyncio.to_thread(_bury, spawned)

    def memory_bytes(self) -> int:
        """Return what the worker and all below it hold in memory of their own."""
        if self._spawned is None:
            return 0
        pid = self._spawned.process.pid
        return sum(held_bytes(one) for one in {pid, *descendants(pid)})

    def complaint(self) -> str:
        """Return the last words the worker or its driver wrote, for an error message."""
        if self._spawned is None:
            return ""
        lines = (self._spawned.home / "stderr").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    async def _spawn(self) -> None:
        self._spawned = take_early() or spawn()
        reader, writer = await asyncio.open_connection(
            sock=self._spawned.line, limit=messages.LINE_LIMIT
        )
        self._line = Line(reader, writer)

    async def _start_browser(self) -> None:
        if self.passage is not None:
            await self.passage.close()
        self.passage = await self._guard.open("capture")
        await self.say(
            do="start",
            browser=self._browser_path,
            proxy=self.passage.address,
            policy=messages.policy_to_json(self._policy),
        )
        answer = await self.hear()
        if answer is None:
            raise LaunchError(f"the browser's process ended at its start: {self.complaint()}")
        if answer["say"] == "failed":
            raise LaunchError(answer["error"])
        self.version = answer["version"]


def _bury(spawned: Spawned) -> None:
    """Take note of a killed worker's end, and remove its home.

    What was started while the others were killed is killed, too. A killed process may still be in
    the middle of a write: its directory is not empty yet when it is removed.
    """
    spawned.process.wait()
    for pause_s in BURIAL_PAUSES_S:
        kill_tree(None, str(spawned.home))
        shutil.rmtree(spawned.home, ignore_errors=True)
        if not spawned.home.exists():
            return
        time.sleep(pause_s)


def kill_tree(pid: int | None, mark: str) -> None:
    """Kill a process and all it started, found by descent or by ``mark``.

    The driver puts the browser into a session of its own, so no process group holds all of them.
    """
    doomed = marked(mark)
    if pid is not None:
        doomed |= {pid, *descendants(pid)}
    for one in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def descendants(pid: int) -> set[int]:
    """Return every living process below ``pid``."""
    children: dict[int, list[int]] = {}
    for process, stat in _read_all("stat"):
        parent = int(stat.rpartition(b")")[2].split()[1])
        children.setdefault(parent, []).append(process)
    found: set[int] = set()
    todo = [pid]
    while todo:
        below = children.get(todo.pop(), [])
        todo += [child for child in below if child not in found]
        found.update(below)
    return found


def marked(mark: str) -> set[int]:
    """Return every process that has ``mark`` in its environment or command line."""
    wanted = mark.encode()
    found = [process for process, text in _read_all("environ") if wanted in text]
    found += [process for process, text in _read_all("cmdline") if wanted in text]
    return set(found) - {os.getpid()}


def held_bytes(pid: int) -> int:
    """Return the anonymous and shared memory of a process; mapped files can be had again.

    Source: proc(5), ``/proc/pid/status``.
    """
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    fields = (line.split() for line in lines)
    return sum(1024 * int(f[1]) for f in fields if f[:1] in (["RssAnon:"], ["RssShmem:"]))


def _read_all(name: str) -> list[tuple[int, bytes]]:
    read = []
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            read.append((int(folder.name), (folder / name).read_bytes()))
    return read
