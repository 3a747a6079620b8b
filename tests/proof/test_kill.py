"""kill -9 of a capturing process: nothing acknowledged is lost, no row is without its file.

The short form runs with every test run; the long one is ``make proof-kill``.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START
from archiver.model.capture import ArtifactKind
from archiver.wiring import Archive
from tests.acceptance.world import ROOT, all_gone, environment, left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

STEPS = (
    "commit look",
    "commit look: done",
    "record",
    "record: done",
    "write file",
    "wrote file",
    "fsync file",
    "rename file",
    "renamed file",
    "fsync directory",
    "rename capture",
    "renamed capture",
    "commit capture",
    "commit capture: done",
)


@dataclass
class Killed:
    """What the killed processes had acknowledged, and the step each was at."""

    acknowledged: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)


Kills = Sequence[tuple[str, float | None]]


async def test_a_process_killed_at_each_step_loses_nothing_acknowledged(tmp_path):
    steps = ("renamed capture", "commit capture", "commit capture: done")
    await prove(tmp_path, [*((step, None) for step in steps), ("", 0.7)])


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_fifty_kills_lose_nothing_acknowledged(tmp_path):
    draw = random.Random(20261122)
    at_random = [("", draw.uniform(0, 3)) for _ in range(50 - len(STEPS))]
    await prove(tmp_path, [*((step, None) for step in STEPS), *at_random])


async def prove(home: Path, kills: Kills) -> None:
    killed = Killed()
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(home, web)
        page = next(name for name in web.script.parts if name.startswith("web:"))[4:]
        for step, delay in kills:
            await kill_one(home, page, step, delay, env, killed)
            assert left_behind(home) == [], "a process outlived its killed parent"
    captures, quarantined = await check(home, killed.acknowledged)
    print(f"\n{len(kills)} kills: {len(killed.acknowledged)} captures acknowledged, none lost; "
          f"{captures} rows, {quarantined} quarantined; killed at {dict(killed.steps)}")  # fmt: skip
    assert sum(killed.steps.values()) == len(kills)
    assert all(killed.steps[step] for step, _ in kills if step)


async def kill_one(
    home: Path, url: str, step: str, delay: float | None, env: dict[str, str], killed: Killed
) -> None:
    """Start a victim; kill it ``delay`` seconds into its work, or let it die at its step."""
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.proof.victim", str(home), url, step,
        env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert victim.stdout is not None
    last = "start"
    async for line in victim.stdout:
        word, _, rest = line.decode().strip().partition(" ")
        if word == "ACK":
            killed.acknowledged.append(rest)
            last = "between captures"
        else:
            if delay is not None and last == "start":
                asyncio.get_running_loop().call_later(delay, os.kill, victim.pid, signal.SIGKILL)
            last = rest
    assert await victim.wait() == -signal.SIGKILL
    killed.steps[last] += 1
    await all_gone(home, within_s=10)


async def check(home: Path, acknowledged: Sequence[str]) -> tuple[int, int]:
    """Open the archive anew, as after a crash, and look at every row and every file."""
    async with Archive(home) as archive:
        store = archive.outside.store
        rows = {
            kept.id: kept
            for source in await store.sources.all()
            for kept in await store.captures.of(source.id)
        }
        status = await archive.status(check=True)
        for kept in rows.values():
            for artifact in kept.artifacts:
                body = Path(await archive.local(artifact)).read_bytes()
                assert hashlib.sha256(body).hexdigest() == artifact.sha256
            warc = kept.artifact(ArtifactKind.WARC)
            assert warc is not None
            with Path(await archive.local(warc)).open("rb") as stream:
                read = sum(1 for _ in ArchiveIterator(stream, check_digests="raise"))
            assert read >= kept.records
    assert set(acknowledged) <= set(rows)
    assert status.damaged == ()
    leftovers = [path.name for path in (home / "staging").glob("0*")]
    assert leftovers == []
    quarantine = home / "quarantine"
    return len(rows), len(list(quarantine.iterdir())) if quarantine.is_dir() else 0
