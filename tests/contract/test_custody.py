"""The record of acts on evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW

pytestmark = pytest.mark.anyio


def entry(act: CustodyAct, source_id: str | None, number: int = 1) -> CustodyEntry:
    at = NOW + timedelta(minutes=number)
    return CustodyEntry(f"c{number}", act, at, "a clerk", "case 12/26", source_id, {"files": 2})


async def test_entries_come_back_as_they_were_given_oldest_first(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    given = [entry(CustodyAct.HOLD, source.id), entry(CustodyAct.BACKUP, None, 2)]
    for one in given:
        await store.custody.keep(one)

    assert await store.custody.all() == given
    assert await store.custody.of(source.id) == given[:1]


async def test_a_hold_counts_until_it_is_released(store: SqlStore) -> None:
    source = await store.sources.register(build.ref(), None, NOW)
    held = entry(CustodyAct.HOLD, source.id)
    await store.custody.keep(held)
    assert await store.custody.held() == [source.id]

    await store.custody.keep(replace(held, id="r", act=CustodyAct.RELEASE))
    assert await store.custody.held() == []
