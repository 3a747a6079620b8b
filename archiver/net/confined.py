"""Processes that meet what comes from outside: their environment, and their end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import archiver


def confined(home: str | Path) -> dict[str, str]:
    """Return what it takes to run in a home, nothing of ours: who breaks out finds no secret."""
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(archiver.__file__).parent.parent),
    }


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of a process that leads a session, and of all that it started there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
