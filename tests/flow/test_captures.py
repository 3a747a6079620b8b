"""What a capture keeps of a post, and what it leaves when its commit does not go through."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import ClaimError, FilesError, GivenUpError, LaunchError, StoreError
from archiver.flow.capture import capture
from archiver.flow.claim import held
from archiver.flow.observe import Look
from archiver.model.capture import CaptureOutcome, Recording
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.platforms import recognise
from archiver.ports import CaptureOrder
from archiver.settings import load
from archiver.wiring import Archive
from tests.build import artifact, observation, post, verdict

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)


class EmptyRecorder:
    """Records nothing: these tests are about what comes after."""

    async def record(self, order: CaptureOrder) -> Recording:
        return Recording(
            CaptureOutcome.COMPLETE,
            None,
            order.url,
            200,
            "Title",
            "words",
            "<p>words",
            (),
            (),
            AT,
            AT,
        )


class RefusingCaptures:
    """The store's captures, but the commit ends in an error."""

    def __init__(self, captures: Any, error: Exception) -> None:
        self._captures, self._error = captures, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._captures, name)

    async def keep(self, *_: object) -> None:
        raise self._error


class WithCaptures:
    def __init__(self, store: Any, captures: Any) -> None:
        self._store, self.captures = store, captures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (ClaimError("lost"), "quarantine"),
        (GivenUpError("too long"), "quarantine"),
        (StoreError("the connection broke"), "captures"),
    ],
)
async def test_only_a_capture_that_surely_has_no_row_is_set_aside(tmp_path, error, place):
    async with Archive(settings=load(tmp_path)) as archive:
        store: Any = WithCaptures(
            archive.outside.store, RefusingCaptures(archive.outside.store.captures, error)
        )
        outside = replace(archive.outside, store=store, recorder=EmptyRecorder())
        source = await outside.store.sources.register(recognise("https://a.example/"), None, AT)
        reading = Reading(Signal.PRESENT, "served")
        look = Look(source, observation(source.id, AT, reading=reading), verdict(), ())

        async with held(source, outside) as claim:
            with pytest.raises(type(error)):
                await capture(look, claim, outside)

        (manifest,) = Path(tmp_path).rglob("manifest.json")
        assert manifest.relative_to(tmp_path).parts[0] == place


class Failing:
    """Writes half a recording, and ends in an error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def record(self, order: CaptureOrder) -> Recording:
        (Path(order.staging) / "capture.warc.gz.part").write_bytes(b"half")
        raise self.error


class Lying:
    """Records a file that is not what it says."""

    async def record(self, order: CaptureOrder) -> Recording:
        (Path(order.staging) / "capture.warc.gz").write_bytes(b"half")
        recording = await EmptyRecorder().record(order)
        return replace(recording, artifacts=(artifact(path="capture.warc.gz"),))


@pytest.mark.parametrize(
    ("recorder", "error"),
    [
        (Failing(StoreError("the disk is full")), StoreError),
        (Failing(LaunchError("no browser")), LaunchError),
        (Failing(asyncio.CancelledError()), asyncio.CancelledError),
        (Lying(), FilesError),
    ],
    ids=["full", "browser", "cancelled", "unpublished"],
)
async def test_a_capture_that_was_not_published_leaves_nothing_staged(tmp_path, recorder, error):
    async with Archive(settings=load(tmp_path)) as archive:
        outside = replace(archive.outside, recorder=recorder)
        source = await outside.store.sources.register(recognise("https://a.example/"), None, AT)
        reading = Reading(Signal.PRESENT, "served")
        look = Look(source, observation(source.id, AT, reading=reading), verdict(), ())

        async with held(source, outside) as claim:
            with pytest.raises(error):
                await capture(look, claim, outside)

        assert [path for path in Path(tmp_path, "staging").iterdir() if path.is_dir()] == []
        assert await outside.store.captures.of(source.id) == []


async def test_the_data_of_a_post_are_kept_with_its_title_its_version_and_those_around_it(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        outside = replace(archive.outside, recorder=EmptyRecorder())
        source = await outside.store.sources.register(recognise("https://a.example/"), None, AT)
        shown = post(
            title="The tower falls",
            revision="bafy1",
            edited_at=AT,
            parent=post(id="1", text="It stands."),
            quoted=post(id="2", text="It burns."),
        )
        reading = Reading(Signal.PRESENT, "served", post=shown)
        look = Look(source, observation(source.id, AT, reading=reading), verdict(), ())

        async with held(source, outside) as claim:
            await capture(look, claim, outside)

        (path,) = Path(tmp_path).rglob("post.json")
        kept = json.loads(path.read_bytes())
        assert (kept["title"], kept["revision"]) == ("The tower falls", "bafy1")
        assert kept["edited_at"] == "2026-03-02T00:00:00+00:00"
        assert (kept["parent"]["text"], kept["quoted"]["text"]) == ("It stands.", "It burns.")
