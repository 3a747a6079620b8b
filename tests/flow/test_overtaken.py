"""Work that woke too late: what others saw and told meanwhile is not told over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from archiver.errors import ClaimError
from archiver.flow.add import add
from archiver.flow.attend import attend
from archiver.flow.audit import judge_citation, note_change
from archiver.flow.outside import Outside
from archiver.flow.pin import accept
from archiver.flow.read import Supplied, find
from archiver.flow.targets import find_target
from archiver.flow.work import Work
from archiver.model.capture import CaptureOutcome, Recording
from archiver.model.citation import Citation
from archiver.model.job import Lane
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind
from archiver.ports import CaptureOrder, Pins, Store, Taken
from tests.build import days
from tests.fakes import FrozenClock
from tests.flow.world import AT, SENTENCE, Web, article, world

pytestmark = pytest.mark.anyio

URL = "https://cited.example/"
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def cited(home: Path) -> AsyncIterator[tuple[Outside, Web, FrozenClock, Source, Citation]]:
    """Open a world with one citation, whose source was there at its first look."""
    async with world(home) as (_, outside, web, clock):
        web.serve(URL, article("https://x.example/", title="Cited"))
        text = article(URL)
        await add(find(Supplied(text.encode(), media_type="text/html")), outside)
        target = await find_target(URL, outside)
        clock.advance(days(9))
        yield outside, web, clock, target.sources[0], target.citations[0]


async def told(citation: Citation, outside: Outside) -> list[tuple[str | None, str]]:
    events = await outside.store.looks.events(citation_id=citation.id)
    return [(event.before, event.after) for event in events]


async def test_a_finding_is_not_told_after_a_later_look(tmp_path: Path):
    async with cited(tmp_path) as (outside, web, clock, source, citation):
        web.serve(URL, "gone", status=410)
        await attend(source, outside)
        stale = await judge_citation(citation, outside, {})
        web.serve(URL, article("https://x.example/", title="Cited"))
        clock.advance(days(1))
        await attend(source, outside)

        await note_change(citation, stale, outside)

        assert stale.finding.kind.value == "suspect"
        assert await told(citation, outside) == []
        assert await outside.store.deliveries.waiting() == len(
            await outside.store.looks.events(source_id=source.id)
        )


async def test_a_worker_that_lost_its_job_tells_of_no_finding(tmp_path: Path):
    async with cited(tmp_path) as (outside, web, clock, source, citation):
        web.serve(URL, "gone", status=410)
        taken = await _taken(source, outside, clock)

        @asynccontextmanager
        async def lost() -> AsyncIterator[bool]:
            await outside.store.claims.extend(taken.claim, -MINUTE)
            await outside.store.queue.sweep(clock.now())
            yield False

        work = Work(taken, outside, lost)
        with pytest.raises(ClaimError):
            await work.do()

        assert work.look is not None
        assert await told(citation, outside) == []


async def _taken(source: Source, outside: Outside, clock: FrozenClock) -> Taken:
    queue = outside.store.queue
    await outside.store.sources.schedule(source.id, clock.now())
    await queue.enqueue_due(clock.now(), 10)
    for lane in Lane:
        for taken in await queue.take("w", MINUTE, lane=lane, limit=9):
            if taken.job.source.id == source.id:
                return taken
    raise AssertionError("the source is not due")


class Recorder:
    """Records a page without a browser."""

    async def record(self, order: CaptureOrder) -> Recording:
        url, words = order.page_url, SENTENCE * 9
        done = CaptureOutcome.COMPLETE
        return Recording(done, None, url, 200, "Cited", words, words, (), (), AT, AT)


class LatePins:
    """Pins between whose reading and whose writing something happens."""

    def __init__(self, pins: Pins, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._pins = pins
        self._meanwhile = meanwhile

    async def newest(self, citation_id: str) -> AsCited | None:
        read = await self._pins.newest(citation_id)
        await self._meanwhile()
        return read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pins, name)


class StoreWith:
    """A store whose pins are others."""

    def __init__(self, store: Store, pins: LatePins) -> None:
        self.pins = pins
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_what_a_person_accepted_meanwhile_is_not_pinned_over(tmp_path: Path):
    async with cited(tmp_path) as (outside, _web, _clock, source, citation):
        pins = LatePins(outside.store.pins, lambda: accept(citation, "it stands", "me", outside))
        store = cast(Store, StoreWith(outside.store, pins))
        late = replace(outside, store=store, recorder=Recorder())

        await attend(source, late)

        newest = await outside.store.pins.newest(citation.id)
        assert newest is not None
        assert newest.note == "it stands"
        assert newest.kind is AsCitedKind.CAPTURE
