"""A process that captures one page after the other until somebody kills it.

``python -m tests.proof.victim HOME URL STEP``: STEP is empty, or the step of the write order at
which the process kills itself with SIGKILL, in its second capture. It prints ``STEP name`` before
each step and ``ACK capture`` once a capture was acknowledged.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from typing_extensions import override

from archiver.store.disk import Disk
from archiver.wiring import Archive

CAPTURES = 1000


class Steps:
    """Announces each step, and dies at the one it was told."""

    def __init__(self, fatal: str) -> None:
        self.fatal = fatal
        self.captures = 0
        self.busy = False

    def take(self, step: str) -> None:
        if not self.busy:
            return
        print(f"STEP {step}", flush=True)
        if step == self.fatal and self.captures == 1:
            os.kill(os.getpid(), signal.SIGKILL)


class KillableDisk(Disk):
    """The real disk, told apart step by step."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    @override
    def write(self, path: Path, data: bytes) -> None:
        self._steps.take("write file")
        super().write(path, data)
        self._steps.take("wrote file")

    @override
    def fsync(self, path: Path) -> None:
        kind = "directory" if path.is_dir() else "file"
        self._steps.take(f"fsync {kind}")
        super().fsync(path)

    @override
    def rename(self, old: Path, new: Path) -> None:
        kind = "capture" if old.is_dir() else "file"
        self._steps.take(f"rename {kind}")
        super().rename(old, new)
        self._steps.take(f"renamed {kind}")


class Killable:
    """Any port, with a step before and after one of its methods."""

    def __init__(self, port: Any, method: str, step: str, steps: Steps) -> None:
        self._port, self._method, self._step, self._steps = port, method, step, steps

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._port, name)

        async def stepped(*args: Any, **kwargs: Any) -> Any:
            self._steps.take(self._step)
            result = await getattr(self._port, name)(*args, **kwargs)
            self._steps.take(f"{self._step}: done")
            return result

        return stepped


class KillableStore:
    """The real store, with steps round its two commits."""

    def __init__(self, store: Any, steps: Steps) -> None:
        self._store = store
        self.captures = Killable(store.captures, "keep", "commit capture", steps)
        self.looks = Killable(store.looks, "keep", "commit look", steps)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def main(home: str, url: str, fatal: str) -> None:
    steps = Steps(fatal)
    async with Archive(home, disk=KillableDisk(steps)) as archive:
        outside = archive.outside
        archive._outside = replace(
            outside,
            store=KillableStore(outside.store, steps),
            recorder=Killable(outside.recorder, "record", "record", steps),
        )
        for _ in range(CAPTURES):
            steps.busy = True
            captured = await archive.capture(url)
            steps.busy = False
            steps.captures += 1
            print(f"ACK {captured.capture.id}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
