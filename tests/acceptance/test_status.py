"""``archiver status`` and ``doctor`` beside a running daemon, and without one."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from archiver.model.worker import Incident, IncidentKind, WorkerState
from archiver.store.store import SqlStore
from archiver.wiring.worker import worker_name
from tests.acceptance.world import ROOT, archiver, environment
from tests.build import NOW

pytestmark = pytest.mark.anyio


async def told(home: Path) -> None:
    """Fill the tables as a daemon does that is alive and short of disk, and one that died."""
    store = await SqlStore.open(home)
    mine = WorkerState(
        worker_name(), "daemon", "0.1.0", NOW, NOW, 3, {"disk_low": "1 GiB free\x1b[2J"}
    )
    host, boot, pid, start, space = worker_name().split("/")
    gone = f"{host}/{boot}/{pid}/{start}0/{space}"
    dead = WorkerState(gone, "worker", "0.1.0", NOW, NOW, 1)
    for state in (mine, dead):
        await store.workers.tell(state)
    await store.workers.note(Incident(NOW, mine.name, IncidentKind.SLEPT, "2 slots late\x1b[31m"))
    await store.close()


async def test_status_names_who_works_what_waits_and_what_is_wrong(tmp_path):
    await told(tmp_path)

    shown = await archiver("status", "--json", env=environment(tmp_path))

    service = json.loads(shown.out)["service"]
    assert {one["kind"]: one["alive"] for one in service["workers"]} == {
        "daemon": True,
        "worker": False,
    }
    assert service["quarantined"] == []
    assert service["incidents"][0]["kind"] == "slept"


async def test_a_watched_status_in_a_pipe_is_a_block_a_refresh_and_ends_well(tmp_path):
    await told(tmp_path)
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", "status", "--watch",
        env=environment(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert watching.stdout is not None

    lines = []
    async with asyncio.timeout(60):
        while (line := await watching.stdout.readline()) != b"\n":
            lines.append(line.decode())
    watching.send_signal(signal.SIGINT)
    await asyncio.wait_for(watching.wait(), 60)

    block = "".join(lines)
    assert "3 in hand" in block
    assert "no sign of life" in block
    assert "disk_low: 1 GiB free [2J" in block
    assert "slept: 2 slots late" in block
    assert "\x1b" not in block
    assert watching.returncode == 0


async def test_a_watched_status_as_json_is_a_document_a_line(tmp_path):
    await told(tmp_path)
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archiver", "status", "--watch", "--json",
        env=environment(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert watching.stdout is not None

    async with asyncio.timeout(60):
        shown = [json.loads(await watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    await asyncio.wait_for(watching.wait(), 60)

    assert [one["due"] for one in shown] == [0, 0]
    assert {one["kind"] for one in shown[0]["service"]["workers"]} == {"daemon", "worker"}
    assert watching.returncode == 0
