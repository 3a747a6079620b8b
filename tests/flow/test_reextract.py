"""Reading kept pages again after the extractor has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.flow.add import add
from archiver.flow.outside import Outside
from archiver.flow.read import Supplied, find
from archiver.flow.reextract import reextract
from archiver.flow.rejudge import explained
from archiver.model.observation import Observation
from archiver.model.source import Source
from archiver.model.verdict import AsCited, AsCitedKind
from archiver.platforms import _page
from tests.flow.test_confirming import NOTICE, STORY, look, register
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

URL = "https://paper.example/a/story"


async def pinned(outside: Outside, web: Web) -> tuple[Source, Observation]:
    """Return a source with a look at it that a citation is pinned to."""
    web.serve(URL, STORY)
    read = find(Supplied(article(URL).encode(), media_type="text/html", url=None))
    added = await add(read, outside, later=True)
    source = await register(outside, URL)
    seen = (await look(source, outside)).observation
    citation = next(one for one in added.citations if one.source_id == source.id)
    pin = AsCited(AsCitedKind.CAPTURE, at=seen.at, lag=None, observation_id=seen.id)
    await outside.store.pins.pin(citation.id, pin, "archiver", seen.at)
    return source, seen


async def test_a_pinned_look_is_read_again_once_by_another_extractor(tmp_path, monkeypatch):
    async with world(tmp_path) as (_, outside, web, _clock):
        source, seen = await pinned(outside, web)
        monkeypatch.setattr(_page, "_REVISION", 99)
        again = await reextract(outside)
        digests = await outside.store.features.of(source.id)

        assert [one.id for one in again] == [seen.id]
        assert await reextract(outside) == []
        assert [one.form for one in digests] == [f"raw {_page.extractor_name()}"]


async def test_reading_a_look_again_changes_no_verdict_on_looks_that_were_not(
    tmp_path, monkeypatch
):
    async with world(tmp_path) as (_, outside, web, clock):
        source, _seen = await pinned(outside, web)
        clock.advance(timedelta(days=1))
        web.redirect(URL, "https://paper.example/archive/notice", NOTICE)
        before = (await look(source, outside)).verdict
        monkeypatch.setattr(_page, "_REVISION", 99)
        again = await reextract(outside)
        after = (await explained(source, outside)).verdict
        clock.advance(timedelta(days=1))
        later = (await look(source, outside)).verdict

        assert len(again) == 1
        assert after == before
        assert before.rule == later.rule == "redirected_elsewhere"


async def test_a_look_whose_bytes_are_lost_keeps_the_features_it_has(tmp_path, monkeypatch):
    async with world(tmp_path) as (_, outside, web, clock):
        source, _seen = await pinned(outside, web)
        clock.advance(timedelta(days=1))
        web.redirect(URL, "https://paper.example/archive/notice", NOTICE)
        before = (await look(source, outside)).verdict
        for blob in (tmp_path / "blobs").rglob("*"):
            if blob.is_file():
                blob.unlink()
        monkeypatch.setattr(_page, "_REVISION", 99)

        assert await reextract(outside) == []
        assert await reextract(outside) == []
        assert (await explained(source, outside)).verdict == before
        assert before.rule == "redirected_elsewhere"
