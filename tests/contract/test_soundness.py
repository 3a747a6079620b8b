"""What of the database tells that something is wrong with the service, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.store import schema
from archiver.store.soundness import soundness
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def test_an_empty_database_has_nothing_wrong(store: SqlStore):
    found = await soundness(store.database)

    assert (found.latest_look, found.latest_due, found.untold_since) == (None, None, None)
    assert found.late_deliveries == 0


async def test_a_probe_writes_and_leaves_nothing_and_tells_the_revision(store: SqlStore):
    await store.probe()

    assert await store.revision() == schema.head()
    assert await store.turns.take("example.org", "w", MINUTE) == timedelta(0)


async def test_looks_and_due_times_of_a_wrong_clock_are_found(store: SqlStore):
    source = await store.sources.register(build.page("https://example.org/a"), None, NOW)
    later = NOW + timedelta(days=4000)
    claim = await store.claims.claim(source.id, "w", MINUTE)
    assert claim is not None
    seen = build.observation(source.id, later)
    await store.looks.keep(claim, seen, build.verdict(), [], later)
    await store.claims.release(claim)

    found = await soundness(store.database)

    assert (found.latest_look, found.latest_due) == (later, later)
