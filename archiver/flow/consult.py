"""Consult an outside archive: only while it may be asked, and note how it stands afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

from archiver.archives.protocol import (
    Asking,
    Copy,
    Listing,
    OutsideArchive,
    Trouble,
    TroubleKind,
)
from archiver.archives.reading import read_copy
from archiver.flow.archives import PacedFetcher
from archiver.flow.inquire import drive
from archiver.flow.outside import Outside
from archiver.judge.matching import is_vouched_for
from archiver.model.citation import Citation
from archiver.model.inquiry import Answer, Reading
from archiver.model.service import ServiceState
from archiver.model.source import SourceRef

Result = TypeVar("Result")
FIRST_PAUSE = timedelta(seconds=60)  # doubled with every failure in a row


@dataclass(frozen=True, slots=True)
class Consulted(Generic[Result]):
    """What an archive said. ``result`` is None when it is being left alone: nothing was asked."""

    result: Result | None
    answers: tuple[Answer, ...] = ()
    trouble: Trouble | None = None


async def consult(
    archive: OutsideArchive, asking: Asking[Result], outside: Outside
) -> Consulted[Result]:
    """Ask an archive, unless it is being left alone.

    1. Look at its state; while it is paused nobody is asked.
    2. Ask, keeping the pace that its index wants.
    3. Note a limit or a failure, which pauses it, longer with each in a row; or that it is well.

    Raises:
        StoreError: its state could not be read or kept.
    """
    name = service_of(archive)
    state = await outside.store.services.state(name)
    if state is not None and not state.is_open(outside.clock.now()):
        asking.close()
        return Consulted(None, trouble=_left_alone(archive, state))
    paced = PacedFetcher(outside.fetcher, outside.archives, outside.clock)
    inquired = await drive(asking, paced)
    trouble = _trouble_in(inquired.result)
    await note(name, trouble, outside)
    return Consulted(inquired.result, inquired.answers, trouble)


async def read_in_thread(copy: Copy, ref: SourceRef, citations: Sequence[Citation] = ()) -> Reading:
    """Return what a copy shows of a source; a large page takes seconds of thought.

    A page of a platform that no reader of ours fits counts when it has the words that one of the
    ``citations`` prints of the source.
    """
    printed = [citation.found for citation in citations]
    return await asyncio.to_thread(read_copy, copy, ref, partial(is_vouched_for, printed))


def service_of(archive: OutsideArchive) -> str:
    """Return the name under which an archive's state is kept."""
    return f"archive:{archive.name}"


async def note(name: str, trouble: Trouble | None, outside: Outside) -> None:
    """Keep how a service stands after it was asked; nothing is written while all stays well."""
    before = await outside.store.services.state(name)
    now = outside.clock.now()
    if trouble is None or not trouble.is_of_archive:
        if before is not None and (before.failures or before.is_paused):
            await outside.store.services.keep(ServiceState(name, now))
        return
    failures = before.failures + 1 if before is not None else 1
    pause = pause_after(trouble, failures, outside.archives.max_pause)
    state = ServiceState(
        name,
        now,
        is_paused=True,
        paused_until=now + pause,
        failures=failures,
        reason=trouble.reason,
    )
    await outside.store.services.keep(state)


def pause_after(trouble: Trouble, failures: int, longest: timedelta) -> timedelta:
    """Return how long an archive is left alone after so many failures in a row."""
    first = trouble.pause or FIRST_PAUSE
    doubled: timedelta = first * (1 << min(failures - 1, 20))
    return min(doubled, longest)


def _left_alone(archive: OutsideArchive, state: ServiceState) -> Trouble:
    until = f" until {state.paused_until:%d %B %H:%M} UTC" if state.paused_until else ""
    why = (state.reason or "a person paused it").rstrip(".")
    return Trouble(TroubleKind.DOWN, f"{archive.title} is left alone{until}: {why}")


def _trouble_in(result: object) -> Trouble | None:
    if isinstance(result, Listing):
        return result.trouble
    return result if isinstance(result, Trouble) else None
