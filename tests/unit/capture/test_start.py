"""A browser that cannot even be tried: the machine has no room for its process."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import pytest

from archiver.capture.policy import CapturePolicy
from archiver.capture.pool import BrowserRecorder
from archiver.capture.process import WorkerProcess
from archiver.errors import LaunchError
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from archiver.ports import CaptureOrder
from archiver.wiring.clock import SystemClock
from tests.capture.conftest import ListedFetcher

pytestmark = pytest.mark.anyio


async def test_a_process_that_cannot_be_started_is_a_browser_that_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/absent")
    async with Guard(GuardPolicy(), SystemClock()) as guard:
        worker = WorkerProcess(guard, CapturePolicy(), "/absent/browser")

        with pytest.raises(LaunchError, match="/absent"):
            await worker.start()


async def test_a_disk_that_was_full_when_a_browser_was_started_ahead_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make, tries = tempfile.mkdtemp, []

    def make_later(*arguments: Any, **named: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(*arguments, **named)

    monkeypatch.setattr(tempfile, "mkdtemp", make_later)
    clock = SystemClock()
    url = "https://news.example/"
    async with Guard(GuardPolicy(), clock) as guard:
        recorder = BrowserRecorder(
            guard, ListedFetcher(), CapturePolicy(), clock, "/absent/browser"
        )
        async with recorder:
            with pytest.raises(LaunchError, match="/absent/browser"):
                await recorder.record(CaptureOrder("c", str(tmp_path), url, url, (), (), {}))
