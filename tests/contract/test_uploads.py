"""Captures on their way to an object store: committed or given up, and never both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from archiver.errors import GivenUpError, StoreError
from archiver.model.capture import Capture
from archiver.ports import Claim
from archiver.store.clock import database_time
from archiver.store.store import SqlStore
from archiver.store.tables import uploads as rows
from archiver.store.uploads import Uploads
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio

AT_ONCE = timedelta(0)
HOUR = timedelta(hours=1)


@pytest.fixture
def uploads(store: SqlStore) -> Uploads:
    return Uploads(store.database)


async def begun(store: SqlStore, uploads: Uploads) -> tuple[Claim, Capture]:
    """Bring a capture as far as its commit."""
    source = await store.sources.register(build.ref(build.fresh("page")), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture = build.capture(source.id, id=build.fresh("01C"))
    await uploads.begin(capture.id, "machine/1")
    return claim, capture


async def test_a_committed_capture_is_not_in_hand_any_more(
    store: SqlStore, uploads: Uploads
) -> None:
    claim, capture = await begun(store, uploads)

    await store.captures.keep(claim, capture, [])

    assert await uploads.overdue(AT_ONCE) == []
    assert not await uploads.give_up(capture.id)
    assert await uploads.are_known(capture.id)


async def test_what_was_given_up_is_never_committed(store: SqlStore, uploads: Uploads) -> None:
    claim, capture = await begun(store, uploads)

    assert await uploads.give_up(capture.id)
    await uploads.set_aside(capture.id)

    with pytest.raises(GivenUpError, match="given up"):
        await store.captures.keep(claim, capture, [])
    assert await store.captures.of(capture.source_id) == []


async def test_a_commit_and_a_sweep_at_once_agree_on_who_was_first(
    store: SqlStore, uploads: Uploads
) -> None:
    made = [await begun(store, uploads) for _ in range(20)]

    ended = await asyncio.gather(
        *(store.captures.keep(claim, capture, []) for claim, capture in made),
        *(uploads.give_up(capture.id) for _, capture in made),
        return_exceptions=True,
    )

    refused = [isinstance(one, GivenUpError) for one in ended[: len(made)]]
    assert refused == [given_up is True for given_up in ended[len(made) :]]
    for (_, capture), is_refused in zip(made, refused, strict=True):
        assert bool(await store.captures.of(capture.source_id)) is not is_refused


async def test_a_capture_is_begun_once(store: SqlStore, uploads: Uploads) -> None:
    claim, capture = await begun(store, uploads)

    for _ in range(2):
        with pytest.raises(StoreError, match="begun before"):
            await uploads.begin(capture.id, "machine/2")
        if not await store.captures.of(capture.source_id):
            await store.captures.keep(claim, capture, [])


async def test_only_what_is_in_hand_for_long_is_overdue(store: SqlStore, uploads: Uploads) -> None:
    _, capture = await begun(store, uploads)
    _, left = await begun(store, uploads)

    assert await uploads.overdue(timedelta(hours=1)) == []
    assert await uploads.overdue(AT_ONCE) == [capture.id, left.id]

    await uploads.give_up(left.id)  # and the sweep was killed before it moved anything
    assert await uploads.overdue(timedelta(hours=1)) == [left.id]
    await uploads.set_aside(left.id)
    assert await uploads.overdue(timedelta(hours=1)) == []


async def test_what_shows_life_is_not_overdue_however_long_it_takes(
    store: SqlStore, uploads: Uploads
) -> None:
    _, capture = await begun(store, uploads)
    long_ago = update(rows).values(begun_at=database_time(-2 * HOUR))
    await store.database.write(lambda connection: connection.execute(long_ago).rowcount)
    assert await uploads.overdue(HOUR) == [capture.id]

    await uploads.show_life(capture.id)

    assert await uploads.overdue(HOUR) == []
    assert await uploads.overdue(AT_ONCE) == [capture.id]
    await uploads.assert_in_hand(capture.id)
    await uploads.give_up(capture.id)
    await uploads.show_life(capture.id)
    assert await uploads.overdue(HOUR) == [capture.id]
    with pytest.raises(GivenUpError):
        await uploads.assert_in_hand(capture.id)


async def test_what_was_set_aside_is_looked_for_once_more(
    store: SqlStore, uploads: Uploads
) -> None:
    _, capture = await begun(store, uploads)
    await uploads.give_up(capture.id)
    assert await uploads.to_look_again(AT_ONCE) == []  # nobody has set it aside yet
    await uploads.set_aside(capture.id)

    assert await uploads.to_look_again(HOUR) == []
    assert await uploads.to_look_again(AT_ONCE) == [capture.id]
    await uploads.looked_again(capture.id)

    assert await uploads.to_look_again(AT_ONCE) == []


async def test_what_a_capture_shows_is_known_after_it_was_given_up(
    store: SqlStore, uploads: Uploads
) -> None:
    _, unnamed = await begun(store, uploads)
    named = build.fresh("01C")
    await uploads.begin(named, "machine/1", "https://a.example/", NOW)
    await uploads.give_up(named)
    await uploads.set_aside(named)

    shown = await uploads.shown_by([*(f"01X{number}" for number in range(1500)), unnamed.id, named])

    assert shown == {named: ("https://a.example/", NOW)}


async def test_a_capture_nobody_began_is_unknown(uploads: Uploads) -> None:
    assert not await uploads.are_known("01NOBODY")
    assert not await uploads.give_up("01NOBODY")
