from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, insert, select

from archiver.store.store import SqlStore
from archiver.store.tables import sources
from tests.build import NOW

pytestmark = pytest.mark.anyio


def add_source(connection: Connection) -> None:
    row = {"id": "1", "name_sha256": "1", "platform": "x", "key": "1", "url": "u"}
    connection.execute(insert(sources).values(added_at=NOW, paused=False, fence=0, **row))


def count_sources(connection: Connection) -> int | None:
    return connection.scalar(select(func.count()).select_from(sources))


async def test_a_query_sees_one_state_of_the_database(store: SqlStore) -> None:
    loop = asyncio.get_running_loop()

    def query(connection: Connection) -> tuple[int | None, int | None]:
        before = count_sources(connection)
        asyncio.run_coroutine_threadsafe(store.database.write(add_source), loop).result()
        return before, count_sources(connection)

    assert await store.database.read(query) == (0, 0)
    assert await store.database.read(count_sources) == 1
