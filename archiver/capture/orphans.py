"""Processes that the kernel hands to a worker when the browser that started them is gone.

A dead process keeps its number until its parent has taken note of it. Nobody else does that for
these, and each capture leaves half a dozen: a limit on processes would soon be reached.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

PROC = Path("/proc")


def children() -> dict[int, bool]:
    """Return the processes whose parent this one is, each with whether it is dead."""
    found: dict[int, bool] = {}
    me = os.getpid()
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            if int(parent) == me:
                found[int(folder.name)] = state == b"Z"
    return found


def bury(but: Collection[int]) -> None:
    """Take note of every dead child, but of those that somebody else waits for."""
    for pid, is_dead in children().items():
        if is_dead and pid not in but:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
