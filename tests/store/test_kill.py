"""``kill -9`` at whatever moment: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.sweep import sweep

pytestmark = pytest.mark.anyio

KILLS = 6


async def run_and_kill(home: Path, after: int) -> list[str]:
    """Let a process make captures, kill it after so many, and return all that it acknowledged."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.maker", str(home)), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    lines = [await child.stdout.readline() for _ in range(after)]
    child.kill()
    rest, _ = await child.communicate()
    printed = b"".join(lines) + rest
    return [line.decode().strip() for line in printed.splitlines(keepends=True) if b"\n" in line]


async def test_no_acknowledged_capture_is_lost_when_its_maker_is_killed(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    for number in range(KILLS):
        acknowledged += await run_and_kill(tmp_path, after=3 + 2 * number)

        store, files = await SqlStore.open(tmp_path), HomeFiles(tmp_path)
        await sweep(files, store)
        swept = await sweep(files, store, thorough=True)
        assert (swept.removed, swept.quarantined, swept.damaged) == ((), (), ())
        for capture_id in acknowledged:
            capture = await store.captures.capture(capture_id)
            assert files.published(capture.id).is_dir()
        await store.close()

    assert len(acknowledged) >= sum(3 + 2 * number for number in range(KILLS))
