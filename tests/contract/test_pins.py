from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.errors import StoreError
from archiver.model.verdict import AsCited, AsCitedKind
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


async def make_citation(store: SqlStore) -> str:
    kept = await store.articles.keep(
        build.article(text=build.fresh("text")), [build.found(build.ref())], None, NOW
    )
    return kept.citations[0].id


async def test_without_a_pin_there_is_none(store: SqlStore) -> None:
    citation_id = await make_citation(store)

    assert await store.pins.newest(citation_id) is None
    assert await store.pins.history(citation_id) == []


async def test_the_newest_pin_counts_and_the_older_ones_are_history(store: SqlStore) -> None:
    citation_id = await make_citation(store)
    printed = AsCited(
        AsCitedKind.PRINTED, at=NOW, lag=timedelta(days=-2500, microseconds=1), note="\ud83d"
    )
    nothing = AsCited(AsCitedKind.NONE)

    await store.pins.pin(citation_id, printed, "archiver", NOW + days(1))
    await store.pins.pin(citation_id, nothing, "A person, with \x00", NOW)

    assert await store.pins.newest(citation_id) == nothing
    assert await store.pins.history(citation_id) == [
        (NOW + days(1), "archiver", printed),
        (NOW, "A person, with \x00", nothing),
    ]


async def test_a_pin_names_the_capture_and_the_look_it_rests_on(store: SqlStore) -> None:
    citation_id = await make_citation(store)
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture, look = build.capture(source.id), build.observation(source.id)
    await store.captures.keep(claim, capture, [])
    await store.looks.keep(claim, look, build.verdict(), [], None)
    pin = AsCited(AsCitedKind.CAPTURE, NOW, None, capture.id, look.id)

    await store.pins.pin(citation_id, pin, "archiver", NOW)

    assert await store.pins.newest(citation_id) == pin


async def test_a_pin_moves_only_while_the_newest_one_is_the_one_that_was_read(
    store: SqlStore,
) -> None:
    citation_id = await make_citation(store)
    printed = AsCited(AsCitedKind.PRINTED, at=NOW, lag=timedelta(days=-3))
    accepted = AsCited(AsCitedKind.PRINTED, at=NOW, note="a person saw it")

    first = await store.pins.move(citation_id, printed, "archiver", NOW, read=None)
    late = await store.pins.move(citation_id, AsCited(AsCitedKind.NONE), "b", NOW, read=None)
    second = await store.pins.move(citation_id, accepted, "me", NOW, read=printed)

    assert (first, late, second) == (True, False, True)
    history = await store.pins.history(citation_id)
    assert [pin for _, _, pin in history] == [printed, accepted]


@pytest.mark.parametrize("dangling", [{"capture_id": "nothing"}, {"observation_id": "nothing"}])
async def test_a_pin_of_evidence_that_is_not_there_is_refused(
    store: SqlStore, dangling: dict[str, str]
) -> None:
    citation_id = await make_citation(store)

    with pytest.raises(StoreError):
        await store.pins.pin(citation_id, build.as_cited(**dangling), "archiver", NOW)

    assert await store.pins.history(citation_id) == []
