"""The installed program, run as a user runs it, against the miniature web."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import door

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def environment(home: Path, web: MiniWeb | None = None) -> dict[str, str]:
    """The environment of a command: nothing of ours leaks in, and only the miniature web is there."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ARCHIVER_")}
    env |= {"ARCHIVER_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    throw_away = home.with_name(f"{home.name}-throw-away")
    throw_away.mkdir(exist_ok=True)
    env["TMPDIR"] = str(throw_away)  # browsers have their homes there, and are found by it
    for name, value in (door(web) if web else {}).items():
        text = value if isinstance(value, str) else json.dumps(value)
        env[f"ARCHIVER_NET__{name.upper()}"] = text
    return env


async def archiver(
    *arguments: str, env: Mapping[str, str], given: bytes | None = None, cwd: Path | None = None
) -> Ran:
    """Run one command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "archiver",
        *arguments,
        env=dict(env),
        cwd=cwd or ROOT,
        stdin=asyncio.subprocess.PIPE if given is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())
