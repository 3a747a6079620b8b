"""A worker's home goes with it, whatever still writes there."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from contextlib import suppress
from itertools import count
from typing import Any, cast

import pytest

from archiver.capture.process import WorkerProcess
from archiver.capture.spawn import Spawned

pytestmark = pytest.mark.anyio

BEFORE, LONGER_S = 1_000, 0.2


async def test_a_home_that_is_written_to_while_it_is_removed_goes_all_the_same(tmp_path):
    late = tmp_path / "home" / "late"
    late.mkdir(parents=True)
    begun = threading.Event()

    def write() -> None:
        until = None
        for number in count():
            with suppress(OSError):  # what is written too late is refused: its directory is gone
                (late / str(number)).touch()
            if number == BEFORE:
                until = time.monotonic() + LONGER_S
                begun.set()
            if until and time.monotonic() > until:
                return

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()

    worker = WorkerProcess(cast(Any, None), cast(Any, None), "")
    with socket.socket() as line:
        worker._spawned = Spawned(late.parent, subprocess.Popen(["true"]), line)
        await worker.end()

    writer.join()
    assert not late.parent.exists()
