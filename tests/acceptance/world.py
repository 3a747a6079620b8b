"""The installed program, run as a user runs it, against the miniature web."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import door

ROOT = Path(__file__).parents[2]

Connect = Callable[[], tuple[int, int]]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def environment(home: Path, web: MiniWeb | None = None) -> dict[str, str]:
    """The environment of a command: nothing of ours leaks in, and only the miniature web is there."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ARCHIVER_")}
    env |= {"ARCHIVER_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    env["ARCHIVER_ARCHIVES__INDEX_SPACING_S"] = "0"  # the miniature web's archive needs no courtesy
    env["ARCHIVER_NET__RESOLVERS"] = "[]"  # no name server outside is ever asked
    env["ARCHIVER_NET__RDAP"] = ""  # nor a registry
    env["ARCHIVER_DAEMON__LISTEN"] = "127.0.0.1:0"  # whatever is free: tests run side by side
    throw_away = throw_away_of(home)
    if not throw_away.exists():
        throw_away.mkdir()
        atexit.register(shutil.rmtree, throw_away, ignore_errors=True)
    env["TMPDIR"] = str(throw_away)
    for name, value in (door(web) if web else {}).items():
        text = value if isinstance(value, str) else json.dumps(value)
        env[f"ARCHIVER_NET__{name.upper()}"] = text
    return env


def throw_away_of(home: Path) -> Path:
    """Where the programs started for ``home`` have their passing files: they are found by it.

    It is short because Chromium puts a socket below it, whose path has 108 bytes at most.
    """
    return Path(tempfile.gettempdir()) / f"at-{hashlib.sha256(str(home).encode()).hexdigest()[:8]}"


def left_behind(home: Path) -> list[str]:
    """Every living process that was started for ``home``, by its command line."""
    return [line.decode(errors="replace") for _, line in processes_of(home)]


def processes_of(home: Path) -> list[tuple[int, bytes]]:
    """Return every living process that was started for ``home``, with its command line.

    Chromium's children write their title over their environment; it names the browser's folder.
    """
    marks = (os.fsencode(home), os.fsencode(throw_away_of(home)))
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes()
                told = line + b"\0" + (entry / "environ").read_bytes()
                if any(mark in told for mark in marks):
                    found.append((int(entry.name), line))
    return found


async def all_gone(home: Path, within_s: float = 30) -> None:
    """Come back when no process that was started for ``home`` is left; the kernel tells the end."""
    async with asyncio.timeout(within_s):
        while running := processes_of(home):
            await asyncio.gather(*(_end_of(pid) for pid, _ in running))


async def _end_of(pid: int) -> None:
    """Wait for the end of any process; its file becomes readable then, pidfd_open(2)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, has_ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(handle, has_ended.set)
    try:
        await has_ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


async def archiver(
    *arguments: str, env: Mapping[str, str], given: bytes | None = None, cwd: Path | None = None
) -> Ran:
    """Run one command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "archiver",
        *arguments,
        env=dict(env),
        cwd=cwd or ROOT,
        stdin=asyncio.subprocess.PIPE if given is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


def ended_unread(
    environment: Mapping[str, str], *arguments: str, read: int = 0, connect: Connect = os.pipe
) -> tuple[int, str]:
    """Run a command whose reader goes away after so many bytes; its code and its complaint."""
    reads, writes = connect()
    if not read:
        os.close(reads)
    with subprocess.Popen(
        [sys.executable, "-m", "archiver", *arguments],
        cwd=ROOT, env=environment, stdout=writes, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        os.close(writes)
        if read:
            assert os.read(reads, read)
            os.close(reads)
        _, complaint = process.communicate(timeout=60)
    return process.returncode, complaint
