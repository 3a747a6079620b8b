"""The service as ``archiver status`` shows it: who works, what waits, what is wrong."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from archiver.cli.documents import moment
from archiver.cli.output import json_line, plain
from archiver.cli.streams import end_unread
from archiver.wiring import Archive
from archiver.wiring.working import Working

REFRESH_S = 2.0


def working_document(now: Working) -> dict[str, object]:
    """Return the service as JSON values."""
    return {
        "at": moment(now.at),
        "workers": [
            {
                "worker": one.state.name,
                "kind": one.state.kind,
                "version": one.state.version,
                "started_at": moment(one.state.started_at),
                "seen_at": moment(one.state.seen_at),
                "alive": one.is_alive,
                "in_hand": one.state.in_hand,
                "conditions": dict(one.state.conditions),
            }
            for one in now.workers
        ],
        "queued": {lane.value: number for lane, number in now.depth.queued.items()},
        "running": {lane.value: number for lane, number in now.depth.running.items()},
        "oldest_waits_s": now.depth.oldest.total_seconds(),
        "quarantined": [
            {"source": job.source.ref.name, "deaths": job.deaths, "why": why}
            for job, why in now.quarantined
        ],
        "incidents": [
            {
                "at": moment(one.at),
                "worker": one.worker,
                "kind": one.kind.value,
                "note": one.note,
            }
            for one in now.incidents
        ],
    }


def working_lines(now: Working) -> Iterator[str]:
    """Say in lines who works, what waits and what is wrong."""
    for one in now.workers:
        state = one.state
        how = f"{state.in_hand} in hand" if one.is_alive else "no sign of life"
        yield f"{state.kind} {state.name}: {how}, seen {moment(state.seen_at)}"
    yield from _waiting(now)


def _waiting(now: Working) -> Iterator[str]:
    if not now.alive:
        yield "no daemon runs; start one with: archiver daemon"
    yield _queue(now)
    for _, condition, why in now.conditions:
        yield f"{condition}: {why}"
    for job, why in now.quarantined:
        name = job.source.ref.name
        yield f"quarantined: {name} ({why}); let it go with: archiver resume {name}"


def _queue(now: Working) -> str:
    waits = ", ".join(f"{number} {lane.value}" for lane, number in now.depth.queued.items())
    runs = ", ".join(f"{number} {lane.value}" for lane, number in now.depth.running.items())
    longest = f"{now.depth.oldest.total_seconds():.0f} s at most"
    return f"queue: {waits or 'nothing'} waiting ({longest}), {runs or 'nothing'} running"


async def follow(archive: Archive, *, json: bool = False) -> None:
    """Show the service until interrupted; in a pipe, as one block of lines a refresh.

    It ends with its reader, too. As JSON it is one document a refresh, on one line.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    console = Console(file=sys.stdout, highlight=False)
    if json or not console.is_terminal:
        await _print(archive, stop, _json_line if json else _block)
        return
    with Live(console=console, auto_refresh=False, screen=False) as live:
        while not stop.is_set():
            live.update(_picture(await archive.working()), refresh=True)
            await _wait(stop)


async def _print(archive: Archive, stop: asyncio.Event, form: Callable[[Working], str]) -> None:
    while not stop.is_set():
        print(form(await archive.working()), flush=True)
        end_unread()
        await _wait(stop)


def _block(now: Working) -> str:
    lines = [_counts(now), *working_lines(now), *_incidents(now), ""]
    return "\n".join(plain(line) for line in lines)


def _json_line(now: Working) -> str:
    """Return what ``archiver status --json`` says of the service, by the same names."""
    of = now.sources
    return json_line(
        {
            "sources": of.followed,
            "paused": of.paused,
            "due": of.due,
            "next_due_at": moment(of.next_due_at),
            "verdicts": dict(of.verdicts),
            "service": working_document(now),
        }
    )


async def _wait(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(REFRESH_S):
            await stop.wait()
    except TimeoutError:
        return


def _picture(now: Working) -> Group:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("process", "", "version", "in hand", "seen", "conditions"):
        shown.add_column(head, overflow="fold")
    for one in now.workers:
        state = one.state
        held = "; ".join(f"{what}: {why}" for what, why in state.conditions.items())
        cells = (
            f"{state.kind} {state.name}",
            "alive" if one.is_alive else "silent",
            state.version,
            str(state.in_hand),
            moment(state.seen_at) or "",
            held,
        )
        shown.add_row(*(Text(plain(cell)) for cell in cells))
    lines = [_counts(now), *_waiting(now), *_incidents(now)]
    return Group(*([shown] if now.workers else []), *(Text(plain(line)) for line in lines))


def _counts(now: Working) -> str:
    of = now.sources
    verdicts = ", ".join(f"{n} {kind}" for kind, n in of.verdicts.items()) or "none looked at"
    return f"{moment(now.at)} {of.followed} sources: {verdicts}; {of.due} due, {of.paused} paused"


def _incidents(now: Working) -> Iterator[str]:
    for one in now.incidents:
        yield f"{moment(one.at)} {one.kind.value}: {one.note}"
