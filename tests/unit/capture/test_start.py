"""A browser that cannot even be tried: the machine has no room for its process."""

from __future__ import annotations

import tempfile

import pytest

from archiver.capture.policy import CapturePolicy
from archiver.capture.process import WorkerProcess
from archiver.errors import LaunchError
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from archiver.wiring.clock import SystemClock

pytestmark = pytest.mark.anyio


async def test_a_process_that_cannot_be_started_is_a_browser_that_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/absent")
    async with Guard(GuardPolicy(), SystemClock()) as guard:
        worker = WorkerProcess(guard, CapturePolicy(), "/absent/browser")

        with pytest.raises(LaunchError, match="/absent"):
            await worker.start()
