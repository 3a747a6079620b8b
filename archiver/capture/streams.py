"""Video that is served as a playlist of pieces, fetched by yt-dlp through the guard.

It runs as a process of its own with nothing of ours in its environment: no configuration, no
plug-ins, no cookies, no other program. Its only way out is a passage of the guard, which meters
bytes and time. The pieces are joined by yt-dlp itself and are no records of the WARC; provenance
tells how they came.

Source: yt-dlp 2026.10.26, ``--help`` and ``yt_dlp/downloader/hls.py``, 2026-11-22.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from archiver.net.guard import Guard, Passage

FIELDS = ("format_id", "protocol", "ext", "vcodec", "acodec", "width", "height", "tbr", "duration")
LIVE = "live streams have no end; what is live is not taken"
ATTEMPTS = 2  # for a piece; the guard's limits end what goes on for ever
LAST_WORDS = 300  # characters of its complaint that are told


@dataclass(frozen=True, slots=True)
class Streamed:
    """What fetching came to: files in a folder of the caller's, or why there are none."""

    files: tuple[Path, ...] = ()
    told: dict[str, Any] | None = None
    error: str | None = None


def tool_version() -> str | None:
    """Return yt-dlp's version, or None where the extra ``video`` is not installed."""
    try:
        return version("yt-dlp")
    except PackageNotFoundError:
        return None


async def fetch_stream(
    url: str, folder: Path, guard: Guard, *, seconds: float, max_bytes: int
) -> Streamed:
    """Fetch the best form of one playlist into a folder that is empty; never raises for the site.

    Raises:
        OSError: no process can be started.
    """
    tool = tool_version()
    if tool is None:
        return Streamed(
            error='yt-dlp is not installed; type: pip install "citation-archiver[video]"'
        )
    limits = replace(guard.policy.limits, seconds=seconds, bytes_in=max_bytes)
    passage = await guard.open(f"stream {url[:200]}", limits, browser_hosts=())
    async with passage:
        passage.start()
        code, said, complaint = await _run(_command(url, passage, folder), folder, seconds)
        hit = passage.limits_hit
        log = [
            {**asdict(d), "at": d.at.isoformat(), "verdict": d.verdict.value} for d in passage.log
        ]
    told = {"tool": f"yt-dlp {tool}", "url": url, "formats": _formats(said), "guard": log}
    files = await asyncio.to_thread(_whole_files, folder)
    if code == 0 and files and not hit:
        return Streamed(files, told)
    return Streamed((), told, _why(code, complaint, hit))


def _command(url: str, passage: Passage, folder: Path) -> list[str]:
    """Return the command; ``generic`` asks the address itself and no other."""
    return [
        sys.executable, "-I", "-m", "yt_dlp",
        "--ignore-config", "--no-plugin-dirs", "--no-cache-dir", "--no-remote-components",
        "--no-js-runtimes", "--use-extractors", "generic", "--proxy", passage.address,
        "--no-playlist", "--playlist-items", "1", "--max-downloads", "2",
        "--match-filters", "!is_live", "--format", "b/(bv*,ba)",
        "--downloader", "native", "--ffmpeg-location", str(folder / "none"), "--fixup", "never",
        "--abort-on-unavailable-fragments", "--retries", str(ATTEMPTS),
        "--fragment-retries", str(ATTEMPTS), "--socket-timeout", "15", "--no-mtime",
        "--no-progress", "--no-warnings", "--no-simulate", "--print-json",
        "--paths", str(folder), "--output", "%(format_id)s.%(ext)s", "--", url,
    ]  # fmt: skip


async def _run(command: list[str], folder: Path, seconds: float) -> tuple[int | None, str, str]:
    """Run it for so long; return its exit code, None when it was ended, and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "", "LANG": "C.UTF-8", "TMPDIR": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            said, complaint = await process.communicate()
    except TimeoutError:
        return None, "", f"not done in {seconds:g} s"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode, said.decode("utf-8", "replace"), complaint.decode("utf-8", "replace")


def _formats(said: str) -> list[dict[str, Any]]:
    """Read what it says of each file, without addresses: those may hold short-lived keys."""
    told = []
    for line in said.splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            form = json.loads(line)
            told.append({name: form.get(name) for name in FIELDS})
    return told


def _whole_files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(one for one in folder.iterdir() if _is_whole(one)))


def _is_whole(path: Path) -> bool:
    return (
        path.is_file()
        and path.suffix not in {".part", ".ytdl", ".json"}
        and path.stat().st_size > 0
    )


def _why(code: int | None, complaint: str, hit: tuple[str, ...]) -> str:
    if hit:
        return f"the guard's limit {hit[0]} was reached"
    last = [line for line in complaint.strip().splitlines() if line.strip()]
    if last:
        return last[-1].removeprefix("ERROR: ")[:LAST_WORDS]
    return LIVE if code == 0 else f"yt-dlp ended with {code}"
