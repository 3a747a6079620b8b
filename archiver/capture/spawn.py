"""Start a worker process, if need be before anything heavy is imported.

Half of what a single capture from the command line takes is starting: this process imports its
libraries, the worker its own, then the driver. Started early, they start side by side. So this
module imports the standard library alone.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from archiver.net.confined import confined

PREFIX = "archiver-browser-"
LONGEST_FOLDER = 32  # bytes; name of the home and Chromium's own 46 come after it
LEFTOVER_S = 24 * 3600.0  # a home of a process that is gone, and not only out of our sight


@dataclass(frozen=True, slots=True)
class Spawned:
    """A worker process, its throw-away home and our end of the line to it."""

    home: Path
    process: subprocess.Popen[bytes]
    line: socket.socket


_early: list[Spawned] = []


def spawn_early() -> None:
    """Start a worker for the recorder that this program is sure to open in a moment."""
    if not _early:
        _early.append(spawn())
        atexit.register(_end_unused)


def take_early() -> Spawned | None:
    """Return the worker that was started early, once."""
    return _early.pop() if _early else None


def spawn() -> Spawned:
    """Start a worker. It dies with the thread that calls this, and with this process.

    Raises:
        OSError: there is no room for another process or its home.
    """
    folder = _folder()
    _sweep(folder)
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder))
    ours, theirs = socket.socketpair()
    with theirs, (home / "stderr").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "archiver.capture.worker",
             str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            pass_fds=[theirs.fileno()], env=confined(home), start_new_session=True,
        )  # fmt: skip
    return Spawned(home, process, ours)


def _folder() -> Path:
    """Return where a browser's home may lie: the usual place for passing files, if short enough.

    Chromium puts a socket below it, and the path of a socket has 108 bytes at most; the browser
    does not start when it is longer. Source: unix(7), sun_path.
    """
    usual = tempfile.gettempdir()
    return Path(usual if len(os.fsencode(usual)) <= LONGEST_FOLDER else "/tmp")  # noqa: S108


def _sweep(folder: Path) -> None:
    """Remove homes whose owner was killed before it could."""
    for home in folder.glob(f"{PREFIX}*-*"):
        owner = home.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            is_old = time.time_ns() / 1e9 - home.stat().st_mtime > LEFTOVER_S
            if owner.isdigit() and is_old and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(home, ignore_errors=True)


def _end_unused() -> None:
    """End what was started early and then not needed: the command was refused."""
    while _early:
        unused = _early.pop()
        unused.line.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(unused.process.pid, signal.SIGKILL)
        unused.process.wait()
        shutil.rmtree(unused.home, ignore_errors=True)
